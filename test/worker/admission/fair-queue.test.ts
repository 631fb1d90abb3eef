/** In which order jobs have their turns, by cost alone: no time passes here. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { FairQueue, type Job } from "../../../worker/admission/fair-queue.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

const MOST = 1000;

/** A job of this client, which has spent nothing yet; `refunds` is told what it leaves unspent. */
function job(queue: FairQueue, client: string, cost: number, refunds: number[] = []): Job {
  const admitted = queue.admit(client, cost, MOST, (unspent) => refunds.push(unspent));
  if (!admitted) throw new Error(`Expected room for ${cost} but there was none`);
  return admitted;
}

/** Lets the jobs take turns of their cost, `turns` in all, and returns who had them. */
function run(queue: FairQueue, jobs: readonly Job[], turnCost: (job: Job) => number, turns: number): string {
  for (const one of jobs) queue.enqueue(one, turnCost(one));
  let order = "";
  while (order.length < turns) {
    const next = jobs.find((one) => one.start < Number.POSITIVE_INFINITY && queue.before(one) === 0);
    if (!next) throw new Error("Expected a job whose turn it is but there was none");
    order += next.client.name;
    queue.enqueue(next, turnCost(next));
  }
  return order;
}

it("alternates between two clients, however many jobs one has", () => {
  const queue = new FairQueue();
  const jobs = [...Array.from({ length: 5 }, () => job(queue, "a", 100)), job(queue, "b", 100)];
  const order = run(queue, jobs, () => 10, 40);
  expect(order.slice(-20)).toMatch(/^(ab|ba){10}$/);
});

it("shares by cost: a client whose turns cost a third gets three of them", () => {
  const queue = new FairQueue();
  const jobs = [job(queue, "a", 100), job(queue, "b", 100)];
  const order = run(queue, jobs, ({ client }) => (client.name === "a" ? 30 : 10), 40);
  expect([...order].filter((name) => name === "b").length).toBe(30);
});

it("lets a newcomer begin at the current turn: it neither waits for earlier clients nor makes up for turns that it missed", () => {
  const queue = new FairQueue();
  const hogs = Array.from({ length: 5 }, () => job(queue, "a", 100));
  run(queue, hogs, () => 10, 30);
  const cheap = job(queue, "b", 10);
  queue.enqueue(cheap, 10);
  expect(queue.before(cheap)).toBeLessThanOrEqual(10);
});

it("continues without a job that no longer asks for its turn", () => {
  const queue = new FairQueue();
  const [lost, other] = [job(queue, "a", 100), job(queue, "b", 100)];
  queue.enqueue(lost, 10);
  queue.enqueue(other, 10);
  other.start += 1;
  expect(queue.before(other)).toBe(10);
  vi.advanceTimersByTime(2000);
  expect(queue.before(other)).toBe(0);
});

it("lets consecutive short jobs share one turn; the next one waits, unless the thread has been idle", () => {
  const queue = new FairQueue();
  const waits = (): boolean => {
    const admitted = queue.admit("a", 3e8, 1e12, () => undefined);
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
  const queue = new FairQueue();
  const refunds: number[] = [];
  const first = job(queue, "a", MOST, refunds);
  expect(queue.admit("a", 1, MOST, () => undefined)).toBeUndefined();
  first.spend(300);
  first.end();
  first.end();
  expect(refunds).toEqual([700]);
  expect(queue.admit("a", MOST, MOST, () => undefined)).toBeDefined();
});

it("returns to the client the turn that an aborted job waited for", () => {
  const queue = new FairQueue();
  const [leaving, staying, other] = [job(queue, "a", 100), job(queue, "a", 100), job(queue, "b", 100)];
  for (const one of [leaving, staying]) queue.enqueue(one, 50);
  queue.enqueue(other, 10);
  queue.enqueue(other, 10);
  expect(queue.before(staying)).toBeGreaterThan(0);
  leaving.end();
  expect(queue.before(staying)).toBe(0);
});

it("keeps room for others: no client may have more than it leaves", () => {
  const queue = new FairQueue();
  const admitted = (client: string) => queue.admit(client, MOST, MOST, () => undefined) !== undefined;
  expect(["a", "b", "c", "d"].map(admitted)).toEqual([true, true, true, false]);
  expect(queue.admit("d", MOST / 2, MOST, () => undefined)).toBeDefined();
});

it("waits for the rounds of the event loop that refused requests need, for 250 ms at most", () => {
  const queue = new FairQueue();
  const refuse = (times: number) => {
    for (let i = 0; i < times; i++) queue.refuse();
  };
  refuse(80); // nobody waits
  const waiting = job(queue, "a", 100);
  queue.enqueue(waiting, 10);
  expect(queue.before(waiting)).toBe(0);
  queue.enqueue(waiting, 10);
  refuse(80);
  for (let round = 0; round < 10; round++) expect(queue.before(waiting)).toBeGreaterThan(0);
  expect(queue.before(waiting)).toBe(0);
  queue.enqueue(waiting, 10);
  refuse(80);
  expect(queue.before(waiting)).toBeGreaterThan(0);
  vi.advanceTimersByTime(250);
  expect(queue.before(waiting)).toBe(0);
});

it("lets an answer leave before it gives the next turn, even if several jobs have waited long enough", () => {
  const queue = new FairQueue();
  const [first, second, third] = ["a", "b", "c"].map((client) => job(queue, client, 10));
  const { done } = queue;
  for (const one of [first, second, third]) queue.enqueue(one, 10);
  expect([queue.before(first, done), queue.before(second, done)]).toEqual([0, 0]); // a turn may follow another
  first.spend(10);
  first.end();
  expect(queue.before(third, done)).toBeGreaterThan(0);
  expect(queue.before(third, queue.done)).toBe(0); // it has waited once more
});

it("serves jobs that come at the same time in their order: each asks about once, not all of them each time", () => {
  const queue = new FairQueue();
  const jobs = Array.from({ length: 5 }, (_, i) => job(queue, `${i}`, 10));
  for (const one of jobs) queue.enqueue(one, 10);
  for (const one of jobs) expect(queue.before(one)).toBe(0);
  for (const one of jobs) queue.enqueue(one, 10);
  expect(jobs.toReversed().map((one) => queue.before(one))).toEqual([40, 30, 20, 10, 0]);
});
