/**
 * A picture as it forms, as server-sent events: `step` with a preview after each network evaluation; then `image` with the file, or `error` with a problem. When
 * the client disconnects, the drawing stops.
 */
import type { Context } from "hono";
import { accepts } from "hono/accepts";
import { streamSSE } from "hono/streaming";
import { encodePng } from "../../wasm-model/render/image/png.ts";
import { nativeLook, noisyPicture } from "../../wasm-model/render/picture.ts";
import type { Env } from "../env.ts";
import { UNREPEATABLE } from "../middleware/caching.ts";
import { problemText, refusalOf } from "../middleware/errors.ts";
import { enter } from "../middleware/work.ts";
import { drawPicture, fileOf, MEDIA_TYPES, type PictureFile, type PictureRequest } from "./picture.ts";

type Ctx = Context<Env>;

const EVENTS = "text/event-stream";
const ANY = "*/*";

/** Milliseconds that an event may wait to be read. */
const UNREAD = 30_000;

/** Whether the client prefers an event stream to everything else. */
export const wantsEvents = (c: Ctx): boolean => accepts(c, { header: "Accept", supports: [ANY, EVENTS], default: ANY }) === EVENTS;

export async function streamPicture(c: Ctx, request: PictureRequest, url: string): Promise<Response> {
  const { model, settings, format, cost } = request;
  const job = await enter(c, cost);
  const gone = new AbortController();
  const signal = AbortSignal.any([gone.signal, c.req.raw.signal]);
  const response = streamSSE(c, async (stream) => {
    stream.onAbort(() => gone.abort());
    const aborted = whenAborted(signal);
    // A write resolves when it is read. To a stream that nobody reads any more it never does.
    const send = async (event: string, data: object): Promise<void> => {
      const timer = setTimeout(() => gone.abort(new Error("Expected the events to be read but they were not")), UNREAD);
      await Promise.race([stream.writeSSE({ event, data: JSON.stringify(data) }), aborted]);
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
      await send("image", { url, seed, class: label, nfe, data: dataUrl(MEDIA_TYPES[format], fileOf(image, request, url)) });
    } catch (error) {
      if (!signal.aborted) await send("error", JSON.parse(problemText(refusalOf(error))));
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
