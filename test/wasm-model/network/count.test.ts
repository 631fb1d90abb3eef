import { expect, it } from "vitest";
import { macsOf, parametersOf, quantizedPathsOf } from "../../../wasm-model/network/count.ts";
import { NETWORKS, type NetworkName, type NetworkSpec } from "../../../wasm-model/network/spec.ts";

const specOf = (network: NetworkName, size = 28, channels: 1 | 3 = 1): NetworkSpec => ({
  ...{ height: size, width: size, channels, classes: 10, sigmaData: 0.7 },
  ...NETWORKS[network],
});
const sizeOf = (spec: NetworkSpec): number =>
  [...parametersOf(spec).values()]
    .filter(({ trainingOnly }) => !trainingOnly)
    .reduce((sum, { shape }) => sum + shape.reduce((product, n) => product * n, 1), 0);

it("parametersOf gives shape and kind by path, and what only training needs", () => {
  const parameters = parametersOf(specOf("m32"));
  expect(parameters.get("in")).toEqual({ shape: [32, 5, 3, 3], kind: "conv" });
  expect(parameters.get("enc.1.0.emb")).toEqual({ shape: [96, 96], kind: "linear" });
  expect(parameters.get("out.gain")).toEqual({ shape: [], kind: "gain" });
  expect(parameters.get("fourier.phases")).toEqual({ shape: [96], kind: "constant" });
  const trainingOnly = [...parameters].filter(([, parameter]) => parameter.trainingOnly).map(([path]) => path);
  expect(trainingOnly).toEqual(["emb.change", "logVariance", "logVariance.gain"]);
});

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

it("quantizedPathsOf names every convolution but the first, once", () => {
  const spec = specOf("s32");
  const convolutions = [...parametersOf(spec)].filter(([, { kind }]) => kind === "conv").map(([path]) => path);
  expect(quantizedPathsOf(spec)).toEqual(convolutions.filter((path) => path !== "in"));
});
