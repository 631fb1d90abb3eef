/** What the page asks of its drawing thread, and what it gets. */
import type { OptionErrorCode, Sample } from "../../wasm-model/index.ts";
import type { Pixels } from "../../wasm-model/render/image/png.ts";
import type { Requested } from "../../wasm-model/request/options.ts";
import type { CallOptions } from "./rpc.ts";

/** `not-there`: nothing is at the address of the model's file. */
type RequestErrorCode = OptionErrorCode | "not-there";

/** The request itself is wrong: neither this device nor the server can draw it. A sentence for its author, by the names of attributes. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly code: RequestErrorCode;
  /** The attribute that is wrong. */
  readonly attribute: string;

  constructor(code: RequestErrorCode, attribute: string, message: string) {
    super(message);
    this.code = code;
    this.attribute = attribute;
  }
}

/** Throws `RequestError` for one that the thread threw, whose fields alone arrive, and any other error as it is. */
export function rethrow(error: unknown): never {
  const { name, code, attribute, message } = error as RequestError;
  throw name === "RequestError" ? new RequestError(code, attribute, message) : error;
}

/** Which model draws: one of a service, or that of a file. */
export interface Source {
  /** URL of the service, with a slash at its end. */
  readonly server?: string | undefined;
  /** URL of a model's file, for where there is no service. */
  readonly file?: string | undefined;
  /** The model's name; undefined for the service's first one, or for the file's. */
  readonly model?: string | undefined;
}

export const sourceKey = ({ server, file, model }: Source): string => JSON.stringify([server, file, model]);

/** What to draw: an image from noise, or from an image of the model's native size. */
export type DrawOperation =
  | { readonly operation: "sample"; readonly options: Requested<"sample"> }
  | { readonly operation: "vary"; readonly options: Requested<"vary">; readonly image: Pixels }
  | { readonly operation: "inpaint"; readonly options: Requested<"inpaint">; readonly image: Pixels; readonly mask: Pixels };

export type DrawRequest = Source &
  DrawOperation & {
    /** Whether the steps of an image from noise come with frames. */
    readonly animate: boolean;
    /**
     * The width that the image is shown in, in pixels of the screen. One that is shown larger than native, and whose size is not
     * given, is drawn four times as large (serve.ts).
     */
    readonly screenWidth?: number;
  };

export type SampleRequest = Extract<DrawRequest, { readonly operation: "sample" }>;

/** A finished image as the thread answers it, with the settings that made it. */
export interface ThreadImage extends Omit<Sample, "png"> {
  /** Whether its file has a palette. */
  readonly isIndexed: boolean;
  /** Whether it is shown with its pixels as they are. */
  readonly isPixelated: boolean;
  /** From which width on it would be drawn larger, in pixels of the screen; undefined if it never would. */
  readonly largerAbove?: number | undefined;
}

/** A finished image. */
export interface DrawnImage extends ThreadImage {
  /** The image as a PNG file, which the thread encodes when it is asked for. */
  png(): Promise<Uint8Array<ArrayBuffer>>;
}

/** Progress of a download in bytes, or of a drawing in network evaluations. */
export interface ProgressDetail {
  readonly stage: "download" | "draw";
  readonly done: number;
  readonly total: number;
}

/** A moment of the annealing, at the model's own size. */
export interface AnnealingFrame {
  /** Noise level, in units of the data range [-1, 1]. */
  readonly sigma: number;
  /**
   * The noisy image x, scaled to the contrast of a clean one, and the network's guess D(x, sigma) at the clean image
   * behind it.
   */
  readonly noisy: Pixels;
  readonly denoised: Pixels;
}

/** The most frames of a drawing that the page gets before the image. */
export const MOST_FRAMES = 16;

/** Sent after each network evaluation. */
export interface DrawingStep extends ProgressDetail {
  readonly frame?: AnnealingFrame;
}

/** What the thread can be asked. `load` and `draw` throw `RequestError` when what they are asked is wrong. */
export type ThreadCalls = {
  /** Loads a model, which drawing needs. */
  load(source: Source, options: CallOptions<ProgressDetail>): Promise<void>;
  draw(request: DrawRequest, options: CallOptions<DrawingStep>): Promise<ThreadImage>;
  /** The PNG file of an image. */
  encode(image: Pixels & { readonly recipe: string | undefined; readonly isIndexed: boolean }): Promise<Uint8Array<ArrayBuffer>>;
};
