/** The interface of a runtime, which turns a model's bytes into a denoiser. */
import type { NetworkSpec } from "../network/spec.ts";

export interface Denoiser {
  readonly spec: NetworkSpec;
  /** Memory that it takes, where the runtime knows it. */
  readonly bytes?: number;
  /**
   * D(x, sigma) for a batch of B images at one noise level.
   * x: B*C*H*W values (image-major, then channel, row, column) in units of the data range; sigma > 0; labels: B*K one-hot rows (zeros = unconditional).
   * x is only read. The result has the shape of x and is the caller's own: calls may overlap.
   */
  denoise(x: Float32Array, sigma: number, labels: Float32Array): Float32Array | Promise<Float32Array>;
  /** Frees what the runtime holds at once; else it goes when nobody holds the denoiser any more. */
  dispose(): void | Promise<void>;
}

/** Callers import the runtime and pass it in, so that no bundle contains one that it does not use. */
export interface Runtime {
  readonly name: string;
  /**
   * model: bytes of a `model.onnx` or `model-fp32.onnx`. Throws `ModelError` when the file is not one that this library wrote. `isChecked`: it has been loaded before, as
   * by a build, and that takes most of the time.
   */
  load(model: Uint8Array, isChecked?: boolean): Promise<Denoiser>;
}
