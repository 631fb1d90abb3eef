/**
 * Tickets: each request that draws, waits or sends what is long has one, from its admission until its answer is read or its client
 * leaves. It counts a cost in flight, which its client, and all clients together, must have room for, and it waits for its turn on
 * the process's one thread. Waiting clients take turns: the next ticket is the first one of the client whose latest turn is longest
 * ago. A new client comes before those that have had a turn. One long image at a time is drawn, which bounds memory. Each time that
 * it yields to the event loop, a short one may be drawn.
 *
 * No ticket wakes another. Each asks by its own timer, so a request that the platform has ended blocks nobody.
 */
import { LRUCache } from "lru-cache";
import { wait } from "../../wasm-model/render/turn.ts";
import { ProblemError } from "./problems.ts";

/** All clients together may have as much in flight as this many clients alone. */
const CLIENTS = 4;

/** In flight no ticket counts less, since the request takes some 30 KB of memory. */
const LEAST = 0.3e9;

/** What so many bytes of an answer count in flight until they are read. All clients together have 27 MB, of the 128 MB of an isolate. */
export const costUnread = (bytes: number): number => 7500 * bytes;

/** The highest cost of a short image, which needs no yield. */
const SHORT = 0.7e9;

/**
 * Milliseconds. LONGEST_WAIT: the longest time between two questions of a request that waits. LOST: a ticket without a sign of life for
 * this long keeps nobody waiting. FORGOTTEN: after this long it is no longer in flight. The platform may have ended it without notice.
 */
const LONGEST_WAIT = 250;
const LOST = 2_000;
const FORGOTTEN = 60_000;

interface Client {
  /** Cost in flight. */
  held: number;
  /** The number of its latest turn. */
  turn: number;
  readonly waiting: Set<Ticket>;
}

/** What all tickets know of each other. */
export class Queue {
  readonly clients = new Map<string, Client>();
  readonly tickets = new Set<Ticket>();
  held = 0;
  /** The long image that is drawn. */
  running: Ticket | undefined;
  turns = 0;
}

export class Ticket {
  /** In multiply-accumulates, so far. */
  spent = 0;
  #held = 0;
  #isOver = false;
  #seen = performance.now();
  readonly #queue: Queue;
  readonly #name: string;
  readonly #client: Client;
  readonly #most: number;

