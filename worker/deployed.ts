/** The application as a Worker of its own. */
import { createApp } from "./app.ts";
import { environmentOf, type WorkerBindings } from "./bindings.ts";
import type { ReadyModels } from "./models/ready.ts";

export function deployed(ready: ReadyModels): Required<Pick<ExportedHandler<WorkerBindings>, "fetch">> {
  const app = createApp(ready);
  return { fetch: (request, bindings, context) => app.fetch(request, environmentOf(bindings), context) };
}
