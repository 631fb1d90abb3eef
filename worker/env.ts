/** What the platform binds to this Worker (wrangler.toml). */
export interface Env {
  readonly Bindings: {
    /** The files of dist/site. */
    readonly ASSETS: Fetcher;
    /** The highest cost of a request, in multiply-accumulates (limits.ts). */
    readonly COST_BUDGET?: number | string;
    /** The highest cost of what a client may have in flight. */
    readonly COST_IN_FLIGHT?: number | string;
    /** What a client may spend in a second on average; in deployed environments only. */
    readonly COST_RATE?: number | string;
    /** Whether finished pictures are kept in the data centre's cache too; in deployed environments only. */
    readonly EDGE_CACHE?: boolean;
    /** A secret: who uploads must know it, where there is one. */
    readonly API_TOKEN?: string;
  };
}
