/** Admits work within what its client may spend and have in flight, and gives it its turn on the process's one thread. */
import { LRUCache } from "lru-cache";
import { IMAGE_COST } from "../../wasm-model/render/cost.ts";
import { ProblemError } from "./problems.ts";
import { type Job, Queue } from "./queue.ts";
import type { Asked } from "./report.ts";

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
  async run<L, T>(
    { c, client, settings: { inFlight, rate }, report }: Asked,
    cost: number,
    load: () => Promise<L>,
    work: (loaded: L, job: Job) => Promise<T>,
  ): Promise<T> {
    const { signal } = c.req.raw;
    signal.throwIfAborted();
    const job = QUEUE.admit(client, cost, inFlight);
    if (!job) throw busy();
    const seconds = rate === undefined ? 0 : this.#buckets.spend(client, cost, rate, Date.now());
    if (seconds > 0) {
      QUEUE.end(job);
      throw tooMany(seconds);
    }
    report.job = job;
    const end = (): void => {
      if (QUEUE.end(job) && rate !== undefined) this.#buckets.refund(client, cost - job.spent);
    };
    signal.addEventListener("abort", end, { once: true }); // the platform may end the request without running `finally`
    try {
      const loaded = await load();
      await QUEUE.turn(job, signal);
      job.spend(IMAGE_COST);
      const result = await work(loaded, job);
      job.spent = cost;
      return result;
    } finally {
      end();
    }
  }

  /**
   * Counts a request that holds these bytes as in flight until `end` is called or the client disconnects. Throws a
   * `ProblemError` if the client has too much in flight.
   */
  reserve({ c, client, settings: { inFlight } }: Asked, bytes: number): { readonly job: Job; readonly end: () => void } {
    const job = QUEUE.admit(client, HELD_BYTE * bytes, inFlight);
    if (!job) throw busy();
    const end = () => void QUEUE.end(job);
    c.req.raw.signal.addEventListener("abort", end, { once: true });
    return { job, end };
  }
}

function tooMany(seconds: number): ProblemError {
  const mistake = { key: "client", expected: "the seconds of `Retry-After` before further work", received: "more at once" };
  const detail = "This address has asked for too much work at once.";
  return new ProblemError(429, "too-many-requests", mistake, detail, { "Retry-After": String(seconds) });
}

function busy(): ProblemError {
  const mistake = { key: "client", expected: "as much work at a time as one address may have in flight", received: "more" };
  return new ProblemError(503, "busy", mistake, "Too many images for this address are in progress. Try again in a second.");
}

/** Seconds. A client may at once spend what it regains in this time. */
export const BURST = 60;

/** Clients that are remembered. Beyond that, the one that spent longest ago is forgotten and has a full bucket again. */
const MOST_CLIENTS = 4096;

/** What a client has spent and not yet regained, at a time in milliseconds. */
interface Debt {
  readonly cost: number;
  at: number;
}

/** What each client may spend on average, and at once. */
export class TokenBuckets {
  readonly #debts = new LRUCache<string, Debt>({ max: MOST_CLIENTS });

  /**
   * Spends `cost` and returns 0, or spends nothing and returns the seconds until the client may spend that much.
   * `rate`: what it regains per second. A client without debt may spend any cost.
   */
  spend(client: string, cost: number, rate: number, now: number): number {
    const debt = this.#debtOf(client, rate, now);
    const excess = debt + cost - BURST * rate;
    if (debt > 0 && excess > 0) return Math.ceil(excess / rate);
    this.#debts.set(client, { cost: debt + cost, at: now });
    return 0;
  }

  /** Gives back what was spent on work that was not done. */
  refund(client: string, cost: number): void {
    const debt = this.#debts.get(client);
    if (debt) this.#debts.set(client, { ...debt, cost: Math.max(0, debt.cost - cost) });
  }

  #debtOf(client: string, rate: number, now: number): number {
    const debt = this.#debts.get(client);
    if (!debt) return 0;
    debt.at = Math.min(debt.at, now); // a clock that was set back
    return Math.max(0, debt.cost - (rate * (now - debt.at)) / 1000);
  }
}
