/** The service for Hono applications. */
import type { Context, Hono } from "hono";

/**
 * The service as an application: `app.route("/images", anneal({ models }))`. In
 * Workers its pages need dist/site of this package as static assets with the binding ASSETS. Throws `ModelError` for
 * a file that is not a model and for a model's name that cannot be part of an address; `TypeError` if there is no
 * model, if two have the same name, and for an invalid option, such as a budget that no model's default image fits.
 */
export declare function anneal(options: AnnealOptions): Hono;
/**
 * Loads the models of a service that `anneal` returned and draws some images with the first, so that the first visitor's is drawn as
 * quickly as later ones. Call it while the server starts. Returns the service.
 */
export declare function ready(service: Hono): Promise<Hono>;
/**
 * The options that an environment sets, such as `env` of `cloudflare:workers` or `process.env`: BUDGET, RATE_LIMIT and LOG (true: a
 * line of JSON for each request). Throws `TypeError` for an invalid one.
 */
export declare function settingsFrom(env: object): Pick<AnnealOptions, "budget" | "rateLimit" | "onEvent">;

export interface AnnealOptions {
  /** Files `model.onnx`, at least one. Each model has the name in its card; the first is the default. */
  readonly models: readonly (Uint8Array | ArrayBuffer)[];
  /**
   * The highest cost of a request, in multiply-accumulates: those of its network evaluations and of enlarging, 40 million
   * for any image and 2500 for each byte of its pixels. By default 5 billion.
   */
  readonly budget?: number;
  /**
   * The cost that a client may spend per second on average, up to a minute's worth at once; beyond it the answer is
   * 429. By default unlimited.
   */
  readonly rateLimit?: number;
  /**
   * Names the client. By default its name is its address, from `CF-Connecting-IP` on Cloudflare and from
   * `X-Forwarded-For` with `trustProxy`. Elsewhere all are one client by default, so `rateLimit` needs one of these
   * options. IPv6 addresses of one /64 network are one client. A request for which it throws, or returns no string, is answered with 500.
   */
  readonly client?: (c: Context) => string;
  /**
   * Whether a proxy of yours stands in front of the service, or how many do in a row. The client's address then comes
   * from `X-Forwarded-For`. By default this header is ignored, since anybody may send it. Every request must come through
   * these proxies.
   */
  readonly trustProxy?: boolean | number;
  /** A cache of finished images in addition to 8 MB of memory, such as `caches.default` of Workers. It is waited for a second at most, and after a failure not asked for a minute. */
  readonly cache?: AnswerCache | undefined;
  /**
   * Called once for each request, for logs and metrics, as `(event) => console.log(JSON.stringify(event))`. What it
   * throws, at once or later, is logged. The request's context has what a proxy wrote, such as the id of a trace.
   */
  readonly onEvent?: (event: AnnealEvent, c: Context) => void;
}

/** The outcome of a request. It contains neither seeds nor addresses. */
export interface AnnealEvent {
  /**
   * `drawn`: an image was drawn. `cached`: the server or the client had the image already. `refused`: the answer is a
   * problem. `aborted`: the client left first. `failed`: the service failed. `answered`: everything else, such as pages
   * and models.
   */
  readonly type: "drawn" | "cached" | "refused" | "aborted" | "failed" | "answered";
  readonly method: string;
  /** As in the OpenAPI document, `/v1/{model}/{seed}.{format}`; null for a path that does not exist. */
  readonly route: string | null;
  /** The name of the model that the request is about. */
  readonly model?: string;
  /** Of the answer; 499 if the client left first. */
  readonly status: number;
  /** Milliseconds until the answer was ready to be sent. On Cloudflare the clock stands still during computation. */
  readonly ms: number;
  /** What was spent on it, in multiply-accumulates. */
  readonly cost: number;
  /**
   * The `code` and the `key` of the problem, if the answer is one. There is no `key` that the client chose, such as the
   * name of an option that does not exist.
   */
  readonly code?: string;
  readonly key?: string;
}

/** Part of the Cache API. */
export interface AnswerCache {
  match(url: string): Promise<Response | undefined>;
  put(url: string, response: Response): Promise<void>;
}
