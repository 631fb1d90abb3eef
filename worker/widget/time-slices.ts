/** Lets what many elements have to do at once be done in slices of time, so that the page answers between them. */
import { nextTurn } from "../../wasm-model/render/turn.ts";

/** Milliseconds of a slice. */
const SLICE = 8;

const waiting: (() => void)[] = [];
let isRunning = false;

/** Resolves in a later microtask where there is time, else in a later task. Those that wait go on in the order in which they came. */
export function timeSlice(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (!isRunning) run();
  });
}

/** The first slice begins with the first that comes, so that it counts what the others do before they come. */
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
    await undefined; // it goes on now
  }
  isRunning = false;
}
