/** The thread's side: draws what the page asks for, one image after the other. Port and runtime are passed in. */
import {
  denoise,
  inpaint,
  type Model,
  OptionError,
  type Pixels,
  type RenderRun,
  type Runtime,
  type SampleOptions,
  sample,
  vary,
} from "../../wasm-model/index.ts";
import { nativeShape } from "../../wasm-model/model/card.ts";
import { ENLARGED } from "../../wasm-model/network/enlarger.ts";
import { atNativeSize, noiseImage, noisyImage, toImage } from "../../wasm-model/render/appearance.ts";
import { encodePng } from "../../wasm-model/render/image/png.ts";
import { nextTurn } from "../../wasm-model/render/turn.ts";
import { columnsOf, resolve } from "../../wasm-model/request/resolve.ts";
import type { Step } from "../../wasm-model/sampling/index.ts";
import { LoadedModels } from "./models.ts";
import { inAttributes } from "./option-attributes.ts";
import {
  type DrawnPixels,
  type DrawRequest,
  type Frame,
  type FromThread,
  MOST_FRAMES,
  RequestError,
  type ThreadRequest,
  type ToThread,
} from "./protocol.ts";

/** A `MessagePort`, or a Web Worker's global scope. */
export interface Port {
  onmessage: ((event: MessageEvent<ToThread>) => void) | null;
  postMessage(message: FromThread): void;
}

/** Answers requests in the order in which they arrive. */
export function serve(port: Port, runtime: Runtime): void {
  const models = new LoadedModels(runtime, (source, progress) => port.postMessage({ type: "download", source, progress }));
  const aborts = new Map<number, AbortController>();
  let queue = Promise.resolve();

  port.onmessage = ({ data }) => {
    if (data.type === "abort") return aborts.get(data.id)?.abort();
    const abort = new AbortController();
    aborts.set(data.id, abort);
    queue = queue.then(() => answer(data.id, data.request, abort.signal));
  };
  port.postMessage({ type: "ready" });

  async function answer(id: number, request: ThreadRequest, signal: AbortSignal): Promise<void> {
    try {
      signal.throwIfAborted();
      port.postMessage({ type: "image", id, image: await draw(id, request, signal) });
    } catch (error) {
      const isRequest = error instanceof OptionError || error instanceof RequestError;
      if (!signal.aborted) port.postMessage({ type: "error", id, message: messageOf(error), isRequest });
    } finally {
      aborts.delete(id);
    }
  }

  async function draw(id: number, request: ThreadRequest, signal: AbortSignal): Promise<DrawnPixels> {
    const model = await models.get(request);
    const isUpload = "operation" in request;
    const asked = isUpload ? request : { ...request, options: sizedFor(request, model) };
    const frameOf = request.animate && !isUpload ? framer(request.options, model) : undefined;
    let frames = 0;
    const onStep: RenderRun["onStep"] = (progress) => {
      const { evaluations: done, nfe: total } = progress;
      const isShown = frameOf && Math.ceil((MOST_FRAMES * done) / total) > frames;
      if (isShown) frames++;
      port.postMessage({ type: "step", id, step: { stage: "draw", done, total, ...(isShown && { frame: frameOf(progress) }) } });
      return nextTurn();
    };
    const { png, ...image } = await drawn(model, asked, { signal, onStep });
    return { ...image, png: png() };
  }
}

/** The image, and how to make its file. */
async function drawn(model: Model, request: ThreadRequest, run: RenderRun): Promise<Pixels & { png(): DrawnPixels["png"] }> {
  if (!("operation" in request)) return sample(model, { ...request.options, ...run });
  switch (request.operation) {
    case "vary":
      return vary(model, { ...request.options, image: request.image, ...run });
    case "inpaint":
      return inpaint(model, { ...request.options, image: request.image, mask: request.mask, ...run });
    case "denoise": {
      const image = await denoise(model, { ...request.options, image: request.image });
      return { ...image, png: () => encodePng(image) };
    }
  }
}

/** The options with a size that suits the place, unless they have one or so large an image cannot be. */
function sizedFor({ options, place = 0 }: DrawRequest, { card }: Model): SampleOptions {
  const native = nativeShape(card).width;
  if (options.size !== undefined || options.enlarge === "pixels") return options;
  const large = { ...options, size: ENLARGED * native };
  try {
    const { n } = resolve("sample", large, card);
    return place > native * (n === undefined ? 1 : columnsOf(n)) ? large : options;
  } catch {
    return options; // if they are wrong for another reason, drawing says so
  }
}

/** Makes the frames of an image from its steps, in the requested colours. */
function framer(options: SampleOptions, model: Model): (step: Step) => Frame {
  const { card } = model;
  const look = atNativeSize(resolve("sample", options, card), card);
  return ({ x, sigma, denoised }) => ({
    sigma,
    noisy: noisyImage({ x, sigma }, look, card),
    denoised: toImage(denoised, look, card),
    noise: noiseImage({ x, sigma, denoised }, look, card),
  });
}

/** The error's message. Options have the names of their attributes. */
function messageOf(error: unknown): string {
  if (error instanceof OptionError) return inAttributes(error.message, error.option);
  return error instanceof Error ? error.message : String(error);
}
