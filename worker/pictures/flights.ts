/**
 * Equal requests at the same time: one draws and the others wait for its bytes. A promise of a request that the platform has ended never settles, so no promise is
 * shared: each waiting request has its own, with a timer, and when the one that draws disconnects, another takes over.
 */
import type { PictureFile } from "./picture.ts";

interface Flight {
  file?: PictureFile;
  isOver: boolean;
  /** Wakes those that wait. */
  readonly waiting: Set<() => void>;
}

/** Milliseconds after which a request waits no longer, should the one that draws have ended without notice. */
const PATIENCE = 10_000;

const flights = new Map<string, Flight>();

/** The file at this address, from another request if one is drawing it. Throws what `draw` throws, the signal's reason when aborted. */
export async function drawOnce(
  url: string,
  signal: AbortSignal,
  draw: () => Promise<PictureFile>,
): Promise<{ file: PictureFile; isShared: boolean }> {
  for (let flight = flights.get(url); flight; flight = flights.get(url)) {
    await end(flight, signal);
    if (flight.file !== undefined) return { file: flight.file, isShared: true };
    if (!flight.isOver) flights.delete(url);
  }
  const flight: Flight = { isOver: false, waiting: new Set() };
  flights.set(url, flight);
  const land = () => {
    if (flights.get(url) === flight) flights.delete(url);
    flight.isOver = true;
    for (const wake of flight.waiting) wake();
  };
  signal.addEventListener("abort", land, { once: true });
  try {
    flight.file = await draw();
    return { file: flight.file, isShared: false };
  } finally {
    land();
  }
}

/** Waits for the end of a flight, not longer than PATIENCE. Throws the signal's reason when aborted. */
async function end(flight: Flight, signal: AbortSignal): Promise<void> {
  let wake = (): void => undefined;
  const woken = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const leave = (): void => {
    flight.waiting.delete(wake); // or another request would settle a promise of one that has ended
    wake();
  };
  flight.waiting.add(wake);
  signal.addEventListener("abort", leave, { once: true });
  const timer = setTimeout(wake, PATIENCE);
  await woken;
  clearTimeout(timer);
  leave();
  signal.throwIfAborted();
}
