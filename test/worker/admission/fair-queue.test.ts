/** In which order jobs have their turns, by cost alone: no time passes here. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type Job, Thread } from "../../../worker/admission/fair-queue.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

const MOST = 1000;

/** A job of this client, which has spent nothing yet; `refunds` is told what it leaves unspent. */
function job(thread: Thread, client: string, cost: number, refunds: number[] = []): Job {
  const admitted = thread.admit(client, cost, MOST, (unspent) => refunds.push(unspent));
  if (!admitted) throw new Error(`Expected room for ${cost} but there was none`);
  return admitted;
}

/** Lets the jobs take turns of their cost, `turns` in all, and returns who had them. */
function run(thread: Thread, jobs: readonly Job[], turnCost: (job: Job) => number, turns: number): string {
  for (const one of jobs) thread.enqueue(one, turnCost(one));
  let order = "";
  while (order.length < turns) {
    const next = jobs.find((one) => one.start < Number.POSITIVE_INFINITY && thread.before(one) === 0);
    if (!next) throw new Error("Expected a job whose turn it is but there was none");
    order += next.client.name;
    thread.enqueue(next, turnCost(next));
  }
  return order;
}

it("gives two clients turns in turn, however many jobs one has", () => {
  const thread = new Thread();
  const jobs = [...Array.from({ length: 5 }, () => job(thread, "a", 100)), job(thread, "b", 100)];
  const order = run(thread, jobs, () => 10, 40);
  expect(order.slice(-20)).toMatch(/^(ab|ba){10}$/);
});

it("shares by cost: who takes turns of a third has three of them", () => {
  const thread = new Thread();
  const jobs = [job(thread, "a", 100), job(thread, "b", 100)];
  const order = run(thread, jobs, ({ client }) => (client.name === "a" ? 30 : 10), 40);
  expect([...order].filter((name) => name === "b").length).toBe(30);
});

it("lets a newcomer begin with the turn that the thread is at: it neither waits for those before it nor makes up for what it missed", () => {
  const thread = new Thread();
  const hogs = Array.from({ length: 5 }, () => job(thread, "a", 100));
  run(thread, hogs, () => 10, 30);
  const cheap = job(thread, "b", 10);
  thread.enqueue(cheap, 10);
  expect(thread.before(cheap)).toBeLessThanOrEqual(10);
});

it("goes on without a job that does not ask for its turn any more", () => {
  const thread = new Thread();
  const [lost, other] = [job(thread, "a", 100), job(thread, "b", 100)];
  thread.enqueue(lost, 10);
  thread.enqueue(other, 10);
  other.start += 1;
  expect(thread.before(other)).toBe(10);
  vi.advanceTimersByTime(2000);
  expect(thread.before(other)).toBe(0);
});

it("lets short jobs that follow each other make one turn together; the next one waits, unless the thread has been idle", () => {
  const thread = new Thread();
  const waits = (): boolean => {
    const admitted = thread.admit("a", 3e8, 1e12, () => undefined);
    admitted?.begin(AbortSignal.abort()).catch(() => undefined);
    const isCharged = admitted?.charged !== 0;
    admitted?.spend(3e8);
    admitted?.end();
    return isCharged;
  };
  expect([waits(), waits(), waits()]).toEqual([false, false, true]); // a turn is 0.7e9
  vi.advanceTimersByTime(1000);
  expect([waits(), waits(), waits()]).toEqual([false, false, true]);
});

it("refunds what a job did not spend, once, and makes room for others", () => {
  const thread = new Thread();
  const refunds: number[] = [];
  const first = job(thread, "a", MOST, refunds);
  expect(thread.admit("a", 1, MOST, () => undefined)).toBeUndefined();
  first.spend(300);
  first.end();
  first.end();
  expect(refunds).toEqual([700]);
  expect(thread.admit("a", MOST, MOST, () => undefined)).toBeDefined();
});

it("gives its client back the turn that an aborted job waited for", () => {
  const thread = new Thread();
  const [leaving, staying, other] = [job(thread, "a", 100), job(thread, "a", 100), job(thread, "b", 100)];
  for (const one of [leaving, staying]) thread.enqueue(one, 50);
  thread.enqueue(other, 10);
  thread.enqueue(other, 10);
  expect(thread.before(staying)).toBeGreaterThan(0);
  leaving.end();
  expect(thread.before(staying)).toBe(0);
});

it("keeps room for others: one client may not leave less than it has", () => {
  const thread = new Thread();
  const admitted = (client: string) => thread.admit(client, MOST, MOST, () => undefined) !== undefined;
  expect(["a", "b", "c", "d"].map(admitted)).toEqual([true, true, true, false]);
  expect(thread.admit("d", MOST / 2, MOST, () => undefined)).toBeDefined();
});

it("lets pass the rounds of the event loop that refused requests need, for 250 ms at most", () => {
  const thread = new Thread();
  const refuse = (times: number) => {
    for (let i = 0; i < times; i++) thread.refuse();
  };
  refuse(80); // nobody waits
  const waiting = job(thread, "a", 100);
  thread.enqueue(waiting, 10);
  expect(thread.before(waiting)).toBe(0);
  thread.enqueue(waiting, 10);
  refuse(80);
  for (let round = 0; round < 10; round++) expect(thread.before(waiting)).toBeGreaterThan(0);
  expect(thread.before(waiting)).toBe(0);
  thread.enqueue(waiting, 10);
  refuse(80);
  expect(thread.before(waiting)).toBeGreaterThan(0);
  vi.advanceTimersByTime(250);
  expect(thread.before(waiting)).toBe(0);
});
