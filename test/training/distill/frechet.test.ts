import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { admit, covarianceOf, emptyPopulation, FrechetLoss } from "../../../training/distill/frechet.ts";
import { frechetDistance, momentsOf } from "../../../training/measure/frechet.ts";
import { gaussians, seedState } from "../../../wasm-model/sampling/random.ts";

const SIZE = 3;
const CLASSES = 2;
/** Images that are their own features. */
const SPACE = { sizes: [SIZE], features: (images: tf.Tensor) => [images as tf.Tensor2D] };

function rows(seed: string, count: number, scale: number, shift: number): Float32Array {
  const values = new Float32Array(count * SIZE);
  gaussians(seedState(seed), 0, values);
  return values.map((value, i) => shift + scale * (1 + (i % SIZE)) * value);
}
const classesOf = (count: number) => Uint16Array.from({ length: count }, (_, i) => i % CLASSES);

describe("a running population", () => {
  it("has the moments of all its images, until the window is full", () => {
    const all = rows("a", 60, 1, 0.5);
    const population = emptyPopulation(SIZE, CLASSES);
    for (let i = 0; i < 3; i++) admit(population, all.subarray(i * 20 * SIZE, (i + 1) * 20 * SIZE), classesOf(20), 1000);
    const { mean, covariance } = momentsOf(all, SIZE);
    population.mean.forEach((value, i) => {
      expect(value).toBeCloseTo(mean[i], 5);
    });
    const scale = 59 / 60; // over N, not N - 1
    covarianceOf(population)
      .to1DArray()
      .forEach((value, i) => {
        expect(value).toBeCloseTo(scale * covariance.to1DArray()[i], 5);
      });
    for (let k = 0; k < CLASSES; k++) {
      const own = [...all].filter((_, at) => Math.floor(at / SIZE) % CLASSES === k && at % SIZE === 1);
      expect(population.classMeans[k * SIZE + 1]).toBeCloseTo(own.reduce((sum, v) => sum + v, 0) / own.length, 5);
    }
  });

  it("forgets what came before the window", () => {
    const population = emptyPopulation(SIZE, CLASSES);
    admit(population, rows("old", 100, 1, 100), classesOf(100), 200);
    for (let i = 0; i < 60; i++) admit(population, rows(`new/${i}`, 20, 1, 0), classesOf(20), 200);
    expect(Math.abs(population.mean[0])).toBeLessThan(0.5);
  });
});

describe("the loss", () => {
  it("has the gradient of the Fréchet distance of a population of one batch", async () => {
    await tf.setBackend("cpu");
    const count = 12;
    const features = rows("g", count, 1, 0);
    const real = { ...momentsOf(rows("r", 500, 1.5, 0.7), SIZE), classMeans: new Float64Array(CLASSES * SIZE) };
    const lossOf = () => new FrechetLoss(tf, SPACE, [real], [emptyPopulation(SIZE, CLASSES)], { window: count, classWeight: 0 });
    const gradient = tf
      .grad((x) => lossOf().objective(x, classesOf(count), "s", [1]))(tf.tensor2d(features, [count, SIZE]))
      .dataSync();

    const distance = (values: Float32Array): number => {
      const loss = lossOf();
      loss.admit(tf.tensor2d(values, [count, SIZE]), classesOf(count), "s");
      return loss.distances[0];
    };
    for (const at of [0, 7, 22]) {
      const [above, below] = [1, -1].map((sign) => distance(features.map((v, i) => (i === at ? v + sign * 0.01 : v))));
      expect(gradient[at]).toBeCloseTo((above - below) / 0.02, 2);
    }
    expect(distance(features)).toBeCloseTo(
      frechetDistance({ ...momentsOf(features, SIZE), covariance: momentsOf(features, SIZE).covariance.mul((count - 1) / count) }, real),
      4,
    );
  });

  it("pulls each class's mean towards the real images' mean", async () => {
    await tf.setBackend("cpu");
    const features = rows("c", 8, 1, 0);
    const moments = momentsOf(rows("c", 8, 1, 0), SIZE);
    const classMeans = Float64Array.from({ length: CLASSES * SIZE }, (_, i) => (i < SIZE ? 5 : -5));
    const loss = new FrechetLoss(tf, SPACE, [{ ...moments, classMeans }], [emptyPopulation(SIZE, CLASSES)], {
      window: 8,
      classWeight: 100,
    });
    const gradient = tf
      .grad((x) => loss.objective(x, classesOf(8), "s", [1]))(tf.tensor2d(features, [8, SIZE]))
      .dataSync();
    gradient.forEach((g, at) => {
      expect(Math.sign(g)).toBe(Math.floor(at / SIZE) % CLASSES === 0 ? -1 : 1);
    });
  });
});
