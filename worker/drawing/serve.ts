/** The thread's side: loads models, and draws what the page asks for, one image after the other. Port and runtime are passed in. */
import { type Model, type ModelCard, OptionError, type RenderRun, type Runtime } from "../../wasm-model/index.ts";
import { nativeShape } from "../../wasm-model/model/card.ts";
import { ENLARGED } from "../../wasm-model/network/finishers.ts";
import { atNativeSize, noisyImage, toImage } from "../../wasm-model/render/appearance.ts";
import { isIndexed } from "../../wasm-model/render/finish.ts";
import { encodeIndexedPng, encodePng } from "../../wasm-model/render/image/png.ts";
import { render } from "../../wasm-model/render/render.ts";
import { nextTurn } from "../../wasm-model/render/turn.ts";
import { MAX_PIXELS, OPTION_VALUES, type OptionValues } from "../../wasm-model/request/options.ts";
import { cellsOf, columnsOf, enlargeOf, resolve, type Settings } from "../../wasm-model/request/resolve.ts";
import type { Step } from "../../wasm-model/sampling/index.ts";
import { loadModel } from "./load-model.ts";
import {
  type AnnealingFrame,
  type DrawingStep,
  type DrawRequest,
  MOST_FRAMES,
  RequestError,
  sourceKey,
  type ThreadCalls,
  type ThreadImage,
} from "./protocol.ts";
import { answer, type CallOptions, type Port } from "./rpc.ts";

export function serve(port: Port, runtime: Runtime): void {
  /** By `sourceKey`. The page asks for each before it draws with it. */
  const models = new Map<string, Model>();
  let last: Promise<unknown> = Promise.resolve();

  const calls: ThreadCalls = {
    async load(source, options) {
      models.set(sourceKey(source), await loadModel(source, runtime, options).catch(nameAttribute));
    },
    draw(request, options) {
      const drawn = last.then(() => draw(request, options)).catch(nameAttribute);
      last = drawn.catch(() => undefined);
      return drawn;
    },
    encode: async ({ recipe, isIndexed, ...image }) => (isIndexed ? encodeIndexedPng : encodePng)(image, recipe),
  };
  answer(port, calls);

  async function draw(request: DrawRequest, { signal, onProgress }: CallOptions<DrawingStep>): Promise<ThreadImage> {
    signal.throwIfAborted();
    const model = models.get(sourceKey(request));
    if (!model) throw new Error("Expected a model that is loaded");
    const { operation, options } = request;
    const { image, mask } = { image: undefined, mask: undefined, ...request };
    const settings = resolve(operation, options, model.card);
    const isPixelated = (options.enlarge ?? enlargeOf(model.card)) === "pixels";
    const frameOf = request.animate && operation === "sample" ? framer(settings, model.card) : undefined;
    let frames = 0;
    const onStep: RenderRun["onStep"] = (progress) => {
      const { evaluations: done, nfe: total } = progress;
      const isShown = frameOf && Math.ceil((MOST_FRAMES * done) / total) > frames;
      if (isShown) frames++;
      onProgress({ stage: "draw", done, total, ...(isShown && { frame: frameOf(progress) }) });
      return nextTurn();
    };
    const isSized = options.size !== undefined || isPixelated;
    const shown = isSized ? { settings } : sizeToShow(settings, model.card, request.screenWidth ?? 0);
    const { png: _, ...drawn } = await render(model, shown.settings, { signal, onStep, image, mask });
    const { largerAbove } = { largerAbove: undefined, ...shown };
    return { ...drawn, isIndexed: isIndexed(shown.settings, model.card), isPixelated, largerAbove };
  }
}

/** An option that is wrong makes the request wrong. */
function nameAttribute(error: unknown): never {
  if (!(error instanceof OptionError)) throw error;
  const { code, option } = error;
  const attribute = (OPTION_VALUES as Readonly<Record<string, OptionValues>>)[option]?.attribute ?? option;
  throw new RequestError(code, attribute, error.called(attribute));
}

/** Makes the frames of an image from its steps, in the requested colours. */
function framer(settings: Settings, card: ModelCard): (step: Step) => AnnealingFrame {
  const appearance = atNativeSize(settings, card);
  return ({ x, sigma, denoised }) => ({
    sigma,
    noisy: noisyImage({ x, sigma }, appearance, card),
    denoised: toImage(denoised, appearance, card),
  });
}

/**
 * The settings, four times as large if the image is shown wider than native, or each of a grid, and can be so large. `largerAbove`: from
 * which width on, in pixels of the screen, the image would be drawn larger.
 */
function sizeToShow(
  settings: Settings,
  card: ModelCard,
  screenWidth: number,
): { readonly settings: Settings; readonly largerAbove?: number } {
  const { n } = settings;
  const native = nativeShape(card);
  const [width, height] = [ENLARGED * native.width, ENLARGED * native.height];
  if (cellsOf(n) * width * height > MAX_PIXELS) return { settings };
  const largerAbove = native.width * (n === undefined ? 1 : columnsOf(n));
  if (screenWidth <= largerAbove) return { settings, largerAbove };
  return { settings: { ...settings, width, height, ...(enlargeOf(card) !== "smooth" && { enlarge: "smooth" }) } };
}
