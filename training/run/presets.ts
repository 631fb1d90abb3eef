/** Recipes by the time that they take: how many images a run sees, in which batches, and the network where none is asked for. */
import { macsOf } from "../../wasm-model/network/count.ts";
import type { NetworkName, NetworkSpec } from "../../wasm-model/network/spec.ts";
import { type Images, sizeClass, usualNetwork } from "../network/shape.ts";

export interface Preset {
  /** What the training costs: images times the multiply-accumulates of one evaluation. Larger networks see fewer images in the same time. */
  readonly work: number;
  readonly batch: number;
  readonly learningRate: number;
  network(images: Images): NetworkName;
}

export const PRESETS = {
  /** Ten minutes on the wasm backend, 4.5 GMAC/s: a small network in small batches, which few images need. */
  quick: { work: 2.3e12, batch: 32, learningRate: 1e-2, network: (images) => QUICK_NETWORKS[sizeClass(images)] },
  /** An hour natively, 25 GMAC/s. */
  default: { work: 8.8e13, batch: 128, learningRate: 1e-2, network: usualNetwork },
  /** A night natively. */
  best: { work: 8.8e14, batch: 128, learningRate: 1e-2, network: usualNetwork },
} as const satisfies Record<string, Preset>;

export type PresetName = keyof typeof PRESETS;

/** A few times cheaper than the usual ones. */
const QUICK_NETWORKS = { small: "s32", middle: "s32x3", large: "s16x4" } as const;

/** Images of a run by the preset, to two digits. */
export const imagesOf = ({ work }: Preset, spec: NetworkSpec): number => Number((work / macsOf(spec)).toPrecision(2));
