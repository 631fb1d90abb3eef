/**
 * The application's environment: bindings of wrangler.toml in this repository's Worker (index.ts), options if it is
 * mounted in another application (service.ts).
 */
import type { Context } from "hono";
import type { AnnealEvent } from "./hono-options.ts";
import type { Site } from "./static-files.ts";

export interface Env {
  /** `report`: facts for the log; undefined if logging is off. */
  readonly Variables: { report: RequestReport | undefined };
  readonly Bindings: {
    /** The models' files, where they are not given as bytes. */
    readonly ASSETS?: Assets;
    readonly SITE?: Site | undefined;
    /** The path that the application is mounted under, without a slash at its end. */
    readonly BASE?: string;
    /** The highest cost of a request, in multiply-accumulates (limits.ts). */
    readonly BUDGET?: number | string | undefined;
    /** What a client may spend per second on average; only in deployed environments. */
    readonly RATE_LIMIT?: number | string | undefined;
    /** The client's name, instead of its address. */
    readonly CLIENT?: string | undefined;
    /**
     * The header in which the platform writes the client's address, whatever the client sends. Without it all are one
     * client.
     */
    readonly CLIENT_HEADER?: string | undefined;
    /** Where finished images are kept in addition to this isolate's memory (`AnswerCache` of anneal/hono). */
    readonly CACHE?: { match(url: string): Promise<Response | undefined>; put(url: string, response: Response): Promise<void> } | undefined;
    /** The address of the source code, for the pages' link to it. */
    readonly SOURCE?: string | undefined;
    /** Called for each request (`AnnealOptions.onEvent`). */
    readonly ON_EVENT?: ((event: AnnealEvent) => void) | undefined;
  };
}

/** What is known about a request so far. The parts that learn something write it here, with `note`. */
export interface RequestReport {
  route?: string;
  /** The admitted work, and what has been spent on the request, in multiply-accumulates. */
  job?: { readonly spent: number };
  /** Whether the image was there already. */
  isCached?: boolean;
  problem?: { readonly code: string; readonly key?: string };
  /** Reports the request. Only the first call counts. */
  readonly end: (status: number) => void;
}

/** Files by their URLs: the binding of static assets of Workers, or anything that answers like it. */
export interface Assets {
  fetch(request: Request | string): Promise<Response>;
}

/** Adds to the report on a request, if there is one. */
export function note(c: Context<Env>, facts: Partial<RequestReport>): void {
  Object.assign(c.get("report") ?? {}, facts);
}
