/**
 * Admits work within its client's limits (in flight, spending, memory) and gives it turns on the isolate's one thread.
 */
import type { Context } from "hono";
import { IMAGE_COST } from "../../wasm-model/render/cost.ts";
import { clientIn } from "../http/client.ts";
import { type Env, note } from "../http/env.ts";
import { ProblemError } from "../http/problems.ts";
import { FairQueue, type Job } from "./fair-queue.ts";
import { limitsOf } from "./limits.ts";
import { MemoryBudget, type Reservation } from "./memory-budget.ts";
import { TokenBuckets } from "./token-buckets.ts";

/** Isolate state. */
const queue = new FairQueue();
const buckets = new TokenBuckets();
const memory = new MemoryBudget();

/** What this request's client may still spend (token-buckets.ts). */
export const left = (c: Context<Env>, rate: number) => buckets.left(clientIn(c), rate, Date.now());

/** Does work of this cost in its turn. Throws as `enter` does. */
export async function limited<T>(c: Context<Env>, cost: number, work: (job: Job) => T | Promise<T>): Promise<T> {
  const job = await enter(c, cost);
  try {
    const result = await work(job);
    job.spent = cost;
    return result;
  } finally {
    job.end();
  }
}

/**
 * Call it before work of this cost, and end the job after it. Unspent cost is refunded. Throws a `ProblemError` if the
 * client has too much in flight or has spent too much, the signal's reason if it has disconnected.
 */
async function enter(c: Context<Env>, cost: number): Promise<Job> {
  const { signal } = c.req.raw;
  signal.throwIfAborted();
  const { inFlight, rate } = limitsOf(c.env);
  const client = clientIn(c);
  const wait = rate === undefined ? 0 : buckets.spend(client, cost, rate, Date.now());
  if (wait > 0) throw tooMany(wait);
  const refund = (unspent: number): void => {
    if (rate !== undefined) buckets.refund(client, unspent);
  };
  const job = queue.admit(client, cost, inFlight, refund);
  if (!job) {
    refund(cost);
    throw busy();
  }
  note(c, { job });
  job.spend(IMAGE_COST);
  signal.addEventListener("abort", () => job.end(), { once: true }); // the platform may end the request without running any `finally`
  try {
    await job.begin(signal);
  } catch (error) {
    job.end();
    throw error;
  }
  return job;
}

/**
 * Reserves memory for an answer, before anything is read or drawn for it. Throws a `ProblemError` if there is too
 * little.
 */
export function reserveMemory(c: Context<Env>, bytes: number): Reservation {
  const reservation = memory.reserve(clientIn(c), bytes);
  if (!reservation) throw busy();
  c.req.raw.signal.addEventListener("abort", reservation.release, { once: true });
  return reservation;
}

function tooMany(seconds: number): ProblemError {
  queue.refuse();
  const detail = "This address has asked for too much work at once.";
  const mistake = { key: "client", expected: `${seconds} s before further work`, received: "more at once" };
  return new ProblemError({ status: 429, code: "too-many-requests", ...mistake, detail }, { "Retry-After": String(seconds) });
}

function busy(): ProblemError {
  queue.refuse();
  const detail = "The server is already drawing as much for this address as it allows at a time. Try again in a second.";
  const mistake = { key: "client", expected: "as much work at a time as one address may have in flight", received: "more" };
  return new ProblemError({ status: 503, code: "busy", ...mistake, detail });
}
