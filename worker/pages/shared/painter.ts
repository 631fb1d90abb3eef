/**
 * Draws the page's images: on this device once the model is loaded, until then on the server, if they begin with noise. If
 * the server refuses an image, for example because it costs too much, or there are only files, this device draws it.
 */
import type { Pixels } from "../../../wasm-model/render/image/png.ts";
import { drawInThread } from "../../drawing/device.ts";
import { trusted } from "../../drawing/engine-thread.ts";
import {
  type DrawnPixels,
  type Frame,
  type ProgressDetail,
  RequestError,
  type Source,
  type ThreadRequest,
} from "../../drawing/protocol.ts";
import script from "../../drawing/thread.ts?worker&url";
import { inWords, type Say, TryAgainError, VisitorError } from "./errors.ts";
import { inRgba, pixelsOf } from "./pixels.ts";
import { fetchImage, SERVER, service } from "./service.ts";

export type Options = Readonly<Record<string, string | number>>;

/** What to draw; options as in a query. */
type Drawing = { readonly options: Options } & (
  | { readonly operation: "sample" }
  | { readonly operation: "vary"; readonly image: Pixels }
  | { readonly operation: "inpaint"; readonly image: Pixels; readonly mask: Pixels }
);

/** What to draw with a model of the service. */
export type Wanted = Drawing & { readonly model: string };

export interface PaintOptions {
  readonly signal?: AbortSignal;
  /** Called for what this device draws. */
  readonly onFrame?: (frame: Frame) => void;
}

export interface Painted {
  readonly by: "this device" | "the server";
  /** In RGBA. */
  readonly image: Pixels;
  readonly png: Blob;
  readonly milliseconds: number;
}

const drawInOwnThread = drawInThread(() => new Worker(trusted(script), { type: "module" }));
/** By model, when it is on this device. What failed is not kept. */
const preparing = new Map<string, Promise<void>>();
const ready = new Set<string>();

export const isOnDevice = (model: string): boolean => ready.has(model);

/** Loads engine and model on this device; `tell` shows in a sentence how far it is. Throws `TryAgainError`. */
export function prepare(model: string, tell: Say = () => {}): Promise<void> {
  const begun = preparing.get(model) ?? load(model, tell);
  preparing.set(model, begun);
  return begun;
}

async function load(model: string, tell: Say): Promise<void> {
  const onProgress = ({ stage, done, total }: ProgressDetail): void => {
    if (stage === "download") tell(`The model is on its way to this device: ${Math.round((100 * done) / total)} % of ${megabytes(total)}.`);
  };
  try {
    await onDevice(await sourceOf(model), { operation: "sample", options: { seed: "7" } }, {}, onProgress);
    ready.add(model);
    tell("The model is on this device.");
  } catch (error) {
    console.warn(error);
    preparing.delete(model);
    throw new TryAgainError("This device cannot load the model.");
  }
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** Throws the signal's reason when aborted, or what `inWords` takes. */
export async function paint(wanted: Wanted, run: PaintOptions = {}): Promise<Painted> {
  const begun = performance.now();
  const finish = (by: Painted["by"], image: Pixels, png: Blob): Painted => {
    run.signal?.throwIfAborted();
    return { by, image, png, milliseconds: performance.now() - begun };
  };
  let refusal: unknown;
  if (!isOnDevice(wanted.model) && wanted.operation === "sample" && (await service()).budget > 0) {
    try {
      const png = await atServer(wanted, run);
      return finish("the server", await pixelsOf(png), png);
    } catch (error) {
      refusal = error;
    }
  }
  run.signal?.throwIfAborted();
  await prepare(wanted.model).catch((error) => {
    throw refusal ?? error;
  });
  const { png, ...image } = await onDevice(await sourceOf(wanted.model), wanted, run);
  return finish("this device", inRgba(image), new Blob([png], { type: "image/png" }));
}

async function sourceOf(model: string): Promise<Source> {
  const asset = (await service()).models.find(({ name }) => name === model)?.asset;
  return { ...(asset ? { file: new URL(asset, SERVER).href } : { server: SERVER.href }), model };
}

/** Draws with any model. Throws what `Draw` throws. */
export function onDevice(
  source: Source,
  drawing: Drawing,
  { signal = new AbortController().signal, onFrame }: PaintOptions,
  onProgress: (progress: ProgressDetail) => void = () => undefined,
): Promise<DrawnPixels> {
  const request = { ...drawing, ...source, animate: onFrame !== undefined };
  if (request.operation === "sample") delete (request as { operation?: string }).operation;
  return drawInOwnThread(request as ThreadRequest, {
    signal,
    isVisible: () => true,
    onProgress: ({ frame, ...progress }) => {
      onProgress(progress);
      if (frame) onFrame?.(frame);
    },
  });
}

function atServer({ model, options }: Wanted, { signal = null }: { readonly signal?: AbortSignal | null }): Promise<Blob> {
  const query = new URLSearchParams({ model });
  for (const [name, value] of Object.entries(options)) query.set(name, String(value));
  return fetchImage(new URL(`sample?${query}`, SERVER), { signal });
}

/** The same in another width. */
export const sized = (wanted: Wanted, size: number): Wanted => ({ ...wanted, options: { ...wanted.options, size } });

const inTime = (milliseconds: number): string =>
  milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;

export const drawnBy = ({ by, milliseconds }: Painted): string => `Drawn by ${by} in ${inTime(milliseconds)}.`;

/**
 * Runs one drawing at a time: a newer one replaces an older one. `tell` shows who drew it, or after `fail` why there is no
 * image, and offers to try again unless what was asked for is wrong.
 */
export function latest(tell: Say, fail: () => void = () => undefined) {
  let abort = new AbortController();
  /** `work` passes the signal on and returns a sentence for the finished image. */
  return async function draw(work: (run: { readonly signal: AbortSignal }) => Promise<string>): Promise<void> {
    abort.abort();
    abort = new AbortController();
    const { signal } = abort;
    try {
      const sentence = await work({ signal });
      if (!signal.aborted) tell(sentence);
    } catch (error) {
      if (signal.aborted) return;
      fail();
      const mayPass = error instanceof TryAgainError || !(error instanceof VisitorError || error instanceof RequestError);
      tell(error instanceof RequestError ? "No image." : `No image. ${inWords(error)}`, mayPass ? () => draw(work) : undefined);
    }
  };
}
