/**
 * Divides the isolate's one thread between clients by cost: start-time fair queueing (Goyal, Vin and Cheng 1996,
 * section 2). An image is drawn in turns of at most TURN_COST. In virtual time, a turn starts at the end of its
 * client's previous turn or at the start of the thread's current turn, whichever is later. The earliest start is next.
 * So a client alone has the whole thread, and several have equal shares, however much each asks for.
 *
 * workerd handles 16 socket events, then timers, then the next 16 events. When many requests are refused at once,
 * closing their connections takes several such rounds. A turn in each round would make a new request wait for all of
 * them. So the next turn waits for as many rounds as these connections need.
 *
 * No job wakes another. Each asks for its turn by its own timer, so a request that the platform has ended blocks
 * nobody.
 */
import { wait } from "../../wasm-model/render/turn.ts";

/** 16 evaluations of the default model. A turn ends with a yield to the event loop, which takes about a millisecond. */
const TURN_COST = 0.7e9;

/** At least what any machine draws in a millisecond. With less, a job would ask too late and leave the thread idle. */
const COST_PER_MS = 150e6;

/**
 * Milliseconds. LONGEST_WAIT: the longest time between two questions of a job, and the longest that refused requests
 * delay a turn. LOST: a job that has not asked for this long loses its place in the line. FORGOTTEN: after this long it
 * is no longer in flight.
 */
const LONGEST_WAIT = 250;
const LOST = 2_000;
const FORGOTTEN = 60_000;

/** Refused requests whose connections a round of the event loop opens and closes. */
const CLOSED_PER_ROUND = 8;

/** All clients together may have as much in flight as this many clients alone. */
const CLIENTS = 4;

interface Client {
  readonly name: string;
  /** Cost in flight. */
  held: number;
  /** The end of its latest turn, in virtual time. */
  end: number;
}

export class FairQueue {
  readonly #clients = new Map<string, Client>();
  readonly #jobs = new Set<Job>();
  #held = 0;
  /** Virtual time: the start of the latest turn. */
  #time = 0;
  /**
   * When the latest job ends, by the clock or by its cost: in production the clock does not advance during computation.
   */
  #busyUntil = 0;
  /** The cost of the consecutive jobs since the latest turn. */
  #unbroken = 0;
  #done = 0;
  /** How many refused requests may have open connections, and since when a turn waits for them. */
  #refused = 0;
  #dueSince: number | undefined;

