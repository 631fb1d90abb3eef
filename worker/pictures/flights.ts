/**
 * Equal requests at the same time: one draws and the others get its bytes. A promise of one request must not be settled by another, and never settles once its own has
 * ended; so each waiting request looks again by a timer of its own, and when the one that draws disconnects, another takes over.
 */
import { wait } from "../../wasm-model/render/turn.ts";
import type { PictureFile } from "./picture.ts";

interface Flight {
  file?: PictureFile;
  isOver: boolean;
}

/** Milliseconds: the longest between two looks; and after which a request waits no longer, should the one that draws have ended without notice. */
const LONGEST_WAIT = 250;
const PATIENCE = 10_000;

const flights = new Map<string, Flight>();

/** The file at this address, from another request if one is drawing it. Throws what `draw` throws, the signal's reason when aborted. */
export async function drawOnce(
  url: string,
  signal: AbortSignal,
  draw: () => Promise<PictureFile>,
): Promise<{ readonly file: PictureFile; readonly isShared: boolean }> {
  for (let other = flights.get(url); other; other = flights.get(url)) {
    await end(other, signal);
    if (other.file !== undefined) return { file: other.file, isShared: true };
    if (flights.get(url) === other) flights.delete(url);
  }
  const flight: Flight = { isOver: false };
  flights.set(url, flight);
  const land = () => {
    flight.isOver = true;
    if (flights.get(url) === flight) flights.delete(url);
  };
  signal.addEventListener("abort", land, { once: true }); // the platform may end the request without running its `finally`
  try {
    flight.file = await draw();
    return { file: flight.file, isShared: false };
  } finally {
    land();
  }
}

/** Waits for the end of a flight, at most half as long again as it takes and not longer than PATIENCE. Throws the signal's reason when aborted. */
async function end(flight: Flight, signal: AbortSignal): Promise<void> {
  for (let waited = 0; !flight.isOver && waited < PATIENCE; ) {
    const pause = Math.min(1 + waited / 2, LONGEST_WAIT);
    await wait(pause);
    signal.throwIfAborted();
    waited += pause;
  }
}
