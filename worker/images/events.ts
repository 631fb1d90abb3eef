/**
 * An image as it forms, as server-sent events: `step` with a preview and the guess at the clean image after each
 * network evaluation; then `image` with the file, or `problem`. (An event named `error` would look like a lost
 * connection to an `EventSource`.) When the client disconnects, the drawing stops.
 *
 * When a stream has ended, an `EventSource` connects again and sends the id of the last event. The answer 204 makes it
 * stop (HTML, section 9.2).
 */
import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import { encodePng, type Pixels } from "../../wasm-model/render/image/png.ts";
import { nativeLook, noisyImage, toImage } from "../../wasm-model/render/look.ts";
import type { RenderRun } from "../../wasm-model/render/render.ts";
import type { Job } from "../admission/fair-queue.ts";
import { enter, reserveMemory } from "../admission/work.ts";
import { UNREPEATABLE } from "../http/caching.ts";
import { type Env, note } from "../http/env.ts";
import { CLIENT_LEFT, problemErrorOf, problemText } from "../http/problems.ts";
import { span } from "../http/span.ts";
import { drawImage, fileOf, type ImageBytes, type ImageRequest, MEDIA_TYPES } from "./image.ts";
import { UNREAD } from "./send.ts";

const DONE = "done";
const LAST = `id: ${DONE}\n`;

/** Bytes of the file that are written at a time, a multiple of three. */
const PIECE = 49_152;

/** The most arguments that every engine can pass to a function. */
const ARGUMENTS = 4096;

/** Whether the client has had the last event of its stream. */
export const hasEnded = (c: Context<Env>): boolean => c.req.header("Last-Event-ID") === DONE;

export async function streamImage(c: Context<Env>, request: ImageRequest, url: string): Promise<Response> {
  const reservation = reserveMemory(c, request.bytes);
  const job = await enter(c, request.cost).catch((error: unknown) => {
    reservation.release();
    throw error;
  });
  note(c, { isStreamed: true });
  const gone = new AbortController();
  const signal = AbortSignal.any([gone.signal, c.req.raw.signal]);
  const response = streamSSE(c, async (stream) => {
    stream.onAbort(() => gone.abort());
    const aborted = whenAborted(signal);
    // A write resolves when it is read. It never resolves if nobody reads the stream any more.
    const write = async (text: string): Promise<void> => {
      reservation.seen = Date.now();
      const timer = setTimeout(() => gone.abort(new Error("Expected the events to be read but they were not")), UNREAD);
      try {
        await Promise.race([stream.write(text), aborted]);
      } finally {
        clearTimeout(timer);
      }
    };
    const send = (event: string, data: object, end = ""): Promise<void> =>
      write(`event: ${event}\ndata: ${JSON.stringify(data)}\n${end}\n`);
    try {
      const { json, file } = await drawSteps(c, request, url, { job, signal, send });
      // In pieces, since the text is many times as long as the file, and an isolate has 128 MB.
      await write(`event: image\ndata: ${json.slice(0, -'"}'.length)}`);
      for (let at = 0; at < file.length; at += PIECE) await write(base64(file.subarray(at, at + PIECE)));
      await write(`"}\n${LAST}\n`);
    } catch (error) {
      if (signal.aborted) return;
      const told = problemErrorOf(error);
      note(c, { problem: told.problem });
      await send("problem", JSON.parse(problemText(told)), LAST);
    } finally {
      job.end();
      reservation.release();
      c.get("report")?.end(signal.aborted ? CLIENT_LEFT : 200);
    }
  });
  response.headers.set("Cache-Control", UNREPEATABLE); // streamSSE has set another value
  return response;
}

interface Sending {
  readonly job: Job;
  readonly signal: AbortSignal;
  readonly send: (event: string, data: object) => Promise<void>;
}

/** Draws the image and sends its steps. Returns the JSON of the last event up to the place of the file's base64. */
async function drawSteps(
  c: Context<Env>,
  request: ImageRequest,
  url: string,
  { job, signal, send }: Sending,
): Promise<{ json: string; file: ImageBytes }> {
  const { model, settings, format, cost } = request;
  const look = nativeLook(settings, model.card);
  const onStep: RenderRun["onStep"] = async ({ x, sigma, denoised, evaluations, nfe }) => {
    const preview = pngUrl(noisyImage({ x, sigma }, look, model.card));
    await send("step", { evaluations, nfe, sigma, preview, denoised: pngUrl(toImage(denoised, look, model.card)) });
  };
  const image = await span(c, "sample", () => drawImage(request, { job, signal, onStep }));
  job.spent = cost;
  const { seed, label, nfe } = image;
  const json = JSON.stringify({ url, seed, class: label, nfe, data: dataUrl(MEDIA_TYPES[format]) });
  return { json, file: span(c, "encode", () => fileOf(image, request, url)) };
}

function whenAborted(signal: AbortSignal): Promise<never> {
  const aborted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  aborted.catch(() => undefined); // nothing may be waiting for it
  return aborted;
}

const pngUrl = (image: Pixels): string => dataUrl("image/png") + base64(encodePng(image));

/** The beginning of a data URL, before its base64. */
const dataUrl = (type: string): string => `data:${type};base64,`;

function base64(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += ARGUMENTS) binary += String.fromCharCode(...bytes.subarray(at, at + ARGUMENTS));
  return btoa(binary);
}
