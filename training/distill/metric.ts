/** What students are compared by: the smaller, the better. */
import type { ModelCard } from "../../wasm-model/model/card.ts";
import { freshQuality } from "../measure/measure.ts";
import type { Reference } from "../measure/reference.ts";
import { drawSettings } from "../measure/settings.ts";
import type { Denoise } from "../network/draw.ts";
import type { Tf } from "../network/score-network.ts";
import type { MetricName } from "./config.ts";
import { type DistanceSource, openDistance } from "./distance.ts";
import { REPORT_IMAGES } from "./recipe.ts";

export interface Measured {
  readonly value: number;
  /** Share of the images that a classifier takes for the class that was asked for. */
  readonly classAccuracy?: number;
}

export interface Metric {
  readonly name: MetricName;
  /** Images of each measurement. */
  readonly images: number;
  /** Of what a network draws by the settings of its card. */
  measure(card: ModelCard, denoise: Denoise): Promise<Measured>;
}

/** In words, with its unit. */
export const describeMetric = (name: MetricName, value: number): string =>
  name === "fid" ? `FID ${value.toFixed(3)}` : `kernel distance ${describeDistance(value)}`;

/** Kernel distances are small. */
export const describeDistance = (value: number): string => `${(1000 * value).toFixed(2)}e-3`;

/** Seed of the images of reports. */
export const REPORT_SEED = "distill/report";

/** Of data that have a classifier: FID in its features, and class accuracy. */
export const fidMetric = (tf: Tf, reference: Reference): Metric => ({
  name: "fid",
  images: REPORT_IMAGES,
  async measure(card, denoise) {
    const imageSet = { settings: drawSettings(card, {}), count: REPORT_IMAGES, seed: REPORT_SEED };
    const { fid, classAccuracy } = await freshQuality(tf, reference, { card, denoiser: { denoise } }, imageSet);
    return { value: fid, classAccuracy };
  },
});

/** Of any data: the kernel distance in the teacher's own features. */
export function kernelMetric(tf: Tf, source: DistanceSource): Metric {
  const distanceOf = openDistance(tf, source);
  return {
    name: "kernelDistance",
    images: source.pictures,
    measure: async (card, denoise) => ({ value: await distanceOf(card, denoise) }),
  };
}
