/**
 * Draws the page's images: on this device once the model is loaded, until then on the server, and always on the
 * server if the visitor chose that. If the server refuses an image, for example because it costs too much, this device
 * draws it.
 */
import type { Pixels } from "../../../wasm-model/render/image/png.ts";
import { type DrawAny, drawInThread } from "../../widget/device.ts";
import { type Script, startThread } from "../../widget/engine-thread.ts";
import { type Frame, type ProgressDetail, RequestError, type ThreadRequest } from "../../widget/protocol.ts";
import { fetchPatiently, type Patience, SERVER } from "./edge.ts";
import { inRgba, pixelsOf, pngOf } from "./pixels.ts";

/** Defined by the build. */
declare const THREAD: Script;

/** What to draw; texts as in a query. */
export type Wanted = { readonly options: Readonly<Record<string, string>> } & (
  | { readonly operation: "sample" }
  | { readonly operation: "vary" | "denoise"; readonly image: Pixels }
  | { readonly operation: "inpaint"; readonly image: Pixels; readonly mask: Pixels }
);

export interface PaintOptions {
  readonly signal: AbortSignal;
  /** These two are called for what this device draws. */
  readonly onProgress?: (progress: ProgressDetail) => void;
  readonly onFrame?: (frame: Frame) => void;
  readonly onWait?: (seconds: number) => void;
}

export interface Painted {
  readonly by: "device" | "edge";
  /** In RGBA. */
  readonly image: Pixels;
  readonly png: Blob;
  readonly milliseconds: number;
}

/** A file, and its pixels where they need not be decoded. */
interface Drawn {
  readonly png: Blob;
  readonly image?: Pixels;
}

/** Longest wait for a busy server, in seconds, where this device can draw instead. */
const IMPATIENT = 4;
const PATHS = { vary: "variations", inpaint: "inpaint", denoise: "denoise" };

export class Painter {
  /** Where the visitor wants images drawn. */
  place: Painted["by"] = "device";
  readonly #model: string;
  readonly #tell: (sentence: string) => void;
  readonly #draw: DrawAny;
  #preparing: Promise<void> | undefined;
  #isReady = false;
  /** Why this device cannot draw. */
  #fault: Error | undefined;

  /** `model`: its name. `tell`: shows the state of the device in a sentence. */
  constructor(model: string, tell: (sentence: string) => void) {
    this.#model = model;
    this.#tell = tell;
    const folder = new URL("assets/", SERVER);
    this.#draw = drawInThread((onProgress) => startThread(THREAD, folder, onProgress));
  }

  get isOnDevice(): boolean {
    return this.place === "device" && this.#isReady;
  }

  /** Loads engine and model on this device. Resolves even if that fails. */
  prepare(): Promise<void> {
    this.#preparing ??= this.#prepare();
    return this.#preparing;
  }

  async #prepare(): Promise<void> {
    const onProgress = ({ stage, done, total }: ProgressDetail) => {
      if (stage === "download") this.#tell(`On its way to this device: ${Math.round((100 * done) / total)} % of ${megabytes(total)}.`);
    };
    try {
      await this.#onDevice({ operation: "sample", options: { seed: "7" } }, { signal: new AbortController().signal, onProgress });
      this.#isReady = true;
      this.#tell("The model is on this device.");
    } catch (error) {
      this.#fault = error as Error;
      console.warn(error);
      this.#tell("This device cannot load the model; the server draws.");
    }
  }

  /** Throws the signal's reason when aborted, or what `inWords` takes. */
  async draw(wanted: Wanted, run: PaintOptions): Promise<Painted> {
    const begun = performance.now();
    const by: Painted["by"] = this.isOnDevice ? "device" : "edge";
    const finish = async (place: Painted["by"], drawn: Drawn): Promise<Painted> => {
      const milliseconds = performance.now() - begun;
      const image = drawn.image ?? (await pixelsOf(drawn.png));
      run.signal.throwIfAborted();
      return { by: place, image, png: drawn.png, milliseconds };
    };
    if (by === "device") return finish("device", await this.#onDevice(wanted, run));
    try {
      return await finish("edge", { png: await this.#atEdge(wanted, run) });
    } catch (error) {
      run.signal.throwIfAborted();
      if (this.place === "edge") throw error;
      await this.prepare();
      run.signal.throwIfAborted();
      if (this.#fault) throw error;
      return finish("device", await this.#onDevice(wanted, run));
    }
  }

  async #onDevice(wanted: Wanted, { signal, onProgress = () => undefined, onFrame }: PaintOptions): Promise<Drawn> {
    const asked = { server: SERVER.href, model: this.#model, animate: onFrame !== undefined };
    const { operation, ...rest } = wanted;
    const request = (operation === "sample" ? { ...asked, options: rest.options } : { ...asked, operation, ...rest }) as ThreadRequest;
    const { png, ...image } = await this.#draw(request, {
      signal,
      isVisible: () => true,
      onProgress: ({ frame, ...progress }) => {
        onProgress(progress);
        if (frame) onFrame?.(frame);
      },
    });
    return { png: new Blob([png], { type: "image/png" }), image: inRgba(image) };
  }

  async #atEdge(wanted: Wanted, { signal, onWait = () => undefined }: PaintOptions): Promise<Blob> {
    const longest = this.place === "edge" ? Number.POSITIVE_INFINITY : IMPATIENT;
    const patience: Patience = { signal, onWait, longest };
    const query = new URLSearchParams(wanted.options);
    if (wanted.operation === "sample") {
      query.set("model", this.#model);
      return (await fetchPatiently(new URL(`sample?${query}`, SERVER), {}, patience)).blob();
    }
    const body = new FormData();
    body.set("image", await pngOf(wanted.image));
    if (wanted.operation === "inpaint") body.set("mask", await pngOf(wanted.mask));
    const url = new URL(`v1/${this.#model}/${PATHS[wanted.operation]}?${query}`, SERVER);
    return (await fetchPatiently(url, { method: "POST", body }, patience)).blob();
  }
}

/** Whether the request itself is wrong. */
export const isRequestError = (error: unknown): boolean => error instanceof RequestError;

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
