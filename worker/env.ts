/** What the platform binds to this Worker (wrangler.toml). */
export interface Env {
  readonly Bindings: {
    /** The files of dist/site. */
    readonly ASSETS: Fetcher;
    /** The highest cost of a request, in multiply-accumulates (limits.ts). */
    readonly COST_BUDGET?: number | string;
    /** The most pictures that one isolate draws at a time. */
    readonly MAX_IN_FLIGHT?: number | string;
    /** Whether finished pictures are kept in the data centre's cache too; in deployed environments only. */
    readonly EDGE_CACHE?: boolean;
    /** A secret: who uploads must know it, where there is one. */
    readonly API_TOKEN?: string;
    /** In deployed environments only. */
    readonly RATE_LIMIT?: RateLimit;
  };
}
