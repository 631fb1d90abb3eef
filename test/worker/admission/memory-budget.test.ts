/** Who may hold how much of the isolate's memory. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ROOM, Room } from "../../../worker/admission/memory-budget.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

/** How many holds of this size the client gets. */
function fill(room: Room, client: string, bytes: number): number {
  let holds = 0;
  while (room.take(client, bytes)) holds++;
  return holds;
}

it("gives a client alone half of the memory, and each further one half of what is left", () => {
  const room = new Room();
  const bytes = ROOM / 64;
  expect(["a", "b", "c", "d"].map((client) => fill(room, client, bytes))).toEqual([32, 16, 8, 4]);
});

it("never holds more than there is, however many clients there are", () => {
  const room = new Room();
  let held = 0;
  for (let client = 0; client < 1000; client++) held += fill(room, `${client}`, ROOM / 100);
  expect(held).toBeLessThanOrEqual(100);
});

it("lets one that asks for more than half have it, alone", () => {
  const room = new Room();
  const large = room.take("a", 0.6 * ROOM);
  expect(large).toBeDefined();
  expect([room.take("a", 1), room.take("b", 0.6 * ROOM)]).toEqual([undefined, undefined]);
  expect(room.take("b", 0.1 * ROOM)).toBeDefined();
  large?.release();
  expect(room.take("a", 0.4 * ROOM)).toBeDefined();
});

it("has room again for what is released, once", () => {
  const room = new Room();
  const holds = Array.from({ length: 4 }, () => room.take("a", ROOM / 8));
  expect(room.take("a", ROOM / 8)).toBeUndefined();
  for (let i = 0; i < 3; i++) holds[0]?.release();
  expect([fill(room, "a", ROOM / 8), fill(room, "b", ROOM / 8)]).toEqual([1, 2]);
});

it("takes it back from those that gave no sign of life for two minutes, when another needs it", () => {
  const room = new Room();
  const holds = Array.from({ length: 4 }, () => room.take("a", ROOM / 8));
  vi.advanceTimersByTime(119_000);
  expect(room.take("a", ROOM / 8)).toBeUndefined();
  holds[0]!.seen = Date.now();
  vi.advanceTimersByTime(2000);
  expect(fill(room, "a", ROOM / 8)).toBe(3);
});