  /** `name`: of its client, which may have `most` in flight. Throws a `ProblemError` if there is no room. */
  constructor(queue: Queue, name: string, most: number, cost = 0) {
    this.#queue = queue;
    this.#name = name;
    this.#client = queue.clients.get(name) ?? { held: 0, turn: queue.turns - 1, waiting: new Set() };
    this.#most = most;
    this.hold(cost);
    queue.clients.set(name, this.#client);
    queue.tickets.add(this);
  }

  /**
   * Counts this cost in flight, in place of what it counted before, unless it has ended. Throws a `ProblemError` if its client would then have more in
   * flight than it may, or more than it leaves for all others.
   */
  hold(cost: number): void {
    if (this.#isOver) return;
    const more = Math.max(cost, LEAST) - this.#held;
    const [queue, client] = [this.#queue, this.#client];
    const isFull = () => more > 0 && client.held + more > Math.min(this.#most, CLIENTS * this.#most - queue.held - more);
    if (isFull()) for (const ticket of queue.tickets) if (ticket !== this && ticket.#silence() > FORGOTTEN) ticket.end();
    if (isFull()) throw busyError();
    this.#held += more;
    client.held += more;
    queue.held += more;
  }

  /** Waits for its turn, which lasts until `endTurn`, or until it needs none. Throws the signal's reason when aborted. */
  async takeTurn(signal: AbortSignal, isDone: () => boolean = () => false): Promise<void> {
    signal.throwIfAborted(); // its client may have left while its model was loaded
    const [queue, client] = [this.#queue, this.#client];
    this.touch();
    client.waiting.add(this);
    for (let turns = -1; !isDone() && (turns !== queue.turns || this.#before() > 0); ) {
      turns = queue.turns; // if another has its turn meanwhile, its answer is sent before the next image is drawn
      await wait(Math.min(this.#before(), LONGEST_WAIT)); // each takes a millisecond at least
      signal.throwIfAborted();
      this.touch();
    }
    client.waiting.delete(this);
    if (isDone()) return;
    client.turn = ++queue.turns;
    if (this.#held > SHORT) queue.running = this;
  }

  endTurn(): void {
    this.#client.waiting.delete(this);
    if (this.#queue.running === this) this.#queue.running = undefined;
  }

  /** Call it when the answer is read or its client has disconnected, whichever is first. Only the first call counts. */
  end(): void {
    const [queue, client] = [this.#queue, this.#client];
    if (this.#isOver) return;
    this.#isOver = true;
    this.endTurn();
    queue.tickets.delete(this);
    client.held -= this.#held;
    queue.held -= this.#held;
    if (client.held === 0) queue.clients.delete(this.#name);
  }

  /** `cost`: what it has spent so far. */
  spend(cost: number): void {
    this.spent = cost;
    this.touch();
  }

  /** A sign of life. */
  touch(): void {
    this.#seen = performance.now();
  }

  /** Milliseconds since the last sign of life. */
  #silence(): number {
    return performance.now() - this.#seen;
  }

  /** The fewest tickets that come before this one: one of each other client. */
  #before(): number {
    const { running, clients } = this.#queue;
    const isRunning = running !== undefined && running.#silence() < LOST;
    const mayRun = (one: Ticket): boolean => one.#silence() < LOST && !(isRunning && one.#held > SHORT);
    let before = mayRun(this) ? 0 : 1;
    let isEarlier = true; // of clients whose turns are as long ago, the one that came first is next
    for (const client of clients.values()) {
      const waiting = [...client.waiting].filter((one) => one === this || mayRun(one));
      if (client === this.#client) {
        before += waiting.indexOf(this);
        isEarlier = false;
      } else if (waiting.length > 0 && client.turn < this.#client.turn + Number(isEarlier)) before++;
    }
    return before;
  }
}

function busyError(): ProblemError {
  const mistake = { key: "client", expected: "as much work at a time as one address may have in flight", received: "more" };
  return new ProblemError(503, "busy", mistake, "Too many images for this address are in progress. Try again in a second.");
}

/** Seconds. A client may at once spend what it regains in this time. */
export const BURST = 60;

/** Clients that are remembered. Beyond that, the one that spent longest ago is forgotten and may spend a minute's worth again. */
const MOST_CLIENTS = 4096;

/** What each client of a service may spend on average, and at once. */
export class Allowance {
  readonly #rate: number;
  /** When each client has regained what it has spent, in milliseconds. */
  readonly #times = new LRUCache<string, number>({ max: MOST_CLIENTS });

  /** `rate`: what a client regains per second. */
  constructor(rate: number) {
    this.#rate = rate;
  }

  /**
   * Spends `cost`, or throws a `ProblemError` with the seconds until the client may spend that much. A client that owes nothing may spend
   * any cost. `now`: in milliseconds.
   */
  spend(client: string, cost: number, now = performance.now()): void {
    const owed = Math.max(now, this.#times.get(client) ?? 0);
    const time = owed + (1000 * cost) / this.#rate;
    const seconds = Math.ceil((time - now) / 1000 - BURST);
    if (owed > now && seconds > 0) throw rateError(seconds);
    this.#times.set(client, time);
  }
}

function rateError(seconds: number): ProblemError {
  const mistake = { key: "client", expected: "the seconds of `Retry-After` before further work", received: "more at once" };
  const detail = "This address has asked for too much work at once.";
  return new ProblemError(429, "too-many-requests", mistake, detail, { "Retry-After": String(seconds) });
}
