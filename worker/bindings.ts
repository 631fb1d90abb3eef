/** What the platform binds to this Worker (wrangler.toml). */
import type { Env } from "./env.ts";

export interface WorkerBindings extends Omit<Env["Bindings"], "CACHE" | "BASE"> {
  /** Whether finished pictures are kept in the data centre's cache too; in deployed environments only. */
  readonly EDGE_CACHE?: boolean;
}

export const environmentOf = ({ EDGE_CACHE, ...bindings }: WorkerBindings): Env["Bindings"] => ({
  ...bindings,
  CACHE: EDGE_CACHE ? caches.default : undefined,
});
