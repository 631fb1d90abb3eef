/** Nearest neighbours. */
import { expect, it } from "vitest";
import { nearestImages } from "../../../training/measure/neighbours.ts";
import { memorySplit } from "../../../training/network/split.ts";
import { randomIntegers } from "../../support/random-numbers.ts";
import { wasmBackend } from "../../support/wasm-backend.ts";

const tf = await wasmBackend();

const SIZE = 5;

const images = (seed: number, count: number): Uint8Array => Uint8Array.from({ length: count * SIZE }, randomIntegers(seed, 0, 255));

it.each([false, true])(
  "are those of plain loops, over more images than are read at a time; without the image itself: %s",
  async (other) => {
    const references = images(1, 3000);
    const points = other ? references.subarray(0, 37 * SIZE) : images(2, 37);
    const own = other ? Array.from({ length: 37 }, (_, i) => i) : undefined;
    const found = await nearestImages(tf, points, memorySplit(references, new Uint8Array(3000)), SIZE, own);
    for (const [i, { index, distance }] of found.entries()) {
      const distances = Array.from({ length: 3000 }, (_, k) =>
        other && k === i
          ? Number.POSITIVE_INFINITY
          : Math.hypot(...Array.from({ length: SIZE }, (_, j) => (points[i * SIZE + j] - references[k * SIZE + j]) / 127.5)),
      );
      expect(Math.abs(distance - Math.min(...distances))).toBeLessThan(1e-3);
      expect(Math.abs(distances[index] - distance)).toBeLessThan(1e-3);
    }
  },
);
