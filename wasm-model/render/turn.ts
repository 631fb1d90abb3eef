/** Yields to the host's event loop during long work, so that aborts are noticed and other requests proceed. */

declare class MessageChannel {
  readonly port1: { onmessage: (() => void) | null; close(): void };
  readonly port2: { postMessage(message: null): void };
}
declare function setTimeout(callback: () => void, milliseconds: number): unknown;

interface Host {
  readonly scheduler?: { wait?(milliseconds: number): Promise<void> };
}

/** Network evaluations (of one image each) between two yields. A yield costs more than an evaluation. */
const EVALUATIONS_PER_TURN = 16;

/** A function to call after each batch of evaluations. When it is time to yield, it returns a promise of the next turn. */
export function turnTaker(): (evaluations: number) => Promise<void> | undefined {
  let since = 0;
  return (evaluations) => {
    since += evaluations;
    if (since < EVALUATIONS_PER_TURN) return undefined;
    since = 0;
    return nextTurn();
  };
}

/**
 * Resolves in the next turn: in Workers by the scheduler, since a message arrives too early there; elsewhere by a message, since browsers delay nested timers by
 * 4 ms.
 */
export function nextTurn(): Promise<void> {
  const { scheduler } = globalThis as Host;
  if (scheduler?.wait) return scheduler.wait(0);
  if (typeof MessageChannel === "undefined") return new Promise((resolve) => setTimeout(resolve, 0));
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
