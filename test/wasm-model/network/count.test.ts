import { describe, expect, it } from "vitest";
import { macsOf, parametersOf, quantizedPathsOf } from "../../../wasm-model/network/count.ts";
import { type NetworkSpec, PRESETS, type Preset } from "../../../wasm-model/network/spec.ts";

const specOf = (preset: Preset): NetworkSpec => ({ height: 28, width: 28, channels: 1, classes: 10, sigmaData: 0.7, ...PRESETS[preset] });
const sizeOf = (spec: NetworkSpec): number =>
  [...parametersOf(spec).values()].reduce((sum, { shape }) => sum + shape.reduce((product, n) => product * n, 1), 0);

describe("parametersOf", () => {
  it.each([
    ["s32", 0.384],
    ["m32", 0.784],
    ["m48", 0.687],
    ["s64", 1.531],
  ] as const)("%s has %f million", (preset, millions) => {
    expect(sizeOf(specOf(preset)) / 1e6).toBeCloseTo(millions, 3);
  });

  it("tells shape and kind by path, and what the loss alone needs", () => {
    const parameters = parametersOf(specOf("m32"));
    expect(parameters.get("in")).toEqual({ shape: [32, 5, 3, 3], kind: "conv" });
    expect(parameters.get("enc.1.0.emb")).toEqual({ shape: [96, 96], kind: "linear" });
    expect(parameters.get("out.gain")).toEqual({ shape: [], kind: "gain" });
    expect(parameters.get("fourier.phases")).toEqual({ shape: [96], kind: "constant" });
    const trainingOnly = [...parameters].filter(([, parameter]) => parameter.trainingOnly).map(([path]) => path);
    expect(trainingOnly).toEqual(["logVariance", "logVariance.gain"]);
  });

  it("fails on an architecture whose shapes do not fit", () => {
    expect(() => parametersOf({ ...specOf("m32"), height: 30 })).toThrow(
      "Expected shape of even height and width for `downsample` but received [15,14]",
    );
  });
});

describe("macsOf", () => {
  it.each([
    ["s32", 26],
    ["m32", 44],
    ["m48", 50],
    ["s64", 103],
  ] as const)("%s costs %d million multiply-accumulates", (preset, millions) => {
    expect(Math.round(macsOf(specOf(preset)) / 1e6)).toBe(millions);
  });
});

describe("quantizedPathsOf", () => {
  it("names every convolution but the first, once", () => {
    const spec = specOf("s32");
    const convolutions = [...parametersOf(spec)].filter(([, { kind }]) => kind === "conv").map(([path]) => path);
    expect(quantizedPathsOf(spec)).toEqual(convolutions.filter((path) => path !== "in"));
  });
});
