/** Divides the work of many elements into slices of time, so that the page stays responsive. */
import { nextTurn } from "../../wasm-model/render/turn.ts";

/** Milliseconds of a slice. */
const SLICE = 8;

const waiting: (() => void)[] = [];
let isRunning = false;

/** Resolves in a microtask if the slice has time left, otherwise in a later task, in the order of the calls. */
export function timeSlice(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (!isRunning) run();
  });
}

/** The first slice starts with the first call, so it also counts the work before the next ones. */
async function run(): Promise<void> {
  isRunning = true;
  let end = performance.now() + SLICE;
  await undefined;
  while (waiting.length > 0) {
    if (performance.now() >= end) {
      await nextTurn();
      end = performance.now() + SLICE;
    }
    waiting.shift()?.();
    await undefined; // it continues now
  }
  isRunning = false;
}
