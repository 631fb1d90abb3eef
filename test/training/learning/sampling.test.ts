import { describe, expect, it } from "vitest";
import { fittedStart, samplingFor } from "../../../training/learning/sampling.ts";
import { memorySplit } from "../../../training/network/split.ts";
import type { NetworkSpec } from "../../../wasm-model/network/spec.ts";
import type { Start } from "../../../wasm-model/sampling/settings.ts";
import { TINY } from "../../support/random-model.ts";
import { normalValues } from "../../support/random-numbers.ts";

const SPEC: NetworkSpec = { ...TINY, height: 8, width: 12, channels: 3 };
const PIXELS = SPEC.height * SPEC.width;
const COUNT = 3000;

/**
 * Pictures of two classes of three: a level of their own, brighter by 0.5 in the second class; of the first channel the lower half has
 * half of that level.
 */
function pictures() {
  const levels = normalValues("levels", COUNT);
  const labels = Uint8Array.from({ length: COUNT }, (_, i) => i % 2);
  const bytes = Uint8Array.from({ length: COUNT * PIXELS * 3 }, (_, at) => {
    const [i, pixel] = [Math.floor(at / 3 / PIXELS), Math.floor(at / 3) % PIXELS];
    const isFaint = at % 3 === 0 && pixel >= PIXELS / 2;
    return Math.round(127.5 * (1 + (labels[i] === 1 ? 0.25 : -0.25) + 0.2 * levels[i] * (isFaint ? 0.5 : 1)));
  });
  return memorySplit(bytes, labels);
}

const blackAndWhite = memorySplit(new Uint8Array(2 * PIXELS * 3).fill(255, PIXELS * 3), [0, 1]);

describe("fittedStart", () => {
  const { squares, means, factor } = fittedStart(pictures(), { spec: SPEC });
  const row = (f: number) => factor.slice((f * (f + 1)) / 2, ((f + 1) * (f + 2)) / 2);
  const covariance = (f: number, g: number) => row(f).reduce((sum, value, i) => sum + value * (row(g)[i] ?? 0), 0);

  it("has the means of the classes, and that of all for a class without pictures", () => {
    expect([squares, ...means.map(({ length }) => length)]).toEqual([4, 48, 48, 48]);
    for (const [k, expected] of [-0.25, 0.25, 0].entries()) {
      for (const mean of means[k]) expect(Math.abs(mean - expected)).toBeLessThan(0.02);
    }
  });

  it("has the covariance within classes, square by square", () => {
    const [topLeft, topRight, bottomLeft, bottomRight, lastChannel] = [0, 3, 12, 15, 47];
    expect(covariance(topRight, topLeft)).toBeCloseTo(0.04, 2);
    expect(covariance(bottomLeft, topLeft)).toBeCloseTo(0.02, 2);
    expect(covariance(bottomRight, bottomLeft)).toBeCloseTo(0.01, 2);
    expect(covariance(lastChannel, topLeft)).toBeCloseTo(0.04, 2);
  });

  it("keeps a class of one picture near the others, and varies it", () => {
    const start = fittedStart(blackAndWhite, { spec: { ...SPEC, classes: 2 } });
    expect([start.means[0][0], start.means[1][0]]).toEqual([-0.2, 0.2]);
    expect(start.factor[0]).toBeCloseTo(0.8, 3);
    expect(fittedStart(blackAndWhite, { spec: { ...SPEC, classes: 2 }, mirror: true })).toEqual(start);
  });

  /** A picture that is white in its left half. */
  const half = memorySplit(
    Uint8Array.from({ length: PIXELS * 3 }, (_, at) => (Math.floor(at / 3) % 12 < 6 ? 255 : 0)),
    [0],
  );
  const rowOf = ({ means: [mean] }: Pick<Start, "means">) => mean.slice(0, 4);

  it("is of both sides of pictures that training mirrors", () => {
    expect(rowOf(fittedStart(half, { spec: { ...SPEC, classes: 1 } }))).toEqual([1, 1, -1, -1]);
    expect(rowOf(fittedStart(half, { spec: { ...SPEC, classes: 1 }, mirror: true }))).toEqual([0, 0, 0, 0]);
  });

  it("is of pictures where they lie in the network's image, with their border repeated", () => {
    const frame = { spec: { ...SPEC, width: 24, classes: 1 }, crop: { top: 0, left: 6, height: 8, width: 12 } };
    expect(rowOf(fittedStart(half, frame))).toEqual([1, 1, -1, -1]);
  });
});

describe("samplingFor", () => {
  const pictures = (size: number) => memorySplit(new Uint8Array(size * size), [0]);
  const of = (size: number, palette?: readonly string[]) => {
    const { steps, start } = samplingFor(pictures(size), { spec: { ...TINY, height: size, width: size }, palette });
    return [steps, start?.sigmaMax];
  };

  it.each([
    [16, 14, 7, 8],
    [24, 12, 7, 8],
    [32, 7, 7, 8],
    [64, 7, 7, 16],
  ])("draws pixel art of %d pixels at %d noise levels, else %d, from %d", (size, pixelArt, plain, sigmaMax) => {
    expect([of(size, ["000000", "ffffff"]), of(size)]).toEqual([
      [pixelArt, sigmaMax],
      [plain, sigmaMax],
    ]);
  });
});
