/** What `anneal` of `anneal/hono` takes. */
import type { Context } from "hono";

export interface AnnealOptions {
  /** The files of models, `model.onnx`, at least one; of a student with its teacher both. Each has the name in its card; the first is the default. */
  readonly models: readonly (ModelBytes | StudentFiles)[];
  /** The most network evaluations that one request may cost, those of all its images: 1000 by default. */
  readonly budget?: number;
  /** The most pictures that one process or isolate draws at a time: 16 by default. Further requests are answered with 503. */
  readonly maxInFlight?: number;
  /** How often a client may ask for a new picture; beyond it the answer is 429. By default as often as it likes. */
  readonly rateLimit?: RateLimiter | undefined;
  /** Names the client whose rate is limited: by default the address that Cloudflare writes into `CF-Connecting-IP`. */
  readonly client?: (c: Context) => string;
  /** Where finished pictures are kept beside 8 MB of memory, such as `caches.default` of Workers. */
  readonly cache?: AnswerCache | undefined;
  /** The token that uploads must carry. By default they need none. */
  readonly token?: string | undefined;
  /** The origins whose pages may upload, `https://pages.example`: by default any, or none where there is a token. */
  readonly uploadOrigins?: readonly string[];
}

export type ModelBytes = Uint8Array | ArrayBuffer;

/** A model that draws in few steps, and the model that draws what it does not know. */
export interface StudentFiles {
  /** Its `model.onnx`. */
  readonly student: ModelBytes;
  /** The `teacher.onnx` beside it. */
  readonly teacher: ModelBytes;
}

/** The binding of a rate limit of Workers, or anything that answers like it. */
export interface RateLimiter {
  limit(options: { readonly key: string }): Promise<{ readonly success: boolean }>;
}

/** Part of the Cache API. */
export interface AnswerCache {
  match(url: string): Promise<Response | undefined>;
  put(url: string, response: Response): Promise<void>;
}
