/**
 * A picture as it forms, as server-sent events: `step` with a preview and the guess at the clean image after each network evaluation; then `image` with the file,
 * or `problem`. (An event named `error` would look like a lost connection to an `EventSource`.) When the client disconnects, the drawing stops.
 *
 * An `EventSource` connects again after a stream has ended. Then it sends the id of the last event; the answer 204 makes it stop (HTML, section 9.2).
 */
import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import { encodePng, type Pixels } from "../../wasm-model/render/image/png.ts";
import { nativeLook, noisyPicture, toPicture } from "../../wasm-model/render/picture.ts";
import { nextTurn } from "../../wasm-model/render/turn.ts";
import type { Env } from "../env.ts";
import { UNREPEATABLE } from "../middleware/caching.ts";
import { problemText, refusalOf } from "../middleware/errors.ts";
import { enter } from "../middleware/limits.ts";
import { drawPicture, fileOf, MEDIA_TYPES, type PictureFile, type PictureRequest } from "./picture.ts";

type Ctx = Context<Env>;

/** The id of the last event. */
const DONE = "done";

/** Whether the client has had the last event of its stream. */
export const hasEnded = (c: Ctx): boolean => c.req.header("Last-Event-ID") === DONE;

export async function streamPicture(c: Ctx, request: PictureRequest, url: string): Promise<Response> {
  const { model, settings, format } = request;
  const leave = await enter(c, settings.nfe);
  const gone = new AbortController();
  const signal = AbortSignal.any([gone.signal, c.req.raw.signal]);
  const look = nativeLook(settings, model.card);
  const response = streamSSE(c, async (stream) => {
    stream.onAbort(() => gone.abort());
    // A write to a stream that nobody reads any more never resolves.
    const send = (event: string, data: object, id?: string) =>
      Promise.race([stream.writeSSE({ event, data: JSON.stringify(data), ...(id !== undefined && { id }) }), whenAborted(signal)]);
    try {
      const image = await drawPicture(request, {
        signal,
        onStep: async ({ x, sigma, denoised, evaluations, nfe }) => {
          const preview = pngUrl(noisyPicture({ x, sigma }, look, model.card));
          await send("step", { evaluations, nfe, sigma, preview, denoised: pngUrl(toPicture(denoised, look, model.card)) });
          await nextTurn(); // so that the event is sent, and a disconnect is noticed
        },
      });
      const { seed, label, nfe } = image;
      await send("image", { url, seed, class: label, nfe, data: dataUrl(MEDIA_TYPES[format], fileOf(image, request, url)) }, DONE);
    } catch (error) {
      if (!signal.aborted) await send("problem", JSON.parse(problemText(refusalOf(error))), DONE);
    } finally {
      leave();
    }
  });
  c.header("Cache-Control", UNREPEATABLE); // streamSSE has set another value
  return response;
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

const pngUrl = (picture: Pixels): string => dataUrl("image/png", encodePng(picture));

function dataUrl(type: string, file: PictureFile): string {
  const bytes = typeof file === "string" ? new TextEncoder().encode(file) : file;
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return `data:${type};base64,${btoa(binary)}`;
}
