/** Draws the page's images, on this device. */
import type { Pixels } from "../../../wasm-model/render/image/png.ts";
import { type DrawOptions, drawInThread, startModule } from "../../drawing/device.ts";
import { type AnnealingFrame, type DrawingStep, type DrawOperation, RequestError, type Source } from "../../drawing/protocol.ts";
import script from "../../drawing/thread.ts?worker&url";
import { errorSentence, FileError, type Say, TryAgainError, VisitorError } from "./dom.ts";
import { SERVER, service } from "./service.ts";

/** What to draw with a model of the service. */
export type Wanted = DrawOperation & { readonly model: string };

export interface DrawRun {
  readonly signal?: AbortSignal;
  /** Whether frames are wanted. */
  readonly animate?: boolean;
  /** The width in which it is shown, in pixels of the screen: without a size it is drawn for that. */
  readonly screenWidth?: () => number;
  /** Shows in a sentence how far the model is on its way. */
  readonly tell?: Say;
}

export interface Drawn {
  readonly image: Pixels;
  readonly frames: readonly AnnealingFrame[];
  png(): Promise<Blob>;
  /** Without the model's download. */
  readonly milliseconds: number;
}

const drawInOwnThread = drawInThread(() => startModule(script));

/** Loads what draws, for a page that may be without a network when it draws first. */
export const prepareToDraw = drawInOwnThread.prepare;

/** Throws the signal's reason when aborted, or what `errorSentence` takes. */
export async function draw(wanted: Wanted, run: DrawRun = {}): Promise<Drawn> {
  const { model } = wanted;
  const frames: AnnealingFrame[] = [];
  let begun: number | undefined;
  const onBegin = () => (begun = performance.now());
  const onProgress = ({ stage, done, total, frame }: DrawingStep): void => {
    if (frame) frames.push(frame);
    if (stage === "download")
      run.tell?.(`The model is on its way: ${Math.round((100 * done) / total)} % of ${(total / 1e6).toFixed(1)} MB.`);
  };
  try {
    const asset = (await service()).models.find(({ name }) => name === model)?.asset;
    const source = { ...(asset ? { file: new URL(asset, SERVER).href } : { server: SERVER.href }), model };
    const { png, ...image } = await drawWith(source, wanted, run, { onProgress, onBegin });
    return { image, frames, png: async () => new Blob([await png()], { type: "image/png" }), milliseconds: performance.now() - begun! };
  } catch (error) {
    run.signal?.throwIfAborted();
    const isWrong = error instanceof VisitorError || (error instanceof RequestError && error.code !== "not-there");
    if (begun !== undefined || isWrong) throw error;
    console.warn(error);
    throw new TryAgainError("This device cannot load the model.");
  }
}

/** Draws with any model. Throws what `Draw` throws. */
export function drawWith(
  source: Source,
  operation: DrawOperation,
  { signal = new AbortController().signal, animate = false, screenWidth }: DrawRun,
  listeners: Partial<Pick<DrawOptions, "onProgress" | "onBegin">> = {},
) {
  const options = { signal, onProgress: () => undefined, ...(screenWidth && { screenWidth }), ...listeners };
  return drawInOwnThread({ ...operation, ...source, animate }, options);
}

/** The same in another width. */
export const sized = (wanted: Wanted, size: number): Wanted => ({ ...wanted, options: { ...wanted.options, size } }) as Wanted;

export const timeOf = ({ milliseconds }: Drawn): string =>
  `Drawn by this device in ${milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`}.`;

/**
 * Runs one drawing at a time: a newer one replaces an older one. `tell` shows how long it took, or after `fail` why there is no
 * image, and offers to try again unless what was asked for is wrong. `settled`: until the newest drawing has ended.
 */
export function latestDrawing(tell: Say, fail: () => void = () => undefined) {
  let abort = new AbortController();
  let underWay: Promise<void> | undefined;
  async function run(work: (run: Required<Pick<DrawRun, "signal" | "tell">>) => Promise<string>): Promise<void> {
    abort.abort();
    abort = new AbortController();
    const { signal } = abort;
    const tellIfLatest: Say = (sentence, again) => signal.aborted || tell(sentence, again);
    try {
      tellIfLatest(await work({ signal, tell: tellIfLatest }));
    } catch (error) {
      if (signal.aborted) return;
      const hasImage = error instanceof FileError;
      if (!hasImage) fail();
      const mayPass = error instanceof TryAgainError || !(error instanceof VisitorError || error instanceof RequestError);
      tell(
        error instanceof RequestError ? "No image." : `${hasImage ? "" : "No image. "}${errorSentence(error)}`,
        mayPass ? () => drawLatest(work) : undefined,
      );
    }
  }
  /** `work` passes the run on and returns a sentence for the finished image. */
  const drawLatest = (work: Parameters<typeof run>[0]): Promise<void> => (underWay = run(work));
  return Object.assign(drawLatest, { settled: () => underWay });
}
