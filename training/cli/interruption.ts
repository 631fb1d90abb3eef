/** Ctrl-C in long work, which is heard between two pieces of it, so that it can save what it has. */
import { setImmediate } from "node:timers/promises";

/** Ends the work. */
export class Interruption extends Error {}

/** Hears the next Ctrl-C instead of ending the process at once: after it, what is returned throws an Interruption. It takes a turn of the event loop, in which signals arrive. */
export function hearCtrlC(): () => Promise<void> {
  let interrupted = false;
  process.once("SIGINT", () => {
    interrupted = true;
  });
  return async () => {
    await setImmediate();
    if (interrupted) throw new Interruption();
  };
}
