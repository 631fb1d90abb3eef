/**
 * The application as a Worker of its own. It is not mounted in another application, so it needs no `service` around it,
 * which would cost each image time.
 */
import { createApp } from "./app.ts";
import type { Env } from "./http/env.ts";
import type { ReadyModels } from "./models/ready.ts";

export interface WorkerBindings extends Omit<Env["Bindings"], "CACHE" | "BASE"> {
  /** Whether finished images are also kept in the data centre's cache; only in deployed environments. */
  readonly EDGE_CACHE?: boolean;
}

const environmentOf = ({ EDGE_CACHE, ...bindings }: WorkerBindings): Env["Bindings"] => ({
  ...bindings,
  CACHE: EDGE_CACHE ? caches.default : undefined,
});

export function deployed(ready: ReadyModels): Required<Pick<ExportedHandler<WorkerBindings>, "fetch">> {
  const app = createApp(ready);
  return { fetch: (request, bindings, context) => app.fetch(request, environmentOf(bindings), context) };
}
