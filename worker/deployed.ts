/**
 * The application as a Worker of its own. It is not mounted in another application, so it needs no `service` around it,
 * which would cost each image time.
 */
import { createApp } from "./app.ts";
import { siteOf } from "./http/assets.ts";
import type { Assets, Env } from "./http/env.ts";
import { logFrom } from "./http/settings.ts";
import type { ReadyModels } from "./models/ready.ts";

export interface WorkerBindings extends Omit<Env["Bindings"], "CACHE" | "BASE" | "ON_EVENT" | "SITE"> {
  readonly ASSETS: Assets;
  /** Whether finished images are also kept in the data centre's cache; only in deployed environments. */
  readonly EDGE_CACHE?: boolean;
  /** Whether each request is logged, as a line of JSON. */
  readonly LOG?: boolean | string;
}

const environmentOf = ({ EDGE_CACHE, ...bindings }: WorkerBindings): Env["Bindings"] => ({
  ...bindings,
  SITE: siteOf(bindings.ASSETS),
  CACHE: EDGE_CACHE ? caches.default : undefined,
  ON_EVENT: logFrom(bindings),
});

export function deployed(ready: ReadyModels): Required<Pick<ExportedHandler<WorkerBindings>, "fetch">> {
  const app = createApp(ready);
  return { fetch: (request, bindings, context) => app.fetch(request, environmentOf(bindings), context) };
}
