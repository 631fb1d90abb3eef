/**
 * What clients have in flight, and whose turn it is. A job is admitted if its client, and all clients together, have room
 * for its cost. Waiting clients take turns: the next job is the first one of the client whose latest turn is longest ago.
 * A new client comes before those that have had a turn. One long job at a time runs, which bounds memory.
 * Each time that it yields to the event loop, a short one may run.
 *
 * No job wakes another. Each asks by its own timer, so a request that the platform has ended blocks nobody.
 */
import { wait } from "../../wasm-model/render/turn.ts";

/** All clients together may have as much in flight as this many clients alone. */
const CLIENTS = 4;

/** In flight no job counts less, since the request takes some 30 KB of memory. */
const LEAST = 0.3e9;

/** The highest cost of a short job: such an image needs no yield. */
const SHORT = 0.7e9;

/** At least what any machine draws in a millisecond: by it a turn ends, since in production the clock stands still then. */
const COST_PER_MS = 150e6;

/**
 * Milliseconds. LONGEST_WAIT: the longest time between two questions of a job. LOST: a job without a sign of life for
 * this long keeps nobody waiting. FORGOTTEN: after this long it is no longer in flight.
 */
const LONGEST_WAIT = 250;
const LOST = 2_000;
const FORGOTTEN = 60_000;

interface Client {
  readonly name: string;
  /** Cost in flight. */
  held: number;
  /** The number of its latest turn. */
  turn: number;
  readonly waiting: Set<Job>;
}

export class Queue {
  readonly #clients = new Map<string, Client>();
  readonly #jobs = new Set<Job>();
  #held = 0;
  /** The long job that runs. */
  #running: Job | undefined;
  #turns = 0;
  /** When the latest turn ended, or will end. */
  #busyUntil = 0;

  /**
   * Admits a job. Returns undefined if its client would then have more in flight than `most`, or more than it leaves
   * for all others.
   */
  admit(name: string, cost: number, most: number): Job | undefined {
    const client = this.#clients.get(name) ?? { name, held: 0, turn: this.#turns - 1, waiting: new Set() };
    const held = Math.max(cost, LEAST);
    const isFull = () => client.held + held > Math.min(most, CLIENTS * most - this.#held - held);
    if (isFull()) for (const job of this.#jobs) if (job.silence() > FORGOTTEN) this.end(job);
    if (isFull()) return undefined;
    client.held += held;
    this.#held += held;
    this.#clients.set(name, client);
    const job = new Job(client, held);
    this.#jobs.add(job);
    return job;
  }

  /** Waits for the job's turn, which lasts until the job's end. Throws the signal's reason when aborted. */
  async turn(job: Job, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted(); // its client may have left while its model was loaded
    const { client } = job;
    job.touch();
    client.waiting.add(job);
    // Otherwise requests that arrived while the thread was busy may still be in the event loop.
    const isIdle = this.#before(job) === 0 && Date.now() - this.#busyUntil > 1;
    for (let turns = -1; !isIdle && (turns !== this.#turns || this.#before(job) > 0); ) {
      turns = this.#turns; // if another job has its turn meanwhile, its answer is sent before the next one
      await wait(Math.min(this.#before(job), LONGEST_WAIT)); // each takes a millisecond at least
      signal.throwIfAborted();
      job.touch();
    }
    client.waiting.delete(job);
    client.turn = ++this.#turns;
    if (job.held > SHORT) this.#running = job;
    this.#busyUntil = Date.now() + job.held / COST_PER_MS;
  }

  /**
   * Call it at the end of the job or when its client disconnects, whichever is first. Returns whether the job was in
   * flight until now.
   */
  end(job: Job): boolean {
    if (!this.#jobs.delete(job)) return false;
    const { client, held } = job;
    client.waiting.delete(job);
    client.held -= held;
    this.#held -= held;
    if (client.held === 0) this.#clients.delete(client.name);
    if (this.#running === job) this.#running = undefined;
    this.#busyUntil = Math.max(Date.now(), this.#busyUntil);
    return true;
  }

  /** The fewest jobs that come before this one: one of each other client. */
  #before(job: Job): number {
    const isRunning = this.#running !== undefined && this.#running.silence() < LOST;
    const mayRun = (one: Job): boolean => one.silence() < LOST && !(isRunning && one.held > SHORT);
    let before = mayRun(job) ? 0 : 1;
    let isEarlier = true; // of clients whose turns are as long ago, the one that came first is next
    for (const client of this.#clients.values()) {
      const waiting = [...client.waiting].filter((one) => one === job || mayRun(one));
      if (client === job.client) {
        before += waiting.indexOf(job);
        isEarlier = false;
      } else if (waiting.length > 0 && client.turn < job.client.turn + Number(isEarlier)) before++;
    }
    return before;
  }
}

/** A request's work, or what its answer holds. */
export class Job {
  readonly client: Client;
  /** What it counts in flight. */
  readonly held: number;
  spent = 0;
  #seen = Date.now();

  constructor(client: Client, held: number) {
    this.client = client;
    this.held = held;
  }

  /** `cost`: what it has spent so far. */
  spend(cost: number): void {
    this.spent = cost;
    this.touch();
  }

  /** A sign of life. */
  touch(): void {
    this.#seen = Date.now();
  }

  /** Milliseconds since the last sign of life. If the clock was set back, time counts from now on. */
  silence(): number {
    const now = Date.now();
    this.#seen = Math.min(this.#seen, now);
    return now - this.#seen;
  }
}
