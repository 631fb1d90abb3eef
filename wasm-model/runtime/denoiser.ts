/** What a runtime gives: a model's bytes become a function that denoises. */
import type { NetworkSpec } from "../network/spec.ts";

export interface Denoiser {
  readonly spec: NetworkSpec;
  /**
   * D(x, sigma) for a batch of B images at one noise level.
   * x: B*C*H*W values (image-major, then channel, row, column) in units of the data range; sigma > 0; labels: B*K one-hot rows (zeros = unconditional).
   * The result has the shape of x and is the caller's own.
   */
  denoise(x: Float32Array, sigma: number, labels: Float32Array): Float32Array | Promise<Float32Array>;
  /** Frees what the runtime holds. */
  dispose(): void | Promise<void>;
}

/** A runtime is an object passed in by the caller, so that no bundle carries one that it does not use. */
export interface Runtime {
  readonly name: string;
  /** model: bytes of a `model.onnx` or `model-fp32.onnx`. Throws `ModelError` when the file is not one that this library wrote. */
  load(model: Uint8Array): Promise<Denoiser>;
}
