/** What travels with a model: the network's shape and all that its users must know. Stored as JSON in the ONNX file's `metadata_props`. */
import type { NetworkSpec } from "./network/spec.ts";
import type { Ramp } from "./sampler/ramp.ts";

export const SAMPLERS = ["langevin", "cas", "ald", "kinetic", "euler", "heun", "ipndm3", "ipndm4"] as const;
export type SamplerName = (typeof SAMPLERS)[number];

/** The sampling settings that a caller who asks for nothing gets. Noise levels in units of the data range [-1, 1]. */
export interface SamplingDefaults {
  readonly sampler: SamplerName;
  /** Number of noise levels. */
  readonly steps: number;
  readonly sigmaMin: number;
  readonly sigmaMax: number;
  /** Exponent of the Karras grid (all but `ald` and `kinetic`, whose grid is geometric). */
  readonly rho: number;
  /** Share of fresh noise per step, in [0, 1) (`langevin`, `cas`). */
  readonly churn: Ramp;
  /** Weight of the extrapolated denoised image, 1 = none (`langevin`). */
  readonly extrapolation: Ramp;
  /** Langevin steps at each noise level (`ald`, `kinetic`). */
  readonly stepsPerLevel: number;
  /** stepSize of `ald` at noise level sigma is relativeStep sigma^2, so Algorithm 1's epsilon = relativeStep sigmaMin^2; the time step of `kinetic` is its root. */
  readonly relativeStep: number;
}

export interface TrainingRecord {
  /** Data set name or folder, e.g. `fashion-mnist`. */
  readonly data: string;
  /** Licence of the data, SPDX where there is one. */
  readonly dataLicence: string;
  readonly preset: string;
  /** Training images seen (with repetition), earlier runs that this one started from included. */
  readonly images: number;
  readonly seed: string;
}

export interface ModelCard {
  readonly name: string;
  readonly spec: NetworkSpec;
  /** Class names, `spec.classes` of them, in label order. */
  readonly labels: readonly string[];
  /** Pixel value 0 and 255 in the network's units. */
  readonly dataRange: readonly [-1, 1];
  readonly sampling: SamplingDefaults;
  readonly training: TrainingRecord;
}
