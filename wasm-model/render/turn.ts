/** Turns of the host's event loop during long work, in which an abort comes in and others get their share. */

declare class MessageChannel {
  readonly port1: { onmessage: (() => void) | null; close(): void };
  readonly port2: { postMessage(message: null): void };
}
declare function setTimeout(callback: () => void, milliseconds: number): unknown;

interface Host {
  readonly scheduler?: { wait?(milliseconds: number): Promise<void> };
}

/** Images' network evaluations between two turns. A turn costs more than one of them. */
const EVALUATIONS_PER_TURN = 16;

/** A function to call with each batch of evaluations: it gives a promise of another turn when there have been enough of them. */
export function turnTaker(): (evaluations: number) => Promise<void> | undefined {
  let since = 0;
  return (evaluations) => {
    since += evaluations;
    if (since < EVALUATIONS_PER_TURN) return undefined;
    since = 0;
    return nextTurn();
  };
}

/** In Workers by the scheduler, since a message comes too early there; elsewhere by a message, since browsers add 4 ms to nested timers. */
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
