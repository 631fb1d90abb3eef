/** A loaded model: its card, its version and its network. */

import type { NetworkSpec } from "../network/spec.ts";
import { exp } from "../sampling/elementary.ts";
import type { Denoise } from "../sampling/sampler.ts";
import { fromBase64, sha256Hex } from "../schema/bytes.ts";
import type { ModelCard } from "./card.ts";
import { ENLARGER_BYTES, ENLARGER_SHA256 } from "./dist/enlarger-facts.ts";

/** A loaded model, from `loadModel`. */
export interface Model {
  readonly card: ModelCard;
  /** See `modelVersion`. */
  readonly version: string;
  readonly denoiser: Denoiser;
}

/** A network that a runtime has loaded, and what finishes its images. */
export interface Denoiser {
  readonly spec: NetworkSpec;
  /** The memory that it takes, in bytes, if the runtime knows it. */
  readonly bytes?: number;
  readonly denoise: Denoise;
  /**
   * What sharpens an image [3, H, W] in [-1, 1] of the model's native size that was smoothly enlarged four times: the
   * values to add, [3, 4H, 4W]. The library's enlarger is loaded at the first call, a model's own one with the model.
   */
  enlarge(image: Float32Array): Promise<Float32Array>;
  /** How opaque the pixels of an image [3, H, W] on its ground are, [H, W] from 0 to 1. `image`: the network's, before its crop. */
  matte?(image: Float32Array): Float32Array | Promise<Float32Array>;
  /** Frees its memory. Our engine's is garbage-collected anyway, that of onnxruntime is not. */
  dispose(): void | Promise<void>;
}

/** Opacities of a matte's logits: 1 / (1 + exp(-logit)). */
export const opacitiesOf = (logits: Float32Array): Float32Array => logits.map((logit) => 1 / (1 + exp(-logit)));

export const MODEL_FILE = "model.onnx";

/** The shipped model that draws where no other is named. */
export const DEFAULT_MODEL = "pixels";

/**
 * Raise it if and only if the same model and options give other bytes than before: it is part of every permanent URL
 * (`modelVersion`). `npm run golden` enforces this.
 */
export const RENDER_VERSION = 8;

/**
 * 32 hexadecimal digits, so many that nobody finds two models of one version, of SHA-256 over the file's checksum, the library's
 * enlarger and RENDER_VERSION. A model whose file has an enlarger does not depend on the library's. Version and options together
 * determine every byte of an image.
 */
export function modelVersion(checksum: string, hasOwnEnlarger: boolean): string {
  const enlarger = hasOwnEnlarger ? "own" : `${ENLARGER_BYTES} ${ENLARGER_SHA256}`;
  return sha256Hex(new TextEncoder().encode(`${checksum} ${enlarger} ${RENDER_VERSION}`)).slice(0, 32);
}

/** The file of the library's enlarger (models/enlarger/model.onnx), a module that is loaded at the first call: native images never read it. */
export async function enlargerFile(): Promise<Uint8Array> {
  const { ENLARGER } = await import("./dist/enlarger.ts");
  return fromBase64(ENLARGER);
}
