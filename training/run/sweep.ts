/**
 * Finds sampling settings for a network that has been trained, as no other network's are its own: a few values of each setting in turn, the best one kept (coordinate descent). What is compared is
 * the kernel distance of drawn pictures to training images of the same classes, in the network's own features, so that no classifier is needed. All candidates share their noise: a
 * hundred pictures tell two of them apart.
 */
import { isDeepStrictEqual } from "node:util";
import { pictureShape } from "../../wasm-model/model/card.ts";
import type { Model } from "../../wasm-model/model/onnx/writer.ts";
import { padded } from "../../wasm-model/render/image/pad.ts";
import { toPicture } from "../../wasm-model/render/picture.ts";
import { seedState } from "../../wasm-model/sampling/random.ts";
import type { SamplingSettings } from "../../wasm-model/sampling/settings.ts";
import { progress } from "../commands/progress.ts";
import { unitRange } from "../data/batches.ts";
import type { Dataset } from "../data/dataset.ts";
import { Epochs } from "../data/epochs.ts";
import { teacherSpace } from "../distill/features.ts";
import { KernelDistance } from "../evaluate/kernel-distance.ts";
import { describeSettings, drawSettings } from "../evaluate/settings.ts";
import { type Denoise, draw } from "../network/draw.ts";
import type { Tf } from "../network/score-network.ts";
import { allowance } from "./budget.ts";
import type { RunConfig } from "./config.ts";
import { SAMPLING_DEFAULTS } from "./sampling-defaults.ts";
import { readSweep, type Sweep, writeSweep } from "./sampling-file.ts";

/** Values to try, the most important setting first. */
const VALUES = [
  ["extrapolation", [1.2, 1.65, 1.8]],
  ["churn", [0.6, 0.75, 0.95]],
  ["sigmaMin", [0.03, 0.08]],
  ["sigmaMax", [10, 40]],
] as const satisfies readonly (readonly [keyof SamplingSettings, readonly number[]])[];

/** The defaults, and each of these values. */
export const CANDIDATES = 1 + VALUES.reduce((sum, [, values]) => sum + values.length, 0);

/** Pictures of a candidate: with fewer, chance would choose; more tell nothing new. */
const PICTURES = { least: 64, most: 2000 } as const;
/** Training images that they are held against. */
const REFERENCE = { most: 4000, forEachPicture: 10 } as const;
/** With fewer training images there is no search: they are learned by heart, whatever the settings. */
const LEAST_IMAGES = 100;

/** Pictures that each candidate of a run draws, within its share of the run's cost; undefined where they would be too few. */
export function sweepPictures(images: number, trainingImages: number): number | undefined {
  const affordable = Math.floor(allowance(images) / (CANDIDATES * SAMPLING_DEFAULTS.steps));
  if (affordable < PICTURES.least || trainingImages < LEAST_IMAGES) return undefined;
  return Math.min(affordable, PICTURES.most, trainingImages);
}

export interface SweepRun {
  readonly folder: string;
  readonly config: RunConfig;
  readonly dataset: Dataset;
  /** The trained network: averaged weights, as they are exported. */
  readonly model: Model;
  readonly denoise: Denoise;
}

/** Measures what has not been measured and returns the best settings; `sampling.json` in the run's folder has all. */
export async function sweep(tf: Tf, run: SweepRun, pictures: number): Promise<SamplingSettings> {
  const { folder } = run;
  const before = readSweep(folder);
  if (before.chosen) return before.chosen;
  const distanceOf = openDistance(tf, run, pictures);
  const measured: Sweep["measured"][number][] = [];
  const bar = progress("tuning the sampling settings", CANDIDATES);
  const measure = async (sampling: SamplingSettings): Promise<void> => {
    const known = before.measured.find((one) => isDeepStrictEqual(one.sampling, sampling));
    measured.push(known ?? { sampling, distance: await distanceOf(sampling) });
    if (!known) writeSweep(folder, { measured });
    bar.update(measured.length);
  };
  const best = (): SamplingSettings => measured.reduce((a, b) => (b.distance < a.distance ? b : a)).sampling;

  await measure(SAMPLING_DEFAULTS);
  for (const [name, values] of VALUES) {
    const others = best();
    for (const value of values) await measure({ ...others, [name]: value });
  }
  bar.stop();
  const chosen = best();
  writeSweep(folder, { measured, chosen });
  console.log(
    `sampling settings, the best of ${CANDIDATES} by ${pictures} pictures each: ${describeSettings(drawSettings({ ...run.model.card, sampling: chosen }, {}))}`,
  );
  return chosen;
}

const BATCH = 100;

/** The distance of a candidate's pictures to training images. */
function openDistance(
  tf: Tf,
  { config, dataset, model, denoise }: SweepRun,
  pictures: number,
): (sampling: SamplingSettings) => Promise<number> {
  const { train } = dataset;
  const { card } = model;
  const { spec } = card;
  const space = teacherSpace(tf, model);
  const order = new Epochs(train.count, seedState(`${config.seed}/sweep/order`));
  const count = Math.min(REFERENCE.most, REFERENCE.forEachPicture * pictures, train.count);
  const chosen = Array.from({ length: count }, (_, i) => order.imageAt(i));

  /** Of `total` pictures that `batchAt` returns from `start` to `end`, as bytes of the data's size, part by part. */
  const featuresOf = async (total: number, batchAt: (start: number, end: number) => Promise<Uint8Array>): Promise<Float32Array[]> => {
    const all = space.sizes.map((size) => new Float32Array(total * size));
    for (let start = 0; start < total; start += BATCH) {
      const end = Math.min(start + BATCH, total);
      const images = unitRange(padded(await batchAt(start, end), card));
      const parts = tf.tidy(() =>
        space.features(tf.tensor(images, [end - start, spec.height, spec.width, spec.channels]), `${config.seed}/sweep/${start}`),
      );
      for (const [p, part] of parts.entries()) all[p].set(part.dataSync(), start * space.sizes[p]);
      tf.dispose(parts);
    }
    return all;
  };

  const shape = pictureShape(card);
  let distances: KernelDistance[] | undefined;
  return async (sampling) => {
    distances ??= (
      await featuresOf(count, async (start, end) => Buffer.concat(chosen.slice(start, end).map((image) => train.images(image, image + 1))))
    ).map((rows, p) => new KernelDistance(tf, rows, space.sizes[p]));
    const drawn = await featuresOf(pictures, async (start, end) => {
      const classes = chosen.slice(start, end).map((image) => train.labels[image]);
      const values = await draw({ ...card, sampling }, denoise, { classes, seed: `${config.seed}/sweep`, first: start });
      const size = values.length / classes.length;
      return Buffer.concat(classes.map((_, i) => toPicture(values.subarray(i * size, (i + 1) * size), shape, card).pixels));
    });
    const mean = distances.reduce((sum, distance, p) => sum + distance.of(drawn[p]), 0) / distances.length;
    return Number.isFinite(mean) ? mean : Number.MAX_VALUE; // of a network that has diverged
  };
}