  /**
   * Admits a job of this client. Returns undefined if the client would then have more in flight than `most`, or more
   * than it leaves for all others. `onEnd` receives the unspent cost.
   */
  admit(name: string, cost: number, most: number, onEnd: (unspent: number) => void): Job | undefined {
    const now = Date.now();
    const client = this.#clients.get(name) ?? { name, held: 0, end: 0 };
    const isFull = () => client.held + cost > Math.min(most, CLIENTS * most - this.#held - cost);
    if (isFull()) for (const job of this.#jobs) if (now - job.seen > FORGOTTEN) job.end();
    if (isFull()) return undefined;
    if (now - this.#busyUntil > 1) this.#unbroken = 0;
    const crowded = this.#jobs.size > 0 || (this.#unbroken > 0 && this.#unbroken + cost > TURN_COST);
    client.held += cost;
    this.#held += cost;
    this.#clients.set(name, client);
    const job = new Job(this, client, cost, crowded, (unspent) => {
      this.#leave(job);
      onEnd(unspent);
    });
    this.#jobs.add(job);
    return job;
  }

  /** Puts a job in the line for a turn of this cost. */
  enqueue(job: Job, cost: number): void {
    job.start = Math.max(this.#time, job.client.end);
    job.client.end = job.start + cost;
    job.turnCost = cost;
    job.charged += cost;
  }

  /** Call it for each refused request. */
  refuse(): void {
    if (this.#jobs.size > 0) this.#refused++;
  }

  /** How many jobs are done. Their answers are sent in the event loop's next round. */
  get done(): number {
    return this.#done;
  }

  /**
   * The cost of what comes before this job's turn. 0: it is this job's turn, and the job leaves the line. `done`: how
   * many jobs were done before this round of the event loop. If another job was done in this round, this one waits;
   * otherwise many would be drawn before the first answer is sent.
   */
  before(job: Job, done = this.#done): number {
    const now = Date.now();
    let cost = 0;
    let isEarlier = true; // of jobs with the same start, the one admitted first is next
    for (const other of this.#jobs) {
      if (other === job) isEarlier = false;
      else if ((other.start < job.start || (isEarlier && other.start === job.start)) && now - other.seen < LOST) cost += other.turnCost;
    }
    if (cost > 0) return cost;
    if (done < this.#done) return 1;
    this.#dueSince ??= now;
    if (this.#refused > 0 && now - this.#dueSince < LONGEST_WAIT) {
      this.#refused = Math.max(0, this.#refused - CLOSED_PER_ROUND);
      return 1;
    }
    this.#time = Math.max(this.#time, job.start);
    this.#unbroken = 0;
    this.#dueSince = undefined;
    job.start = Number.POSITIVE_INFINITY;
    return 0;
  }

  #leave(job: Job): void {
    const { client, cost } = job;
    this.#jobs.delete(job);
    if (job.spent >= cost) this.#done++;
    if (this.#jobs.size === 0) this.#refused = 0;
    if (job.start < Number.POSITIVE_INFINITY) this.#giveBack(job);
    client.end += Math.max(0, job.spent - job.charged);
    this.#unbroken += job.spent;
    this.#held -= cost;
    client.held -= cost;
    if (client.held === 0) this.#clients.delete(client.name);
    this.#busyUntil = Math.max(this.#busyUntil, Date.now(), job.began + job.spent / COST_PER_MS);
  }

  /** Moves the client's later turns forward by a turn that it does not take. */
  #giveBack({ client, start, turnCost }: Job): void {
    client.end -= turnCost;
    for (const other of this.#jobs) if (other.client === client && other.start > start) other.start -= turnCost;
  }
}

/** A request's work. */
export class Job {
  readonly client: Client;
  readonly cost: number;
  readonly began = Date.now();
  /** When it last asked for a turn or spent. */
  seen = this.began;
  /** The start of the turn that it waits for, in virtual time; infinite while it does not wait. */
  start = Number.POSITIVE_INFINITY;
  turnCost = 0;
  /** The expected cost of its turns (`charged`), and what it has spent. */
  charged = 0;
  spent = 0;
  readonly #queue: FairQueue;
  readonly #crowded: boolean;
  #onEnd: ((unspent: number) => void) | undefined;
  #spentInTurn = 0;

  constructor(queue: FairQueue, client: Client, cost: number, crowded: boolean, onEnd: (unspent: number) => void) {
    this.client = client;
    this.cost = cost;
    this.#queue = queue;
    this.#crowded = crowded;
    this.#onEnd = onEnd;
  }

  /**
   * Waits for the first turn if others may be waiting: requests that arrived while the thread was busy are still in the
   * event loop. Consecutive short jobs share one turn.
   */
  async begin(signal: AbortSignal): Promise<void> {
    if (this.#crowded) await this.turn(signal);
  }

  /**
   * Waits for the next turn of the event loop, then for this job's turn, which may cost `cost` at most. Throws the
   * signal's reason when aborted.
   */
  async turn(signal: AbortSignal, cost = TURN_COST): Promise<void> {
    this.#spentInTurn = 0;
    this.#queue.enqueue(this, Math.max(0, Math.min(cost, this.cost - this.spent)));
    let before = 0;
    do {
      this.seen = Date.now();
      const { done } = this.#queue;
      await wait(Math.min(before / COST_PER_MS, LONGEST_WAIT));
      signal.throwIfAborted();
      before = this.#queue.before(this, done);
    } while (before > 0);
    this.seen = Date.now();
  }

  /** Counts what has been spent. Returns whether the turn is over. */
  spend(cost: number): boolean {
    this.spent += cost;
    this.#spentInTurn += cost;
    return this.#spentInTurn >= TURN_COST;
  }

  /** Makes room for other jobs. Call it at the end or when the client disconnects, whichever is first. */
  end(): void {
    this.#onEnd?.(Math.max(0, this.cost - this.spent));
    this.#onEnd = undefined;
  }
}
