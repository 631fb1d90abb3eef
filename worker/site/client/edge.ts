/** Requests images from the server, retries when it is busy, and reads them as they form. */
import type { Frame, ProgressDetail } from "../../widget/protocol.ts";
import { pixelsOf } from "./pixels.ts";

/** URL of the server, with a slash at its end: the folder that /assets/ is in, wherever it is mounted. */
export const SERVER = new URL("../", import.meta.url);

/** Why there is no image, in a sentence for visitors. What the server says itself is for programs. */
class VisitorError extends Error {
  override readonly name = "VisitorError";
}

/** What to tell visitors about an error. The console has the details. */
export function inWords(error: unknown): string {
  if (error instanceof VisitorError) return error.message;
  console.warn(error);
  return "This device cannot draw it.";
}

export interface Patience {
  readonly signal: AbortSignal;
  /** The longest wait before another attempt, in seconds. */
  readonly longest: number;
  /** The server is busy; the next attempt follows after this many seconds. */
  readonly onWait: (seconds: number) => void;
}

/** Statuses that ask to try later. */
const LATER = [429, 503];
const ATTEMPTS = 6;

/** Returns a successful response. Throws `VisitorError`, or the signal's reason when aborted. */
export async function fetchPatiently(url: URL, init: RequestInit, { signal, longest, onWait }: Patience): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(url, { ...init, signal }).catch(() => {
      signal.throwIfAborted();
      throw new VisitorError("The server cannot be reached.");
    });
    if (response.ok) return response;
    // Each wait is twice the one before, with a random part, so that visitors do not all come back at once.
    const seconds = Math.max(Number(response.headers.get("Retry-After")) || 0, 2 ** (attempt - 1)) * (1 + 0.25 * Math.random());
    if (!LATER.includes(response.status) || attempt === ATTEMPTS || seconds > longest) throw refusal(response.status);
    onWait(Math.ceil(seconds));
    await pause(1000 * seconds, signal);
  }
}

function refusal(status: number): VisitorError {
  if (LATER.includes(status)) return new VisitorError("The server is busy. Try again in a moment.");
  return new VisitorError(status < 500 ? "The server does not draw this image." : "The server failed. Try again in a moment.");
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}

interface StepEvent {
  readonly evaluations: number;
  readonly nfe: number;
  readonly sigma: number;
  readonly preview: string;
  readonly denoised: string;
}

export interface EdgeRun extends Patience {
  readonly onProgress: (progress: ProgressDetail) => void;
  /** Without it, frames are not decoded. */
  readonly onFrame?: ((frame: Frame) => void) | undefined;
}

/** The PNG file of an image that the server draws step by step. Throws as `fetchPatiently` does. */
export async function drawAtEdge(url: URL, { onProgress, onFrame, ...patience }: EdgeRun): Promise<Blob> {
  const response = await fetchPatiently(url, { headers: { Accept: "text/event-stream" } }, patience);
  for await (const { event, data } of eventsOf(response)) {
    if (event === "image") return blobOf((data as { readonly data: string }).data);
    if (event === "problem") throw refusal((data as { readonly status: number }).status);
    const { evaluations, nfe, sigma, preview, denoised } = data as StepEvent;
    onProgress({ stage: "draw", done: evaluations, total: nfe });
    onFrame?.({ sigma, noisy: await pixelsOf(blobOf(preview)), denoised: await pixelsOf(blobOf(denoised)) });
  }
  throw new VisitorError("The server ended before the image was there.");
}

async function* eventsOf(response: Response): AsyncGenerator<{ readonly event: string; readonly data: unknown }> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
    text += part.value;
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const fields = new Map(block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]));
      yield { event: fields.get("event") ?? "", data: JSON.parse(fields.get("data") ?? "null") };
    }
  }
}

/** The contents of a data URL. */
function blobOf(url: string): Blob {
  const [head, body] = url.split(",");
  return new Blob([Uint8Array.from(atob(body), (character) => character.charCodeAt(0))], {
    type: head.slice("data:".length, head.indexOf(";")),
  });
}
