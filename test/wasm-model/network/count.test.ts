import { describe, expect, it } from "vitest";
import { macsOf, parametersOf, quantizedPathsOf } from "../../../wasm-model/network/count.ts";
import { NETWORKS, type NetworkName, type NetworkSpec } from "../../../wasm-model/network/spec.ts";

const specOf = (network: NetworkName): NetworkSpec => ({
  height: 28,
  width: 28,
  channels: 1,
  classes: 10,
  sigmaData: 0.7,
  ...NETWORKS[network],
});
const inColour = (network: NetworkName, size: number): NetworkSpec => ({ ...specOf(network), height: size, width: size, channels: 3 });
const sizeOf = (spec: NetworkSpec): number =>
  [...parametersOf(spec).values()]
    .filter(({ trainingOnly }) => !trainingOnly)
    .reduce((sum, { shape }) => sum + shape.reduce((product, n) => product * n, 1), 0);

describe("parametersOf", () => {
  it.each([
    ["s32", 0.384],
    ["m32", 0.784],
  ] as const)("a model of %s has %f million", (network, millions) => {
    expect(sizeOf(specOf(network)) / 1e6).toBeCloseTo(millions, 3);
  });

  it("gives shape and kind by path, and what only training needs", () => {
    const parameters = parametersOf(specOf("m32"));
    expect(parameters.get("in")).toEqual({ shape: [32, 5, 3, 3], kind: "conv" });
    expect(parameters.get("enc.1.0.emb")).toEqual({ shape: [96, 96], kind: "linear" });
    expect(parameters.get("out.gain")).toEqual({ shape: [], kind: "gain" });
    expect(parameters.get("fourier.phases")).toEqual({ shape: [96], kind: "constant" });
    const trainingOnly = [...parameters].filter(([, parameter]) => parameter.trainingOnly).map(([path]) => path);
    expect(trainingOnly).toEqual(["emb.change", "logVariance", "logVariance.gain"]);
  });
});

describe("macsOf", () => {
  it.each([
    ["s32", 26],
    ["m32", 44],
  ] as const)("%s costs %d million multiply-accumulates", (network, millions) => {
    expect(Math.round(macsOf(specOf(network)) / 1e6)).toBe(millions);
  });

  it.each([
    ["m32", 32, 58.9, 0.79],
    ["s32x3", 32, 54.4, 1.69],
    ["s32x3", 64, 217.2, 1.69],
  ] as const)("%s in colour at %d pixels costs %f million, and has %f million parameters", (network, size, macs, parameters) => {
    expect(macsOf(inColour(network, size)) / 1e6).toBeCloseTo(macs, 1);
    expect(sizeOf(inColour(network, size)) / 1e6).toBeCloseTo(parameters, 2);
  });
});

describe("quantizedPathsOf", () => {
  it("names every convolution but the first, once", () => {
    const spec = specOf("s32");
    const convolutions = [...parametersOf(spec)].filter(([, { kind }]) => kind === "conv").map(([path]) => path);
    expect(quantizedPathsOf(spec)).toEqual(convolutions.filter((path) => path !== "in"));
  });
});
