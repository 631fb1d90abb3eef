import { describe, expect, it } from "vitest";
import type { QuantizedConv, Weights } from "../../../wasm-model/network/quantization.ts";
import { ReferenceOps, type Tensor } from "../../../wasm-model/network/reference.ts";
import { gaussianSource } from "../../support/random-model.ts";

const tensor = (shape: number[], values: ArrayLike<number>): Tensor => ({ shape, data: Float64Array.from(values) });
const withFloats = (floats: Record<string, number[]>): ReferenceOps =>
  new ReferenceOps({
    floats: new Map(Object.entries(floats).map(([path, values]) => [path, Float32Array.from(values)])),
    convolutions: new Map(),
  });
const ops = withFloats({});
/** 0, 1, 2, ... */
const counting = (shape: number[]): Tensor =>
  tensor(
    shape,
    Array.from({ length: shape.reduce((product, n) => product * n, 1) }, (_, i) => i),
  );

describe("the reference's operations", () => {
  it("silu is x sigmoid(x) / 0.596", () => {
    const { data } = ops.silu(tensor([1, 3], [0, Math.log(3), -Math.log(3)]));
    expect([...data]).toEqual([0, (Math.log(3) * 0.75) / 0.596, (-Math.log(3) * 0.25) / 0.596].map((v) => expect.closeTo(v, 12)));
  });

  it("mpSum keeps the magnitude of independent terms", () => {
    expect(ops.mpSum(tensor([1, 1], [1]), tensor([1, 1], [2]), 0.3).data[0]).toBeCloseTo((0.7 + 0.6) / Math.hypot(0.7, 0.3), 12);
  });

  it("fourier is sqrt2 cos(2 pi (f v + p))", () => {
    const { data } = withFloats({ "f.frequencies": [1, 2], "f.phases": [0, 0.25] }).fourier(tensor([1, 1], [0.125]), "f", 2);
    expect([...data]).toEqual([expect.closeTo(1, 6), expect.closeTo(-Math.SQRT2, 6)]);
  });

  it("spaceToDepth puts pixel (dy, dx) of channel c into channel (2 dy + dx) C + c, and depthToSpace undoes it", () => {
    const image = counting([1, 2, 2, 2]); // channel 0: 0 1 / 2 3, channel 1: 4 5 / 6 7
    const deep = ops.spaceToDepth(image);
    expect(deep.shape).toEqual([1, 8, 1, 1]);
    expect([...deep.data]).toEqual([0, 4, 1, 5, 2, 6, 3, 7]);
    expect(ops.depthToSpace(ops.spaceToDepth(counting([2, 3, 4, 6])))).toEqual(counting([2, 3, 4, 6]));
  });

  it("downsample averages and upsample repeats", () => {
    expect([...ops.downsample(counting([1, 1, 2, 4])).data]).toEqual([2.5, 4.5]);
    expect([...ops.upsample(counting([1, 1, 1, 2])).data]).toEqual([0, 0, 1, 1, 0, 0, 1, 1]);
  });

  it("appendOne adds a channel of ones behind each image's own", () => {
    expect([...ops.appendOne(counting([2, 1, 1, 2])).data]).toEqual([0, 1, 1, 1, 2, 3, 1, 1]);
  });

  it("modulate takes one factor per channel or per image", () => {
    const maps = tensor([2, 2, 1, 1], [1, 1, 1, 1]);
    expect([...ops.modulate(maps, tensor([2, 2], [1, 2, 3, 4])).data]).toEqual([1, 2, 3, 4]);
    expect([...ops.modulate(maps, tensor([2, 1], [5, 6])).data]).toEqual([5, 5, 6, 6]);
  });

  it("conv correlates, with zeros around the map", () => {
    const reference = withFloats({ c: [1, 2, 3, 4, 5, 6, 7, 8, 9] });
    const { data } = reference.conv(tensor([1, 1, 2, 2], [1, 0, 0, 10]), "c", { inputs: 1, outputs: 1, kernel: 3 });
    expect([...data]).toEqual([5 + 90, 4 + 80, 2 + 60, 1 + 50]);
  });
});

describe("the reference's int8 convolution", () => {
  const gaussian = gaussianSource(1);
  const conv: QuantizedConv = {
    weights: Int8Array.from({ length: 3 * 2 * 9 }, () => Math.round(gaussian() * 50)),
    scales: Float32Array.of(0.01, 0.02, 0.5),
    input: { scale: 0.25, zeroPoint: 40 },
  };
  const int8: Weights = { floats: new Map(), convolutions: new Map([["c", conv]]) };
  const real = Array.from(conv.weights, (w, i) => w * conv.scales[Math.floor(i / 18)]);
  const shape = { inputs: 2, outputs: 3, kernel: 3 } as const;

  it("equals the float convolution of the real values that the codes stand for, with real zeros as its border", () => {
    const x = tensor(
      [1, 2, 3, 3],
      Array.from({ length: 18 }, () => Math.round(gaussian() * 20) * conv.input.scale),
    );
    const reference = new ReferenceOps(int8);
    const { data } = reference.conv(reference.quantize(x, "c"), "c", shape);
    const expected = new ReferenceOps({ floats: new Map([["c", Float32Array.from(real)]]), convolutions: new Map() }).conv(x, "c", shape);
    expect([...data]).toEqual([...expected.data].map((v) => expect.closeTo(v, 4)));
  });

  it("saturates a map that is out of range", () => {
    const reference = new ReferenceOps(int8);
    const codes = reference.quantize(tensor([1, 2, 1, 1], [1e30, -1e30]), "c");
    expect([...codes.data]).toEqual([127, 0]);
  });
});
