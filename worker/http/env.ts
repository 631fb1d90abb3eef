/** What a request has around it: the operator's settings, where the service is mounted, who asks, and the report on it. */
import type { Context } from "hono";
import type { ServiceSettings } from "./settings.ts";
import type { Site } from "./static-files.ts";

export interface Env {
  /** `report`: facts for the log; undefined if logging is off. */
  readonly Variables: { report: RequestReport | undefined };
  readonly Bindings: {
    readonly settings: ServiceSettings;
    /** The path that the service is mounted under, without a slash at its end. */
    readonly base: string;
    /** The client's name (client.ts). */
    readonly client: string;
    readonly site: Site | undefined;
  };
}

/** What is known about a request so far. The parts that learn something write it here, with `note`. */
export interface RequestReport {
  route?: string;
  /** The name of the model that was asked for, if it is served. */
  model?: string;
  /** The admitted work, and what has been spent on the request, in multiply-accumulates. */
  job?: { readonly spent: number };
  /** Whether the image was there already. */
  isCached?: boolean;
  problem?: { readonly code: string; readonly key?: string };
  /** Reports the request. Only the first call counts. */
  readonly end: (status: number) => void;
}

/** Adds to the report on a request, if there is one. */
export function note(c: Context<Env>, facts: Partial<RequestReport>): void {
  Object.assign(c.get("report") ?? {}, facts);
}
