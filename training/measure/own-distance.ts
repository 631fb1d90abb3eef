/**
 * Compares sampling settings for any data, without a classifier: the kernel distance (kernel-distance.ts) of drawn
 * images to training images of the same classes, in the drawing network's own features. Sets drawn with the same seeds
 * share their noise, so a hundred images are enough to compare two settings. Lower is better.
 */
import type * as TF from "@tensorflow/tfjs";
import { type ModelCard, nativeShape } from "../../wasm-model/model/card.ts";
import type { ModelContents } from "../../wasm-model/model/onnx/writer.ts";
import { scoreNetwork } from "../../wasm-model/network/network.ts";
import { toImage } from "../../wasm-model/render/appearance.ts";
import { padded } from "../../wasm-model/render/image/pixels.ts";
import { gaussians, seedState } from "../../wasm-model/sampling/random.ts";
import type { Denoise } from "../../wasm-model/sampling/sampler.ts";
import { Epochs, unitRange } from "../data/batches.ts";
import type { Dataset } from "../data/dataset.ts";
import { draw } from "../network/draw.ts";
import { placeWeights, type Tf, tensorOps } from "../network/score-network.ts";
import { KernelDistance } from "./kernel-distance.ts";

/** Features of B images [B, H, W, C]: a matrix [B, FEATURES] for each part. */
export interface FeatureSpace {
  readonly parts: number;
  /** Values beyond the data range are clipped, as in an image's bytes. `stream` names the random stream of the noise. */
  features(images: TF.Tensor, stream: string): TF.Tensor2D[];
}

/** Random projections of a part's map. */
const FEATURES = 96;

/** Standard normals. */
function normals(tf: Tf, stream: string, shape: readonly number[]): TF.Tensor {
  const values = new Float32Array(shape.reduce((product, n) => product * n, 1));
  gaussians(seedState(stream), 0, values);
  return tf.tensor(values, [...shape]);
}

/** Noise levels at which the network sees images: the noise hides details that only a network would notice. */
const SIGMAS = [0.25, 0.5];

/**
 * The network's own maps of an image under a little noise (after Sauer et al. 2024, "Latent adversarial diffusion
 * distillation", whose discriminator uses such maps). At each of SIGMAS two layers' inputs are used, at a quarter of
 * the image's size: those of the encoder's last layer and of the layer after the decoder. Their positive values are
 * projected at random. They are not averaged over places, since means say little about what a classifier sees
 * (training/LOG.md).
 */
export function ownSpace(tf: Tf, { card: { spec }, weights }: ModelContents): FeatureSpace {
  const placed = placeWeights(tf, spec, weights.floats);
  const watched = [`enc.1.${spec.encoderBlocks[1] - 1}.conv1`, "up"];
  const places = (spec.height / 4) * (spec.width / 4) * spec.widths[1];
  const projections = SIGMAS.map((sigma) =>
    watched.map((path) => tf.mul(normals(tf, `projections/${sigma}/${path}`, [places, FEATURES]), 2 / Math.sqrt(places)) as TF.Tensor2D),
  );
  const mapsOf = (x: TF.Tensor, sigma: number): TF.Tensor2D[] => {
    const maps = new Map<string, TF.Tensor>();
    const ops = tensorOps(tf, placed);
    const { conv } = ops;
    ops.conv = (map, path, shape) => {
      if (watched.includes(path)) maps.set(path, tf.relu(map));
      return conv(map, path, shape);
    };
    const [batch] = x.shape as [number];
    scoreNetwork(ops, spec, { x, sigma: tf.fill([batch, 1], sigma), label: tf.zeros([batch, spec.classes]) });
    return watched.map((path) => tf.reshape(maps.get(path) as TF.Tensor, [-1, places]) as TF.Tensor2D);
  };
  return {
    parts: SIGMAS.length * watched.length,
    features: (images, stream) =>
      SIGMAS.flatMap((sigma, s) => {
        const noise = tf.mul(normals(tf, `${stream}/${sigma}`, images.shape), sigma);
        const noisy = tf.add(tf.clipByValue(images, -1, 1), noise);
        return mapsOf(noisy, sigma).map((map, p) => tf.matMul(map, projections[s][p]));
      }),
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

/** The number of training images in the comparison. */
const REFERENCE = { most: 4000, forEachImage: 10 } as const;
const BATCH = 100;

/**
 * The distance of images that the network draws with a card's settings, the mean over the parts of its features,
 * without a unit; the largest number if the images are not finite. The training images' features are computed at the
 * first measurement and kept.
 */
export function ownDistances(
  tf: Tf,
  { dataset, model, images, seed }: DistanceSource,
): (card: ModelCard, denoise: Denoise) => Promise<number> {
  const { train } = dataset;
  const { spec } = model.card;
  const space = ownSpace(tf, model);
  const order = new Epochs(train.count, seedState(`${seed}/order`));
  const count = Math.min(REFERENCE.most, REFERENCE.forEachImage * images, train.count);
  const chosen = Array.from({ length: count }, (_, i) => order.imageAt(i));

  /** Features, by part, of `total` images; `batchAt` returns those from `start` to `end` as bytes of the data's size. */
  const featuresOf = async (total: number, batchAt: (start: number, end: number) => Promise<Uint8Array>): Promise<Float32Array[]> => {
    const all = Array.from({ length: space.parts }, () => new Float32Array(total * FEATURES));
    for (let start = 0; start < total; start += BATCH) {
      const end = Math.min(start + BATCH, total);
      const images = unitRange(padded(await batchAt(start, end), model.card));
      const parts = tf.tidy(() =>
        space.features(tf.tensor(images, [end - start, spec.height, spec.width, spec.channels]), `${seed}/${start}`),
      );
      for (const [p, part] of parts.entries()) all[p].set(part.dataSync(), start * FEATURES);
      tf.dispose(parts);
    }
    return all;
  };

  const shape = nativeShape(model.card);
  let distances: KernelDistance[] | undefined;
  return async (card, denoise) => {
    distances ??= (
      await featuresOf(count, async (start, end) => Buffer.concat(chosen.slice(start, end).map((image) => train.images(image, image + 1))))
    ).map((rows) => new KernelDistance(tf, rows, FEATURES));
    const drawn = await featuresOf(images, async (start, end) => {
      const classes = chosen.slice(start, end).map((image) => train.labels[image]);
      const values = await draw(card, denoise, { classes, seed, first: start });
      const size = values.length / classes.length;
      return Buffer.concat(classes.map((_, i) => toImage(values.subarray(i * size, (i + 1) * size), shape, card).pixels));
    });
    const mean = distances.reduce((sum, distance, p) => sum + distance.of(drawn[p]), 0) / space.parts;
    return Number.isFinite(mean) ? mean : Number.MAX_VALUE;
  };
}
