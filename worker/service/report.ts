/** A request with what is around it, and what the operator is told of its outcome, once: when the answer is ready, or when the client leaves. */
import type { Context } from "hono";
import type { AnnealEvent, AnnealOptions } from "./hono.d.ts";
import { CLIENT_LEFT, type ProblemError } from "./problems.ts";
import type { ServiceSettings } from "./settings.ts";

/** What the build knows of a file of the site. */
export interface SiteFile {
  /** In bytes. */
  readonly length: number;
  /** Of its content, hexadecimal. */
  readonly hash: string;
  /** The length of its copy in gzip, where that is at least a tenth shorter. */
  readonly gzip?: number;
}

/** By path, with a slash at its beginning. */
export type SiteFiles = Readonly<Record<string, SiteFile>>;

/** Where a host has the site's files. */
export interface Site {
  files(): SiteFiles | Promise<SiteFiles>;
  /** The content of a file, or its copy in gzip, in pieces; undefined if it is not there. */
  read(path: string, isCopy: boolean): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** Whether the host has the copies, too. */
  readonly hasCopies: boolean;
}

export interface Asked {
  readonly c: Context;
  readonly settings: ServiceSettings;
  /** The path that the service is mounted under, without a slash at its end. */
  readonly base: string;
  /** The rest of the request's path, still percent-encoded. */
  readonly path: string;
  /** The client's name (client.ts). */
  readonly client: string;
  readonly site: Site | undefined;
  readonly report: Report;
}

/** The id of a trace (W3C Trace Context), and any other. */
const TRACE = /^[\da-f]{2}-([\da-f]{32})-/;
const ID = /^[\w.:/+=-]{1,128}$/;

/** What is known about a request so far. The parts that learn something write it here. */
export class Report {
  route: string | null = null;
  /** The name of the model that was asked for, if it is served. */
  model: string | undefined;
  /** The admitted work, and what has been spent on the request, in multiply-accumulates. */
  job: { readonly spent: number } | undefined;
  /** Whether the image was there already. */
  isCached = false;
  problem: ProblemError | undefined;
  readonly #began = Date.now();
  readonly #c: Context;
  /** The id that a proxy gave the request. */
  readonly id: string | undefined;
  /** None once the request is reported. */
  #onEvent: AnnealOptions["onEvent"];

  constructor(c: Context, onEvent: AnnealOptions["onEvent"]) {
    this.#c = c;
    this.#onEvent = onEvent;
    this.id = TRACE.exec(c.req.header("traceparent") ?? "")?.[1] ?? ID.exec(c.req.header("X-Request-Id") ?? "")?.[0];
    if (onEvent) c.req.raw.signal.addEventListener("abort", () => this.end(CLIENT_LEFT), { once: true });
  }

  /** Reports the request. Only the first call counts. */
  end(status: number): void {
    const onEvent = this.#onEvent;
    if (!onEvent) return;
    this.#onEvent = undefined;
    afterAnswer(this.#c, tell(onEvent, this.#event(status)));
  }

  #event(status: number): AnnealEvent {
    const { route, model, job, isCached, problem, id } = this;
    const isRefused = problem !== undefined || status >= 400;
    const done = job ? "drawn" : isCached ? "cached" : "answered";
    const type = status === CLIENT_LEFT ? "aborted" : problem?.code === "internal-error" ? "failed" : isRefused ? "refused" : done;
    const key = problem?.code === "unknown-option" ? undefined : problem?.mistake?.key; // what the client calls an option may be the rest of a seed
    const fault = problem && { code: problem.code, ...(key !== undefined && { key }) };
    const ms = Math.max(0, Date.now() - this.#began);
    return {
      type,
      method: this.#c.req.method,
      route,
      ...(model && { model }),
      status,
      ms,
      cost: job?.spent ?? 0,
      ...fault,
      ...(id && { id }),
    };
  }
}

/** A fault of the operator's function, even of an asynchronous one, is not a fault of the request. Never throws. */
async function tell(onEvent: NonNullable<AnnealOptions["onEvent"]>, event: AnnealEvent): Promise<void> {
  try {
    await onEvent(event);
  } catch (error) {
    console.error(error);
  }
}

/** Has the platform wait for work that goes on after the answer, where it would not by itself. */
export function afterAnswer(c: Context, work: Promise<unknown>): void {
  try {
    c.executionCtx.waitUntil(work);
  } catch {
    // Hono throws where the platform has no such thing, as in Node
  }
}
