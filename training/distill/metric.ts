/**
 * The metric that compares students; lower is better. It is FID if the data have a classifier, otherwise the kernel
 * distance of drawn images to training images of the same classes, in a network's own features. Sets drawn with the
 * same seeds share their noise, so a hundred images are enough to compare two settings or two networks.
 */
import { type ModelCard, nativeShape } from "../../wasm-model/model/card.ts";
import type { ModelContents } from "../../wasm-model/model/onnx/writer.ts";
import { padded } from "../../wasm-model/render/image/pad.ts";
import { toImage } from "../../wasm-model/render/look.ts";
import { seedState } from "../../wasm-model/sampling/random.ts";
import type { Denoise } from "../../wasm-model/sampling/sampler.ts";
import { Epochs, unitRange } from "../data/batches.ts";
import type { Dataset } from "../data/dataset.ts";
import { KernelDistance } from "../measure/kernel-distance.ts";
import { freshQuality } from "../measure/measure.ts";
import type { Reference } from "../measure/reference.ts";
import { draw } from "../network/draw.ts";
import type { Tf } from "../network/score-network.ts";
import { drawSettings } from "../record/settings.ts";
import { type MetricName, REPORT_IMAGES } from "./config.ts";
import { jointSpace, randomSpace, teacherSpace } from "./features.ts";

export interface MetricValue {
  readonly value: number;
  /** Beside the kernel distance: the same images' distance in features that choose nothing. */
  readonly independentDistance?: number;
  /** Share of the images that the classifier assigns to the requested class. */
  readonly classAccuracy?: number;
}

export interface Metric {
  readonly name: MetricName;
  /** Images of each measurement. */
  readonly images: number;
  /** Measures images that a network draws with its card's settings. */
  measure(card: ModelCard, denoise: Denoise): Promise<MetricValue>;
}

/** In words, with its unit. */
export const describeMetric = (name: MetricName, value: number): string =>
  name === "fid" ? `FID ${value.toFixed(3)}` : `kernel distance ${describeDistance(value)}`;

/** Kernel distances are small, so they are shown in thousandths. */
export const describeDistance = (value: number): string => `${(1000 * value).toFixed(2)}e-3`;

/** In words, for the end of a run: the distance of what was chosen, in features that had no part in the choice. */
export const describeIndependent = (distance: number): string => `independent distance ${describeDistance(distance)}`;

export const REPORT_SEED = "distill/report";

/** For data with a classifier: FID in its features, and class accuracy. */
export const fidMetric = (tf: Tf, reference: Reference<"tuning">): Metric => ({
  name: "fid",
  images: REPORT_IMAGES,
  async measure(card, denoise) {
    const imageSet = { settings: drawSettings(card, {}), count: REPORT_IMAGES, seed: REPORT_SEED };
    const { fid, classAccuracy } = await freshQuality(tf, reference, { card, denoiser: { denoise } }, imageSet);
    return { value: fid, classAccuracy };
  },
});

/**
 * For any data: the kernel distance in the teacher's own features. A choice made by a metric looks better in that
 * metric than it is, so the distance in the features of random convolutions is measured too.
 */
export function kernelMetric(tf: Tf, source: DistanceSource): Metric {
  const distanceOf = openDistances(tf, source);
  return {
    name: "kernelDistance",
    images: source.images,
    measure: async (card, denoise) => {
      const [value, independentDistance] = await distanceOf(card, denoise);
      return { value, independentDistance };
    },
  };
}

export interface DistanceSource {
  readonly dataset: Dataset;
  /** The network whose features are compared. */
  readonly model: ModelContents;
  /** Images in each set; at most the number of training images. */
  readonly images: number;
  /** Seeds the noise and the choice of training images. */
  readonly seed: string;
}

/**
 * The distances of images that a network draws with its card's settings, by `teacherSpace` and by `randomSpace`; the
 * largest number if the network has diverged.
 */
type DistancesOf = (card: ModelCard, denoise: Denoise) => Promise<readonly [number, number]>;

/** The number of training images in the comparison. */
const REFERENCE = { most: 4000, forEachImage: 10 } as const;
const BATCH = 100;

/**
 * The mean kernel distance (measure/kernel-distance.ts) over the parts of each space, without a unit. The training
 * images' features are computed at the first measurement and kept.
 */
function openDistances(tf: Tf, { dataset, model, images, seed }: DistanceSource): DistancesOf {
  const { train } = dataset;
  const { spec } = model.card;
  // Not the projections that a student learns with: it may have learned to deceive them.
  const own = teacherSpace(tf, model, "measure");
  const space = jointSpace([own, randomSpace(tf, model.card)]);
  const order = new Epochs(train.count, seedState(`${seed}/order`));
  const count = Math.min(REFERENCE.most, REFERENCE.forEachImage * images, train.count);
  const chosen = Array.from({ length: count }, (_, i) => order.imageAt(i));

  /**
   * Features, by part, of `total` images; `batchAt` returns those from `start` to `end` as bytes of the data's size.
   */
  const featuresOf = async (total: number, batchAt: (start: number, end: number) => Promise<Uint8Array>): Promise<Float32Array[]> => {
    const all = space.sizes.map((size) => new Float32Array(total * size));
    for (let start = 0; start < total; start += BATCH) {
      const end = Math.min(start + BATCH, total);
      const images = unitRange(padded(await batchAt(start, end), model.card));
      const parts = tf.tidy(() =>
        space.features(tf.tensor(images, [end - start, spec.height, spec.width, spec.channels]), `${seed}/${start}`),
      );
      for (const [p, part] of parts.entries()) all[p].set(part.dataSync(), start * space.sizes[p]);
      tf.dispose(parts);
    }
    return all;
  };

  const shape = nativeShape(model.card);
  let distances: KernelDistance[] | undefined;
  return async (card, denoise) => {
    distances ??= (
      await featuresOf(count, async (start, end) => Buffer.concat(chosen.slice(start, end).map((image) => train.images(image, image + 1))))
    ).map((rows, p) => new KernelDistance(tf, rows, space.sizes[p]));
    const drawn = await featuresOf(images, async (start, end) => {
      const classes = chosen.slice(start, end).map((image) => train.labels[image]);
      const values = await draw(card, denoise, { classes, seed, first: start });
      const size = values.length / classes.length;
      return Buffer.concat(classes.map((_, i) => toImage(values.subarray(i * size, (i + 1) * size), shape, card).pixels));
    });
    const values = distances.map((distance, p) => distance.of(drawn[p]));
    const meanOf = (parts: readonly number[]): number => {
      const mean = parts.reduce((sum, value) => sum + value, 0) / parts.length;
      return Number.isFinite(mean) ? mean : Number.MAX_VALUE;
    };
    return [meanOf(values.slice(0, own.sizes.length)), meanOf(values.slice(own.sizes.length))];
  };
}
