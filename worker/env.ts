/** What the platform binds to this Worker (wrangler.toml). */
export interface Env {
  readonly Bindings: {
    /** The files of dist/site. */
    readonly ASSETS: Fetcher;
  };
}
