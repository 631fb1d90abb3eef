/** The thread's side: loads models, and draws what the page asks for, one image after the other. Port and runtime are passed in. */
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
import { atNativeSize, noiseImage, noisyImage, toImage } from "../../wasm-model/render/appearance.ts";
import { encodePng } from "../../wasm-model/render/image/png.ts";
import { nextTurn } from "../../wasm-model/render/turn.ts";
import { resolve } from "../../wasm-model/request/resolve.ts";
import type { Step } from "../../wasm-model/sampling/index.ts";
import { LoadedModels } from "./models.ts";
import {
  type DrawingStep,
  type DrawnPixels,
  type Frame,
  MOST_FRAMES,
  RequestError,
  type ThreadCalls,
  type ThreadRequest,
} from "./protocol.ts";
import { answer, type Port, type Run } from "./rpc.ts";
import { sizedFor } from "./size.ts";

export function serve(port: Port, runtime: Runtime): void {
  const models = new LoadedModels(runtime);
  let last: Promise<unknown> = Promise.resolve();

  const calls: ThreadCalls = {
    load: (source, run) => models.get(source, run).then(() => undefined, rethrow),
    draw(request, run) {
      const drawn = last.then(() => draw(request, run)).catch(rethrow);
      last = drawn.catch(() => undefined);
      return drawn;
    },
  };
  answer(port, calls);

  async function draw(request: ThreadRequest, { signal, onProgress }: Run<DrawingStep>): Promise<DrawnPixels> {
    signal.throwIfAborted();
    const model = await models.get(request, { signal, onProgress });
    const isUpload = "operation" in request;
    const asked = isUpload ? request : { ...request, options: sizedFor(request.options, request.place ?? 0, model.card) };
    const frameOf = request.animate && !isUpload ? framer(request.options, model) : undefined;
    let frames = 0;
    const onStep: RenderRun["onStep"] = (progress) => {
      const { evaluations: done, nfe: total } = progress;
      const isShown = frameOf && Math.ceil((MOST_FRAMES * done) / total) > frames;
      if (isShown) frames++;
      onProgress({ stage: "draw", done, total, ...(isShown && { frame: frameOf(progress) }) });
      return nextTurn();
    };
    const { png, ...image } = await drawn(model, asked, { signal, onStep });
    return { ...image, png: png() };
  }
}

/** An option that is wrong makes the request wrong. */
function rethrow(error: unknown): never {
  throw error instanceof OptionError ? new RequestError(error.message, error.option) : error;
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
