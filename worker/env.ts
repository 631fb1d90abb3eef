/** What the application runs with: bindings of wrangler.toml in this repository's Worker (index.ts), options where it is mounted in another application (service.ts). */
import type { AnswerCache, RateLimiter } from "./hono-options.ts";

export interface Env {
  readonly Bindings: {
    /** The files of dist/site. */
    readonly ASSETS: Assets;
    /** The path that the application is mounted under, without a slash at its end. */
    readonly BASE?: string;
    /** The most network evaluations that one request may cost (limits.ts). */
    readonly WORK_BUDGET?: number | string;
    /** The most pictures that one isolate draws at a time. */
    readonly MAX_IN_FLIGHT?: number | string;
    /** Where finished pictures are kept beside this isolate's memory. */
    readonly CACHE?: AnswerCache | undefined;
    /** A secret: who uploads must know it, where there is one. */
    readonly API_TOKEN?: string | undefined;
    /** The origins whose pages may upload (cross-origin.ts). */
    readonly UPLOAD_ORIGINS?: string | undefined;
    /** How often a client may ask. */
    readonly RATE_LIMIT?: RateLimiter | undefined;
  };
}

/** Files by their URLs: the binding of static assets of Workers, or anything that answers like it. */
export interface Assets {
  fetch(request: Request | string): Promise<Response>;
}
