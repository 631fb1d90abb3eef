/** Who may hold how much of the isolate's memory. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { MEMORY, MemoryBudget } from "../../../worker/admission/memory-budget.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

/** How many holds of this size the client gets. */
function fill(memory: MemoryBudget, client: string, bytes: number): number {
  let holds = 0;
  while (memory.reserve(client, bytes)) holds++;
  return holds;
}

it("gives a single client half of the memory, and each further one half of what is left", () => {
  const memory = new MemoryBudget();
  const bytes = MEMORY / 64;
  expect(["a", "b", "c", "d"].map((client) => fill(memory, client, bytes))).toEqual([32, 16, 8, 4]);
});

it("never gives out more than there is, however many clients there are", () => {
  const memory = new MemoryBudget();
  let held = 0;
  for (let client = 0; client < 1000; client++) held += fill(memory, `${client}`, MEMORY / 100);
  expect(held).toBeLessThanOrEqual(100);
});

it("lets a single client have more than half", () => {
  const memory = new MemoryBudget();
  const large = memory.reserve("a", 0.6 * MEMORY);
  expect(large).toBeDefined();
  expect([memory.reserve("a", 1), memory.reserve("b", 0.6 * MEMORY)]).toEqual([undefined, undefined]);
  expect(memory.reserve("b", 0.1 * MEMORY)).toBeDefined();
  large?.release();
  expect(memory.reserve("a", 0.4 * MEMORY)).toBeDefined();
});

it("frees what is released, once", () => {
  const memory = new MemoryBudget();
  const holds = Array.from({ length: 4 }, () => memory.reserve("a", MEMORY / 8));
  expect(memory.reserve("a", MEMORY / 8)).toBeUndefined();
  for (let i = 0; i < 3; i++) holds[0]?.release();
  expect([fill(memory, "a", MEMORY / 8), fill(memory, "b", MEMORY / 8)]).toEqual([1, 2]);
});

it("takes memory back from those that gave no sign of life for two minutes, if another client needs it", () => {
  const memory = new MemoryBudget();
  const holds = Array.from({ length: 4 }, () => memory.reserve("a", MEMORY / 8));
  vi.advanceTimersByTime(119_000);
  expect(memory.reserve("a", MEMORY / 8)).toBeUndefined();
  holds[0]!.seen = Date.now();
  vi.advanceTimersByTime(2000);
  expect(fill(memory, "a", MEMORY / 8)).toBe(3);
});
