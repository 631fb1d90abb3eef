import { beforeAll, expect, it } from "vitest";
import type { Tf } from "../../../training/network/score-network.ts";
import { wasmBackend } from "../../support/wasm-backend.ts";
import { maxPool } from "../classifiers/trunks.ts";

let tf: Tf;
beforeAll(async () => {
  tf = await wasmBackend();
});

it("takes the largest of four values and gives the gradient to it alone, also for negative values", () => {
  const windows = tf.tensor([-4, -3, -2, -1, 5, 8, 7, 6], [1, 2, 4, 1]); // two windows: -4, -3, 5, 8 and -2, -1, 7, 6
  const negative = tf.tensor([-4, -3, -2, -9], [1, 2, 2, 1]);
  expect([...maxPool(tf, windows).dataSync()]).toEqual([8, 7]);
  expect([...maxPool(tf, negative).dataSync()]).toEqual([-2]);
  const gradient = (x: typeof windows): number[] => [
    ...tf
      .grad((x) => tf.mul(maxPool(tf, x), 3))(x)
      .dataSync(),
  ];
  expect(gradient(windows)).toEqual([0, 0, 0, 0, 0, 3, 3, 0]);
  expect(gradient(negative)).toEqual([0, 0, 3, 0]);
});
