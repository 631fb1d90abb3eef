import type * as TF from "@tensorflow/tfjs";
import { beforeAll, expect, it } from "vitest";
import { turn } from "../../../../training/data/augment.ts";
import { normalizedRelu } from "../../../../training/measure/classifiers/trunks.ts";
import type { Tf } from "../../../../training/network/score-network.ts";
import { gaussians, seedState } from "../../../../wasm-model/sampling/random.ts";
import { wasmBackend } from "../../../support/wasm-backend.ts";

let tf: Tf;
beforeAll(async () => {
  tf = await wasmBackend();
});

function normals(seed: string, shape: number[]): TF.Tensor {
  const values = new Float32Array(shape.reduce((product, n) => product * n, 1));
  gaussians(seedState(seed), 0, values);
  return tf.tensor(values, shape);
}

it("a normalized map has the value and the gradients that the chain rule gives", () => {
  const [shape, channels] = [[3, 4, 5, 6], [6]];
  const inputs = [normals("x", shape), normals("gain", channels), normals("bias", channels)] as const;
  const weight = normals("weight", shape);
  const plain = (x: TF.Tensor, gain: TF.Tensor, bias: TF.Tensor): TF.Tensor => {
    const rows = tf.reshape(x, [3, -1]);
    const centred = tf.sub(rows, tf.mean(rows, 1, true));
    const n = tf.reshape(tf.mul(centred, tf.rsqrt(tf.add(tf.mean(tf.square(centred), 1, true), 1e-6))), shape);
    return tf.relu(tf.add(tf.mul(n, gain), bias));
  };
  const own = (x: TF.Tensor, gain: TF.Tensor, bias: TF.Tensor): TF.Tensor => normalizedRelu(tf, x, gain, bias);
  const [expected, received] = [plain, own].map((f) => {
    const gradients = tf.grads((...args: TF.Tensor[]) => tf.sum(tf.mul(f(...(args as [TF.Tensor, TF.Tensor, TF.Tensor])), weight)));
    return [f(...inputs), ...gradients([...inputs])].map((tensor) => [...tensor.dataSync()]);
  }) as [number[][], number[][]];
  for (const [i, values] of expected.entries()) {
    for (const [at, value] of values.entries()) expect(received[i]?.[at]).toBeCloseTo(value, 3);
  }
});

const grid = { height: 5, width: 5, channels: 2 } as Parameters<typeof turn>[0];
const image = () => Float32Array.from({ length: 50 }, (_, at) => (at * 7) % 13);
const turned = (degrees: number, scale: number): number[] => {
  const own = image();
  turn(grid, own, degrees, scale);
  return [...own];
};

it("an image rotated by 90 degrees has its rows as columns, and is the same if not rotated", () => {
  const own = image();
  const at = (y: number, x: number, c: number): number => own[(y * 5 + x) * 2 + c];
  const quarter = Array.from({ length: 50 }, (_, i) => at(4 - (Math.floor(i / 2) % 5), Math.floor(i / 10), i % 2));
  const opposite = Array.from({ length: 50 }, (_, i) => at(Math.floor(i / 2) % 5, 4 - Math.floor(i / 10), i % 2));
  const near = (a: number[], b: number[]): boolean => a.every((value, i) => Math.abs(value - b[i]) < 1e-4);
  expect(turned(0, 1)).toEqual([...own]);
  expect([near(turned(90, 1), quarter), near(turned(90, 1), opposite)].filter(Boolean)).toHaveLength(1);
  expect(near(turned(180, 1), turned(-180, 1))).toBe(true);
});

it("an image made larger keeps its middle and loses its border", () => {
  const large = turned(0, 2);
  const own = image();
  expect(large.slice(24, 26)).toEqual([...own.slice(24, 26)]); // the middle pixel of 5 x 5
  expect(large[0]).toBe(own[12]); // corners show what was half as far from the middle
});
