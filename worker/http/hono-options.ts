/** The options of `anneal` of `anneal/hono`. */
import type { Context } from "hono";
import * as v from "valibot";
import { faultOf, object } from "../../wasm-model/schema/fields.ts";
import { ConfigurationError } from "./problems.ts";

export interface AnnealOptions {
  /** At least one. Each has the name in its card; the first is the default. */
  readonly models: readonly (ModelBytes | ModelVersions)[];
  /**
   * The highest cost of a request, in multiply-accumulates: those of its network evaluations, 40 million for any
   * image and 3000 for each byte of its pixels. By default 5 billion.
   */
  readonly budget?: number;
  /**
   * The cost that a client may spend per second on average, up to a minute's worth at once; beyond it the answer is
   * 429. By default unlimited.
   */
  readonly rateLimit?: number;
  /**
   * Whether clients have one queue and one limit over all services of this process or isolate that say so, since they
   * share its thread and memory. By default each service has its own.
   */
  readonly shared?: boolean;
  /**
   * Names the client. By default its name is its address, from `CF-Connecting-IP` on Cloudflare and from
   * `X-Forwarded-For` with `trustProxy`. Elsewhere all are one client by default, so `rateLimit` needs one of these
   * options. IPv6 addresses of one /64 network are one client.
   */
  readonly client?: (c: Context) => string;
  /**
   * Whether a proxy of yours stands in front of the service, or how many do in a row. Scheme, host and client address
   * then come from `X-Forwarded-Proto`, `X-Forwarded-Host` and `X-Forwarded-For`. By default these headers are ignored,
   * since anybody may send them. Every request must come through these proxies.
   */
  readonly trustProxy?: boolean | number;
  /** A cache of finished images in addition to 8 MB of memory, such as `caches.default` of Workers. */
  readonly cache?: AnswerCache | undefined;
  /** The token that uploads must carry, not empty. By default they need none. */
  readonly token?: string | undefined;
  /** The origins whose pages may upload, `https://pages.example`. By default any, or none if there is a token. */
  readonly uploadOrigins?: readonly string[];
  /**
   * Whether each request is logged as a line of JSON on standard output: its `AnnealEvent` and the time. `addresses`
   * adds its path, its query and the client, which are personal data. By default nothing is logged.
   */
  readonly log?: boolean | "addresses";
  /** Called once for each request, for metrics. What it throws, at once or later, is logged. */
  readonly onEvent?: (event: AnnealEvent) => void;
}

/** The outcome of a request. It contains neither seeds nor addresses. */
export interface AnnealEvent {
  /**
   * `drawn`: an image was drawn or a file was inspected. `cached`: the server or the client had the image already.
   * `refused`: the answer is a problem. `aborted`: the client left first. `failed`: the service failed. `answered`:
   * everything else, such as pages and models.
   */
  readonly type: "drawn" | "cached" | "refused" | "aborted" | "failed" | "answered";
  readonly method: string;
  /** As in the OpenAPI document, `/v1/{model}/{seed}.{format}`; null for a path that does not exist. */
  readonly route: string | null;
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

/** A model with its earlier versions, whose permanent addresses stay valid. */
export interface ModelVersions {
  readonly current: ModelBytes;
  /** Of the same name. */
  readonly earlier: readonly ModelBytes[];
}

/** A `model.onnx`. */
export type ModelBytes = Uint8Array | ArrayBuffer;

/** Part of the Cache API. */
export interface AnswerCache {
  match(url: string): Promise<Response | undefined>;
  put(url: string, response: Response): Promise<void>;
}

const isBytes = (value: unknown): boolean =>
  value instanceof Uint8Array || Object.prototype.toString.call(value) === "[object ArrayBuffer]";

const BYTES = v.custom<ModelBytes>(isBytes, "the bytes of a model file");
const KINDS = "the bytes of a model file, or { current, earlier }";
const MODEL = v.union([BYTES, object({ current: BYTES, earlier: v.array(BYTES, KINDS) })], KINDS);
const ANY = v.optional(v.unknown());
const FUNCTION = v.optional(v.function("a function"));
const CACHE = v.custom<AnswerCache>((value) => {
  const { match, put } = (value ?? {}) as Partial<AnswerCache>;
  return typeof match === "function" && typeof put === "function";
}, "a cache with the methods `match` and `put`");

/** Names and kinds. The values of those that may be anything here are checked where they are read. */
const CHECKED = object(
  {
    models: v.array(MODEL, "a list of models"),
    budget: ANY,
    rateLimit: ANY,
    shared: v.optional(v.boolean("true or false")),
    client: FUNCTION,
    trustProxy: ANY,
    cache: v.optional(CACHE),
    token: ANY,
    uploadOrigins: v.optional(v.array(v.string("a string"), "a list of origins")),
    log: ANY,
    onEvent: FUNCTION,
  } satisfies Record<keyof AnnealOptions, v.GenericSchema>,
  "an object of options",
);

/** Throws `ConfigurationError` for an option that does not exist and for one of another kind. */
export function checkOptions(options: unknown): void {
  const fault = faultOf(CHECKED, options);
  if (!fault) return;
  const { name, expected, received } = fault;
  throw new ConfigurationError(`Expected ${expected} for ${name ? `\`${name}\`` : "the options"} but received ${received}`);
}
