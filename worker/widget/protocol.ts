/** What the page and its drawing thread tell each other. One request, known by its `id`, gets any number of steps and then an image or an error. */

import type { Sample, SampleOptions } from "../../wasm-model/index.ts";
import type { Pixels } from "../../wasm-model/render/image/png.ts";

export interface DrawRequest {
  /** URL of the server whose model draws, with a slash at its end. */
  readonly server: string;
  /** The model's name; the server's first one where there is none. */
  readonly model: string | undefined;
  /** Name of the runtime that runs it. */
  readonly runtime: string;
  /** Whether steps come with pictures. */
  readonly animate: boolean;
  readonly options: SampleOptions;
}

/** A finished image with the settings that made it and its PNG file. */
export interface DrawnImage extends Omit<Sample, "png"> {
  readonly png: Uint8Array<ArrayBuffer>;
}

/** How far a download or a drawing is: bytes, or network evaluations. */
export interface Progress {
  readonly stage: "download" | "draw";
  readonly done: number;
  readonly total: number;
}

/** Told after each network evaluation. `preview`: the noisy image as it is now, at the model's own size. */
export interface DrawingStep extends Progress {
  readonly preview?: Pixels;
}

export type ToThread =
  | { readonly type: "draw"; readonly id: number; readonly request: DrawRequest }
  | { readonly type: "abort"; readonly id: number };

export type FromThread =
  /** The thread runs; it gets no request before. */
  | { readonly type: "ready" }
  | { readonly type: "download"; readonly server: string; readonly model: string | undefined; readonly progress: Progress }
  | { readonly type: "step"; readonly id: number; readonly step: DrawingStep }
  | { readonly type: "image"; readonly id: number; readonly image: DrawnImage }
  /** `isRequest`: the request itself is wrong, see `RequestError`. */
  | { readonly type: "error"; readonly id: number; readonly message: string; readonly isRequest: boolean };

/** The request asks for what cannot be drawn, here or at the edge. */
export class RequestError extends Error {
  override readonly name = "RequestError";
}
