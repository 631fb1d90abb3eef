/**
 * A picture as it forms, as server-sent events: `step` with a preview after each network evaluation; then `image` with the file, or `problem`. (An event named
 * `error` would look like a lost connection to an `EventSource`.) When the client disconnects, the drawing stops.
 *
 * An `EventSource` connects again after a stream has ended. Then it sends the id of the last event; the answer 204 makes it stop (HTML, section 9.2).
 */
import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import { encodePng } from "../../wasm-model/render/image/png.ts";
import { nativeLook, noisyPicture } from "../../wasm-model/render/picture.ts";
import type { Env } from "../env.ts";
import { UNREPEATABLE } from "../middleware/caching.ts";
import { problemText, refusalOf } from "../middleware/errors.ts";
import { enter } from "../middleware/work.ts";
import { drawPicture, fileOf, MEDIA_TYPES, type PictureFile, type PictureRequest } from "./picture.ts";

type Ctx = Context<Env>;

/** The id of the last event. */
const DONE = "done";

/** Milliseconds that an event may wait to be read. */
const UNREAD = 30_000;

/** Whether the client has had the last event of its stream. */
export const hasEnded = (c: Ctx): boolean => c.req.header("Last-Event-ID") === DONE;

export async function streamPicture(c: Ctx, request: PictureRequest, url: string): Promise<Response> {
  const { model, settings, format, cost } = request;
  const job = await enter(c, cost);
  const gone = new AbortController();
  const signal = AbortSignal.any([gone.signal, c.req.raw.signal]);
  const response = streamSSE(c, async (stream) => {
    stream.onAbort(() => gone.abort());
    const aborted = whenAborted(signal);
    // A write resolves when it is read. To a stream that nobody reads any more it never does.
    const send = async (event: string, data: object, id?: string): Promise<void> => {
      const timer = setTimeout(() => gone.abort(new Error("Expected the events to be read but they were not")), UNREAD);
      await Promise.race([stream.writeSSE({ event, data: JSON.stringify(data), ...(id !== undefined && { id }) }), aborted]);
      clearTimeout(timer);
    };
    try {
      const image = await drawPicture(request, {
        job,
        signal,
        onStep: async ({ x, sigma, evaluations, nfe }) => {
          const preview = noisyPicture({ x, sigma }, nativeLook(settings, model.card), model.card);
          await send("step", { evaluations, nfe, sigma, preview: dataUrl("image/png", encodePng(preview)) });
        },
      });
      job.spent = cost;
      const { seed, label, nfe } = image;
      await send("image", { url, seed, class: label, nfe, data: dataUrl(MEDIA_TYPES[format], fileOf(image, request, url)) }, DONE);
    } catch (error) {
      if (!signal.aborted) await send("problem", JSON.parse(problemText(refusalOf(error))), DONE);
    } finally {
      job.end();
    }
  });
  c.header("Cache-Control", UNREPEATABLE); // streamSSE has set another value
  return response;
}

function whenAborted(signal: AbortSignal): Promise<never> {
  const aborted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  aborted.catch(() => undefined); // nothing may be waiting for it
  return aborted;
}

function dataUrl(type: string, file: PictureFile): string {
  const bytes = typeof file === "string" ? new TextEncoder().encode(file) : file;
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return `data:${type};base64,${btoa(binary)}`;
}
