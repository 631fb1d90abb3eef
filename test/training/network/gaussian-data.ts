/** White Gaussian data of TINY's size, and a network's loss on them. */
import type { Tensor } from "@tensorflow/tfjs";
import { weightedLoss } from "../../../training/network/loss.ts";
import type { Tf } from "../../../training/network/score-network.ts";
import { oneHot } from "../../../training/network/split.ts";
import { TINY } from "../../support/random-model.ts";
import { normalValues } from "../../support/random-numbers.ts";

const MEAN = 0.3;
export const STD = 0.25;
const PIXELS = TINY.height * TINY.width;

/** `size` images of N(mean, std^2) with noise, noise levels and labels. Draws the same for the same `step`. */
export function batch(size: number, step: number) {
  return {
    clean: normalValues("clean", size * PIXELS, step).map((value) => MEAN + STD * value),
    noise: normalValues("noise", size * PIXELS, step),
    sigma: normalValues("sigma", size, step).map((value) => Math.exp(-0.9 + 1.3 * value)),
    label: oneHot(new Uint8Array(size), TINY.classes),
  };
}

/** The mean weighted loss over `size` images at one noise level. */
export function lossAt(tf: Tf, weights: ReadonlyMap<string, Tensor>, sigma: number, size: number): number {
  const { clean, noise, label } = batch(size, 1_000_000);
  return tf.tidy(() => {
    const images = [size, TINY.height, TINY.width, 1];
    const loss = weightedLoss(
      { tf, spec: TINY, weights },
      {
        clean: tf.tensor(clean, images),
        noise: tf.tensor(noise, images),
        sigma: tf.fill([size, 1], sigma),
        label: tf.tensor(label, [size, TINY.classes]),
      },
    );
    return tf.mean(loss).dataSync()[0];
  });
}
