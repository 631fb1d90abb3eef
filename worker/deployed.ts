/** The application as a Worker of its own. It is mounted nowhere, so it goes without what `service` puts around it, which each image would pay for. */
import { createApp } from "./app.ts";
import { environmentOf, type WorkerBindings } from "./bindings.ts";
import type { ReadyModels } from "./models/ready.ts";

export function deployed(ready: ReadyModels): Required<Pick<ExportedHandler<WorkerBindings>, "fetch">> {
  const app = createApp(ready);
  return { fetch: (request, bindings, context) => app.fetch(request, environmentOf(bindings), context) };
}
