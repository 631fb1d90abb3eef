/** Admits work within what its client may spend and have in flight, and gives it its turn on the isolate's one thread. */
import type { Context } from "hono";
import { IMAGE_COST } from "../../wasm-model/render/cost.ts";
import { type Env, note } from "../http/env.ts";
import { ProblemError, prepared } from "../http/problems.ts";
import { type Job, Queue } from "./queue.ts";
import { TokenBuckets } from "./token-buckets.ts";

/** What a byte counts in flight, so that all clients together have 27 MB, of the 128 MB of an isolate. */
const HELD_BYTE = 7500;

/** Of all services of the process, since they share its thread and memory. */
const QUEUE = new Queue();

/** The work of one service. */
export class Work {
  readonly #buckets = new TokenBuckets();

  /**
   * Does work of this cost when it is loaded and its turn has come. Unspent cost is refunded. Throws a `ProblemError` if
   * the client has too much in flight or has spent too much, the signal's reason if it has disconnected.
   */
  async run<T>(c: Context<Env>, cost: number, load: () => Promise<unknown>, work: (job: Job) => T | Promise<T>): Promise<T> {
    const { signal } = c.req.raw;
    signal.throwIfAborted();
    const { client, settings } = c.env;
    const { inFlight, rate } = settings;
    const job = QUEUE.admit(client, cost, inFlight);
    if (!job) throw busy();
    const seconds = rate === undefined ? 0 : this.#buckets.spend(client, cost, rate, Date.now());
    if (seconds > 0) {
      QUEUE.end(job);
      throw tooMany(seconds);
    }
    note(c, { job });
    const end = (): void => {
      if (QUEUE.end(job) && rate !== undefined) this.#buckets.refund(client, cost - job.spent);
    };
    signal.addEventListener("abort", end, { once: true }); // the platform may end the request without running `finally`
    try {
      await load();
      await QUEUE.turn(job, signal);
      job.spend(IMAGE_COST);
      const result = await work(job);
      job.spent = cost;
      return result;
    } finally {
      end();
    }
  }

  /**
   * Counts bytes as in flight until `end` is called or the client disconnects. Throws a
   * `ProblemError` if the client has too much in flight.
   */
  reserve(c: Context<Env>, bytes: number): { readonly job: Job; readonly end: () => void } {
    const job = QUEUE.admit(c.env.client, HELD_BYTE * bytes, c.env.settings.inFlight);
    if (!job) throw busy();
    const end = () => void QUEUE.end(job);
    c.req.raw.signal.addEventListener("abort", end, { once: true });
    return { job, end };
  }
}

const TOO_MANY = prepared({
  status: 429,
  code: "too-many-requests",
  key: "client",
  expected: "the seconds of `Retry-After` before further work",
  received: "more at once",
  detail: "This address has asked for too much work at once.",
});

const tooMany = (seconds: number): ProblemError => new ProblemError(TOO_MANY, { "Retry-After": String(seconds) });

const BUSY = prepared({
  status: 503,
  code: "busy",
  key: "client",
  expected: "as much work at a time as one address may have in flight",
  received: "more",
  detail: "Too many images for this address are in progress. Try again in a second.",
});

const busy = (): ProblemError => new ProblemError(BUSY);
