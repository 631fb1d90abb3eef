/** What the page and its drawing thread tell each other. One request, known by its `id`, gets any number of steps and then an image or an error. */

import type { Sample, SampleOptions } from "../../wasm-model/index.ts";
import type { Pixels } from "../../wasm-model/render/image/png.ts";

export interface DrawRequest {
  /** Address of the `model.onnx`. */
  readonly model: string;
  /** Name of the runtime that runs it. */
  readonly runtime: string;
  readonly options: SampleOptions;
}

/** A finished image with the settings that made it and its PNG file. */
export interface DrawnImage extends Omit<Sample, "png"> {
  readonly png: Uint8Array<ArrayBuffer>;
}

/** How far a drawing is, told after each network evaluation. */
export interface DrawingStep {
  /** Network evaluations so far, and those that the image takes. */
  readonly evaluations: number;
  readonly nfe: number;
  /** The noisy image as it is now, at the model's own size. */
  readonly preview: Pixels;
}

export type ToThread =
  | { readonly type: "draw"; readonly id: number; readonly request: DrawRequest }
  | { readonly type: "abort"; readonly id: number };

export type FromThread =
  | { readonly type: "step"; readonly id: number; readonly step: DrawingStep }
  | { readonly type: "image"; readonly id: number; readonly image: DrawnImage }
  /** `isRequest`: the request itself is wrong, see `RequestError`. */
  | { readonly type: "error"; readonly id: number; readonly message: string; readonly isRequest: boolean };

/** The request asks for what cannot be drawn, here or at the edge. */
export class RequestError extends Error {
  override readonly name = "RequestError";
}
