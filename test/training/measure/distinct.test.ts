/** All pairs of many images, and the number of distinct images that they tell of. */
import { beforeAll, describe, expect, it } from "vitest";
import { comparePairs, distinctImages, evenChance, identicalPairs } from "../../../training/measure/distinct.ts";
import type { Tf } from "../../../training/network/score-network.ts";
import { seedState, uniformInt } from "../../../wasm-model/sampling/random.ts";
import { wasmBackend } from "../../support/wasm-backend.ts";

let tf: Tf;
beforeAll(async () => {
  tf = await wasmBackend();
});

const integers = (seed: string, length: number, bound: number): number[] =>
  Array.from({ length }, (_, i) => uniformInt(seedState(`${seed}/${i}`), 0, bound));

describe("comparePairs", () => {
  it("finds what plain loops find, also for more images than a block holds", async () => {
    const [count, size] = [2100, 3];
    const images = Uint8Array.from(integers("bytes", count * size, 256));
    images.copyWithin(2099 * size, 0, size); // the last image is the first one
    const levels = [2, 9, 30];
    const counts = levels.map(() => 0);
    const distances: number[] = [];
    for (let first = 0; first < count; first++) {
      for (let second = first + 1; second < count; second++) {
        let sum = 0;
        for (let i = 0; i < size; i++) sum += (images[first * size + i] - images[second * size + i]) ** 2;
        const distance = Math.sqrt(sum / size);
        for (const [k, level] of levels.entries()) if (sum <= size * level * level) counts[k]++;
        if (distance < 6) distances.push(distance);
      }
    }
    const told: [number, number][] = [];
    const onProgress = (done: number, total: number) => told.push([done, total]);
    const pairs = await comparePairs(tf, images, size, { levels, most: 20, onProgress });
    expect(pairs.counts).toEqual(counts);
    expect(pairs.nearest.map(({ distance }) => distance)).toEqual(distances.sort((a, b) => a - b).slice(0, 20));
    expect(pairs.nearest).toContainEqual({ first: 0, second: 2099, distance: 0 });
    expect(told).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
  });

  it("takes fewer images than the pairs that it may keep", async () => {
    const pairs = await comparePairs(tf, Uint8Array.of(0, 0, 3, 4), 2, { levels: [1], most: 40 });
    expect(pairs).toEqual({ counts: [0], nearest: [{ first: 0, second: 1, distance: Math.sqrt(12.5) }] });
  });
});

it("counts each pair of identical images", () => {
  expect(identicalPairs(Uint8Array.of(1, 2, 1, 3, 1, 2, 1, 2), 2)).toBe(3);
});

describe("distinctImages", () => {
  it.each([10, 1000, 30_000])("estimates that there are %i, and its interval contains them most of the time", (distinct) => {
    const [count, trials] = [Math.ceil(3 * evenChance(distinct)), 40];
    const estimates = Array.from({ length: trials }, (_, trial) => {
      const drawn = integers(`${distinct}/${trial}`, count, distinct);
      const alike = drawn.reduce((sum, image, i) => sum + drawn.slice(0, i).filter((other) => other === image).length, 0);
      return distinctImages(count, alike);
    });
    const right = estimates.filter(({ atLeast, atMost }) => atLeast <= distinct && (atMost ?? Number.POSITIVE_INFINITY) >= distinct);
    expect(right.length).toBeGreaterThanOrEqual(0.9 * trials);
    const share = estimates.reduce((sum, { distinct: estimate }) => sum + (estimate === undefined ? 0 : 1 / estimate), 0) / trials;
    expect(1 / share / distinct).toBeGreaterThan(0.8);
    expect(1 / share / distinct).toBeLessThan(1.25);
  });

  it("has only a lower bound if no two are alike", () => {
    const { distinct, atLeast, atMost } = distinctImages(100_000, 0);
    expect([distinct, atMost]).toEqual([undefined, undefined]);
    expect(4_999_950_000 / atLeast).toBeCloseTo(3.67, 2); // the exact bound is 3.69
  });

  it("has the interval of a Poisson mean", () => {
    const { atLeast, atMost } = distinctImages(1001, 10);
    const exact = [500_500 / 18.39, 500_500 / 4.795];
    expect(atLeast / exact[0]).toBeCloseTo(1, 2);
    expect((atMost ?? 0) / exact[1]).toBeCloseTo(1, 2);
  });
});

it("knows the birthday paradox", () => expect(Math.round(evenChance(365))).toBe(22));
