import { expect, it } from "vitest";
import { macsOf, parametersOf } from "../../../wasm-model/network/count.ts";
import { NETWORKS, type NetworkName, type NetworkSpec } from "../../../wasm-model/network/spec.ts";

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
