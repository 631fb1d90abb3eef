/** Which tickets are admitted, in which order they have their turns, and what clients may spend. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { ProblemError } from "../../../worker/service/problems.ts";
import { Allowance, Queue, Ticket } from "../../../worker/service/queue.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

const BUSY = "Too many images for this address are in progress";

/** What a ticket counts at least. */
const UNIT = 3e8;
const MOST = 100 * UNIT;
/** Of a long image, in units. */
const LONG = 10;
const { signal } = new AbortController();

const admit = (queue: Queue, client: string, cost = 1): Ticket => new Ticket(queue, client, MOST, cost * UNIT);

/** Takes the ticket's turn and ends it at once. */
async function take(ticket: Ticket): Promise<void> {
  await ticket.takeTurn(signal);
  ticket.end();
}

it("alternates between two clients, however many jobs one has", async () => {
  const queue = new Queue();
  const clients = [..."aaaaaabb"];
  const tickets = clients.map((name) => admit(queue, name));
  const first = admit(queue, "-");
  await first.takeTurn(signal);
  let names = "";
  const turns = tickets.map((ticket, i) => take(ticket).then(() => (names += clients[i])));
  first.end();
  await Promise.all(turns);
  expect(names).toBe("ababaaaa");
});

it("lets a newcomer wait for one long job at most", async () => {
  const queue = new Queue();
  let names = "";
  const hogs = [..."aaaaa"].map((name) => admit(queue, name, LONG));
  await hogs[0].takeTurn(signal);
  const turns = hogs.slice(1).map((job) => take(job).then(() => (names += "a")));
  const newcomer = take(admit(queue, "b", LONG)).then(() => (names += "b"));
  await scheduler.wait(10);
  expect(names).toBe("");
  hogs[0].end();
  await Promise.all([...turns, newcomer]);
  expect(names).toBe("baaaa");
});

it("takes no turn if what it would draw is there meanwhile", async () => {
  const queue = new Queue();
  const [long, waiting] = [admit(queue, "a", LONG), admit(queue, "b", LONG)];
  await long.takeTurn(signal);
  let isDone = false;
  const done = waiting.takeTurn(signal, () => isDone);
  isDone = true;
  await done;
  expect(queue.running).toBe(long);
});

it("lets a short job run while a long one yields", async () => {
  const queue = new Queue();
  const [long, waiting] = [admit(queue, "a", LONG), admit(queue, "a", LONG)];
  await long.takeTurn(signal);
  const next = take(waiting);
  await take(admit(queue, "b"));
  long.end();
  await next;
});

it("gives one turn in each round of the event loop, so that an answer is sent before the next image is drawn", async () => {
  const queue = new Queue();
  const jobs = [..."abcde"].map((name) => admit(queue, name));
  let round = 0;
  let isOver = false;
  const rounds = async () => {
    for (; !isOver; round++) await scheduler.wait(0);
  };
  const counting = rounds();
  const began = await Promise.all(jobs.map((job) => take(job).then(() => round)));
  isOver = true;
  await counting;
  expect(new Set(began).size).toBe(jobs.length);
});

it("goes on without a job that gives no sign of life for 2 s", async () => {
  const queue = new Queue();
  const [lost, waiting] = [admit(queue, "a", LONG), admit(queue, "b", LONG)];
  await lost.takeTurn(signal);
  let isOver = false;
  const next = take(waiting).then(() => (isOver = true));
  await scheduler.wait(300);
  expect(isOver).toBe(false);
  vi.advanceTimersByTime(2000);
  await next;
});

it("gives no turn to a job whose client left before it asked, which keeps nobody waiting", async () => {
  for (const isBusy of [false, true]) {
    const queue = new Queue();
    const first = admit(queue, "-", LONG);
    if (isBusy) await first.takeTurn(signal);
    const [gone, next] = [admit(queue, "a", LONG), admit(queue, "a", LONG)];
    gone.end(); // while its model was loaded
    vi.advanceTimersByTime(10);
    const left = gone.takeTurn(AbortSignal.abort("left")).catch((reason) => reason);
    const turn = take(next);
    first.end();
    await turn;
    expect(await left).toBe("left");
  }
});

it("keeps room for others: no client may have more than it leaves", () => {
  const queue = new Queue();
  for (const client of ["a", "b", "c"]) admit(queue, client, 100);
  const last = admit(queue, "d");
  expect(() => last.hold(MOST)).toThrow(BUSY);
  last.hold(MOST / 2);
  expect(() => admit(queue, "d", 1)).toThrow(BUSY);
});

it("makes room when a ticket ends, once, when it holds less, or when it gives no sign of life for a minute", () => {
  const queue = new Queue();
  const ticket = admit(queue, "a", 100);
  expect(() => admit(queue, "a")).toThrow(BUSY);
  ticket.hold(99 * UNIT);
  admit(queue, "a").end();
  ticket.end();
  ticket.end();
  ticket.hold(MOST);
  admit(queue, "a", 100);
  vi.advanceTimersByTime(60_000);
  expect(() => admit(queue, "a")).toThrow(BUSY);
  vi.advanceTimersByTime(1);
  admit(queue, "a", 100);
});

/** The seconds until a client may spend this, which it does if they are 0. */
function secondsUntil(allowance: Allowance, client: string, cost: number, now: number): number {
  try {
    allowance.spend(client, cost, now);
    return 0;
  } catch (error) {
    return Number((error as ProblemError).response().headers.get("Retry-After"));
  }
}

it("lets a client spend its rate on average and a minute of it at once, and one that owes nothing more than that, once", () => {
  const allowance = new Allowance(10);
  const minute = Array.from({ length: 60 }, () => ["a", 10, 0, 0] as const);
  for (const [client, cost, now, seconds] of [
    ...minute,
    ["a", 10, 0, 1],
    ["a", 25, 0, 3],
    ["b", 10, 0, 0],
    ["a", 10, 999, 1],
    ["a", 10, 1000, 0],
    ["a", 10, 1000, 1],
    ["a", 1000, 1e6, 0], // no more than a minute is saved up
    ["a", 1, 1e6, 41],
  ] as const)
    expect([client, cost, now, secondsUntil(allowance, client, cost, now)]).toEqual([client, cost, now, seconds]);
});

it("remembers 4096 clients, and forgets the one that spent longest ago", () => {
  const allowance = new Allowance(10);
  for (let client = 0; client <= 4096; client++) allowance.spend(`${client}`, 600, 0);
  expect([secondsUntil(allowance, "1", 1, 0), secondsUntil(allowance, "0", 1, 0)]).toEqual([1, 0]);
});
