import { afterEach, expect, it, vi } from "vitest";
import { nextTurn } from "../../wasm-model/render/turn.ts";
import { timeSlice } from "../../worker/element/time-slices.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

/** What happened, in order: those that went on, and the task after the present one. */
async function orderOf(count: number): Promise<string[]> {
  const order: string[] = [];
  const task = nextTurn().then(() => order.push("task"));
  const all = Array.from({ length: count }, (_, i) => timeSlice().then(() => order.push(`${i}`)));
  await Promise.all([task, ...all]);
  return order;
}

it("lets all continue in this task if there is time", async () => {
  vi.spyOn(performance, "now").mockReturnValue(1000);
  expect(await orderOf(3)).toEqual(["0", "1", "2", "task"]);
});

it("lets those for which there is no time continue in later tasks, in order", async () => {
  let now = 1000;
  vi.spyOn(performance, "now").mockImplementation(() => {
    now += 5;
    return now;
  });
  expect(await orderOf(4)).toEqual(["0", "task", "1", "2", "3"]);
});
