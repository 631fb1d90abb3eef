import { describe, expect, it } from "vitest";
import { samplingFor } from "../../../training/learning/sampling.ts";
import { memorySplit } from "../../../training/network/split.ts";
import { TINY } from "../../support/random-model.ts";

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
