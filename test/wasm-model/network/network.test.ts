import { expect, it } from "vitest";
import { macsOf, parametersOf } from "../../../wasm-model/network/count.ts";
import { rangeOf, roundHalfEven } from "../../../wasm-model/network/quantization.ts";
import { NETWORKS, type NetworkName, type NetworkSpec } from "../../../wasm-model/network/spec.ts";
import { oracleDenoiser } from "../../support/oracle.ts";
import { largestDifference, randomInput, randomModel, TINY, UNCONDITIONAL } from "../../support/random-model.ts";

it("takes no notice of its class if it is unconditional, and computes what the same weights give without a class", async () => {
  const { weights } = randomModel({ ...TINY, classes: 1 }, 3, "fp32");
  const { x } = randomInput(TINY, 1, 1, 3);
  const drawn = async (spec: typeof TINY, label: number) => (await oracleDenoiser(spec, weights)).denoise(x, 1, Float32Array.of(label));
  const unconditional = await drawn(UNCONDITIONAL, 0);
  expect(await drawn(UNCONDITIONAL, 1)).toEqual(unconditional);
  expect(largestDifference(unconditional, await drawn({ ...TINY, classes: 1 }, 0))).toBeLessThan(1e-6);
});

const specOf = (network: NetworkName, size = 28, channels: 1 | 3 = 1): NetworkSpec => ({
  ...{ height: size, width: size, channels, classes: 10, sigmaData: 0.7 },
  ...NETWORKS[network],
});
const sizeOf = (spec: NetworkSpec): number =>
  [...parametersOf(spec).values()]
    .filter(({ trainingOnly }) => !trainingOnly)
    .reduce((sum, { shape }) => sum + shape.reduce((product, n) => product * n, 1), 0);

it.each([
  ["s32", 28, 1, 26, 0.384],
  ["m32", 28, 1, 44.2, 0.784],
  ["m32", 32, 3, 58.9, 0.79],
  ["s32x3", 32, 3, 54.4, 1.69],
  ["s32x3", 64, 3, 217.2, 1.69],
] as const)("%s at %d pixels in %d channels costs %f million multiply-accumulates, and has %f million parameters", (...network) => {
  const [name, size, channels, macs, parameters] = network;
  expect(macsOf(specOf(name, size, channels)) / 1e6).toBeCloseTo(macs, 1);
  expect(sizeOf(specOf(name, size, channels)) / 1e6).toBeCloseTo(parameters, 2);
});

it.each([
  [-2.5, -2],
  [-1.5, -2],
  [-0.5, 0],
  [0.49999999999999994, 0],
  [0.5, 0],
  [1.5, 2],
  [2.5, 2],
  [2.4999, 2],
  [-7.51, -8],
  [126.5, 126],
])("roundHalfEven rounds %f to %d", (x, expected) => {
  expect(roundHalfEven(x) + 0).toBe(expected);
});

it("each end of a quantizer's range is that of its codes", () => {
  expect(rangeOf({ scale: 0.5, zeroPoint: 10 })).toEqual([-5, 58.5]);
});
