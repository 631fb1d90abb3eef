/** Yields to the host's event loop during long work, so that aborts are noticed and other requests proceed. */

declare class MessageChannel {
  readonly port1: { onmessage: (() => void) | null; close(): void };
  readonly port2: { postMessage(message: null): void };
}
declare function setTimeout(callback: () => void, milliseconds: number): unknown;

interface WithScheduler {
  readonly scheduler?: { wait?(milliseconds: number): Promise<void> };
}

/** The evaluations of one image between two yields: more than a default image has, since a yield costs more than one. */
const EVALUATIONS_PER_TURN = 8;

/** Milliseconds between two yields of all images together. */
const BUSY_MS = 16;

/** A function to call after each batch of evaluations. When it is time to yield, it returns a promise of the next turn. */
export function turnTaker(): (evaluations: number) => Promise<void> | undefined {
  let since = 0;
  return (evaluations) => {
    since += evaluations;
    if (since < EVALUATIONS_PER_TURN) return sharedTurn();
    since = 0;
    return nextTurn();
  };
}

let latest = 0;
let turn: Promise<void> | undefined;

/**
 * Short concurrent draws share one yield, which comes only when all of them wait for it. Workers have no shared
 * yield: each request has its own turns there, the clock stands still, and requests must not share promises.
 */
function sharedTurn(): Promise<void> | undefined {
  if (hasScheduler() || turn) return turn;
  if (Math.abs(Date.now() - latest) < BUSY_MS) return undefined; // the clock may be set back
  turn = nextTurn().then(() => {
    turn = undefined;
    latest = Date.now();
  });
  return turn;
}

const hasScheduler = (): boolean => (globalThis as WithScheduler).scheduler?.wait !== undefined;

/**
 * Resolves in the next turn of the event loop. In Workers in the third one: in the first requests arrive, in the second what is
 * short is drawn, in the third its answer is sent.
 */
export const nextTurn = (): Promise<void> => (hasScheduler() ? wait(0).then(nextRound).then(nextRound) : wait(0));

const nextRound = (): Promise<void> => wait(0);

/**
 * Resolves after so many milliseconds, in the next turn at the earliest: in Workers by the scheduler. Elsewhere the next turn comes by a
 * message, since browsers delay nested timers by 4 ms; by a timer where there are no messages, as in Jest with jsdom.
 */
export function wait(milliseconds: number): Promise<void> {
  const { scheduler } = globalThis as WithScheduler;
  if (scheduler?.wait) return scheduler.wait(milliseconds);
  if (milliseconds >= 1 || typeof MessageChannel === "undefined") return new Promise((resolve) => setTimeout(resolve, milliseconds));
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
