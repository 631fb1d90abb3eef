/** Which jobs are admitted, and in which order they have their turns. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type Job, Queue } from "../../../worker/service/queue.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

/** What a job counts at least. */
const UNIT = 3e8;
const MOST = 100 * UNIT;
/** Of a long job, in units. */
const LONG = 10;
const { signal } = new AbortController();

function admit(queue: Queue, client: string, cost = 1): Job {
  const job = queue.admit(client, cost * UNIT, MOST);
  if (!job) throw new Error(`Expected room for ${cost} but there was none`);
  return job;
}

/** Takes the job's turn and ends it at once. */
async function take(queue: Queue, job: Job): Promise<void> {
  await queue.turn(job, signal);
  queue.end(job);
}

/** Whose turns these jobs have, one after the other, if all of them ask at the same time. */
async function order(queue: Queue, jobs: readonly Job[]): Promise<string> {
  let names = "";
  const first = admit(queue, "-");
  await queue.turn(first, signal);
  const turns = jobs.map((job) => take(queue, job).then(() => (names += job.client.name)));
  queue.end(first);
  await Promise.all(turns);
  return names;
}

it("alternates between two clients, however many jobs one has", async () => {
  const queue = new Queue();
  const jobs = [..."aaaaaabb"].map((name) => admit(queue, name));
  expect(await order(queue, jobs)).toBe("ababaaaa");
});

it("lets a newcomer wait for one long job at most", async () => {
  const queue = new Queue();
  let names = "";
  const hogs = [..."aaaaa"].map((name) => admit(queue, name, LONG));
  await queue.turn(hogs[0], signal);
  const turns = hogs.slice(1).map((job) => take(queue, job).then(() => (names += "a")));
  const newcomer = take(queue, admit(queue, "b", LONG)).then(() => (names += "b"));
  await scheduler.wait(10);
  expect(names).toBe("");
  queue.end(hogs[0]);
  await Promise.all([...turns, newcomer]);
  expect(names).toBe("baaaa");
});

it("lets a short job run while a long one yields", async () => {
  const queue = new Queue();
  const [long, waiting] = [admit(queue, "a", LONG), admit(queue, "a", LONG)];
  await queue.turn(long, signal);
  const next = take(queue, waiting);
  await take(queue, admit(queue, "b"));
  queue.end(long);
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
  const began = await Promise.all(jobs.map((job) => take(queue, job).then(() => round)));
  isOver = true;
  await counting;
  expect(new Set(began).size).toBe(jobs.length);
});

it("goes on without a job that gives no sign of life for 2 s, though the clock was set back meanwhile", async () => {
  for (const hour of [0, 3_600_000]) {
    const queue = new Queue();
    const [lost, waiting] = [admit(queue, "a", LONG), admit(queue, "b", LONG)];
    await queue.turn(lost, signal);
    let isOver = false;
    const next = take(queue, waiting).then(() => (isOver = true));
    vi.setSystemTime(Date.now() - hour);
    await scheduler.wait(300);
    expect(isOver).toBe(false);
    vi.advanceTimersByTime(2000);
    await next;
  }
});

it("does not wait for a job that has ended while it waited", async () => {
  const queue = new Queue();
  const [first, leaving, staying] = ["-", "a", "a"].map((name) => admit(queue, name));
  await queue.turn(first, signal);
  const left = new AbortController();
  const gone = queue.turn(leaving, left.signal).catch(() => "left");
  const turn = take(queue, staying);
  left.abort();
  queue.end(leaving);
  queue.end(first);
  await turn;
  expect(await gone).toBe("left");
});

it("gives no turn to a job whose client left before it asked, which keeps nobody waiting", async () => {
  for (const isBusy of [false, true]) {
    const queue = new Queue();
    const first = admit(queue, "-", LONG);
    if (isBusy) await queue.turn(first, signal);
    const [gone, next] = [admit(queue, "a", LONG), admit(queue, "a", LONG)];
    queue.end(gone); // while its model was loaded
    vi.advanceTimersByTime(10);
    const left = queue.turn(gone, AbortSignal.abort("left")).catch((reason) => reason);
    const turn = take(queue, next);
    queue.end(first);
    await turn;
    expect(await left).toBe("left");
  }
});

it("keeps room for others: no client may have more than it leaves", () => {
  const queue = new Queue();
  const isAdmitted = (client: string, cost = MOST) => queue.admit(client, cost, MOST) !== undefined;
  expect(["a", "b", "c", "d"].map((client) => isAdmitted(client))).toEqual([true, true, true, false]);
  expect(isAdmitted("d", MOST / 2)).toBe(true);
});

it("makes room when a job ends, once, or gives no sign of life for a minute", () => {
  const queue = new Queue();
  const job = admit(queue, "a", 100);
  expect(queue.admit("a", 1, MOST)).toBeUndefined();
  expect([queue.end(job), queue.end(job)]).toEqual([true, false]);
  admit(queue, "a", 100);
  vi.advanceTimersByTime(60_000);
  expect(queue.admit("a", 1, MOST)).toBeUndefined();
  vi.advanceTimersByTime(1);
  expect(queue.admit("a", MOST, MOST)).toBeDefined();
});
