import { describe, expect, it } from "vitest";
import { memorySplit } from "../../../training/network/split.ts";
import type { NetworkSpec } from "../../../wasm-model/network/spec.ts";
import { gaussianSource, TINY } from "../../support/random-model.ts";
import { gaussianStart } from "../gaussian-start.ts";

const SPEC: NetworkSpec = { ...TINY, channels: 3 };
const PIXELS = 8 * 8;
const COUNT = 3000;

/**
 * Images of two classes: a level of their own, brighter by 0.5 in the second class, and of the first channel the lower
 * half is darker by half of that level.
 */
function images() {
  const gaussian = gaussianSource(3);
  const labels = Uint8Array.from({ length: COUNT }, (_, i) => i % 2);
  const bytes = new Uint8Array(COUNT * PIXELS * 3);
  for (let i = 0; i < COUNT; i++) {
    const level = 0.2 * gaussian();
    for (let at = 0; at < PIXELS; at++) {
      for (let c = 0; c < 3; c++) {
        const value = (labels[i] === 1 ? 0.25 : -0.25) + level * (c === 0 && at >= PIXELS / 2 ? 0.5 : 1);
        bytes[(i * PIXELS + at) * 3 + c] = Math.round(127.5 * (Math.min(Math.max(value, -1), 1) + 1));
      }
    }
  }
  return memorySplit(bytes, labels);
}

describe("gaussianStart", () => {
  it("has the means of the classes and the covariance within them", () => {
    const start = gaussianStart(images(), SPEC);
    expect(start).toMatchObject({ squares: 4, spread: 1, extrapolation: 1 });
    expect(start.means.map(({ length }) => length)).toEqual([48, 48, 48]);
    for (const [k, expected] of [-0.25, 0.25].entries()) {
      for (const mean of start.means[k]) expect(Math.abs(mean - expected)).toBeLessThan(0.02);
    }
    const row = (f: number) => start.factor.slice((f * (f + 1)) / 2, ((f + 1) * (f + 2)) / 2);
    const covariance = (f: number, g: number) => {
      const [a, b] = [row(f), row(g)];
      return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
    };
    expect(covariance(0, 0)).toBeCloseTo(0.04, 2); // top left, first channel
    expect(covariance(15, 0)).toBeCloseTo(0.02, 2); // bottom right, first channel
    expect(covariance(15, 15)).toBeCloseTo(0.01, 2);
    expect(covariance(47, 0)).toBeCloseTo(0.04, 2); // the last channel is as bright below
  });
});
