/** The thread's side: loads models, and draws what the page asks for, one image after the other. Port and runtime are passed in. */
import { type Model, OptionError, type RenderRun, type Runtime, type Sample } from "../../wasm-model/index.ts";
import { atNativeSize, noisyImage, toImage } from "../../wasm-model/render/appearance.ts";
import { render } from "../../wasm-model/render/render.ts";
import { nextTurn } from "../../wasm-model/render/turn.ts";
import type { Requested } from "../../wasm-model/request/options.ts";
import { resolve } from "../../wasm-model/request/resolve.ts";
import type { Step } from "../../wasm-model/sampling/index.ts";
import { loadModel } from "./load-model.ts";
import {
  type AnnealingFrame,
  type DrawingStep,
  type DrawnPixels,
  type DrawRequest,
  MOST_FRAMES,
  RequestError,
  sourceKey,
  type ThreadCalls,
} from "./protocol.ts";
import { answer, type CallOptions, type Port } from "./rpc.ts";
import { sizedFor } from "./size.ts";

export function serve(port: Port, runtime: Runtime): void {
  /** By `sourceKey`. The page asks for each before it draws with it. */
  const models = new Map<string, Model>();
  let last: Promise<void> = Promise.resolve();

  const calls: ThreadCalls = {
    async load(source, options) {
      models.set(sourceKey(source), await loadModel(source, runtime, options).catch(rethrow));
    },
    draw(request, options) {
      const drawn = last.then(() => draw(request, options)).catch(rethrow);
      last = drawn.then(
        () => undefined,
        () => undefined,
      );
      return drawn;
    },
    forget(source) {
      const key = sourceKey(source);
      const model = models.get(key);
      models.delete(key);
      last = last.then(() => model?.denoiser.dispose());
      return last;
    },
  };
  answer(port, calls);

  async function draw(request: DrawRequest, { signal, onProgress }: CallOptions<DrawingStep>): Promise<DrawnPixels> {
    signal.throwIfAborted();
    const model = models.get(sourceKey(request));
    if (!model) throw new Error("Expected a model that is loaded");
    const frameOf = request.animate && request.operation === "sample" ? framer(request.options, model) : undefined;
    let frames = 0;
    const onStep: RenderRun["onStep"] = (progress) => {
      const { evaluations: done, nfe: total } = progress;
      const isShown = frameOf && Math.ceil((MOST_FRAMES * done) / total) > frames;
      if (isShown) frames++;
      onProgress({ stage: "draw", done, total, ...(isShown && { frame: frameOf(progress) }) });
      return nextTurn();
    };
    const { png, ...image } = await drawn(model, request, { signal, onStep });
    return { ...image, png: png() };
  }
}

/** An option that is wrong makes the request wrong. */
function rethrow(error: unknown): never {
  throw error instanceof OptionError ? new RequestError(error.message, error.option) : error;
}

async function drawn(model: Model, request: DrawRequest, run: RenderRun): Promise<Sample> {
  const { operation, options, screenWidth = 0 } = request;
  const { image, mask } = { image: undefined, mask: undefined, ...request };
  const sized = operation === "sample" ? sizedFor(options, screenWidth, model.card) : options;
  return render(model, resolve(operation, sized, model.card), { ...run, image, mask });
}

/** Makes the frames of an image from its steps, in the requested colours. */
function framer(options: Requested<"sample">, model: Model): (step: Step) => AnnealingFrame {
  const { card } = model;
  const appearance = atNativeSize(resolve("sample", options, card), card);
  return ({ x, sigma, denoised }) => ({
    sigma,
    noisy: noisyImage({ x, sigma }, appearance, card),
    denoised: toImage(denoised, appearance, card),
  });
}
