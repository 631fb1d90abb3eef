import { describe, expect, it } from "vitest";
import { paddedChannels } from "../../../wasm-model/engine/geometry.ts";
import { instantiate } from "../../../wasm-model/engine/kernels.ts";
import * as layout from "../../../wasm-model/engine/layout.ts";
import { floatBits } from "../../../wasm-model/engine/memory.ts";
import { codeOf } from "../../../wasm-model/network/quantization.ts";
import { randomIntegers } from "../../support/random-numbers.ts";
import { BUILDS } from "./modules.ts";
import { throughEpilogue, Workbench } from "./workbench.ts";

const { fround } = Math;

/** Values all over the line, dense around 0, in eights. */
const VALUES = Float32Array.from({ length: 8000 }, (_, i) => ((i - 4000) / 4000) ** 3 * 100);

describe.each(BUILDS)("silu ($name)", ({ module }) => {
  it("differs from x / (1 + e^-x) by at most 3e-7 max(1, |x|)", async () => {
    const { siluOf } = await instantiate(module);
    for (const x of VALUES) expect(Math.abs(siluOf(x) - x / (1 + Math.exp(-x)))).toBeLessThanOrEqual(3e-7 * Math.max(1, Math.abs(x)));
  });

  it("tends to x and to 0 at the ends of the line", async () => {
    const { siluOf } = await instantiate(module);
    expect(siluOf(1e30)).toBe(fround(1e30));
    expect(Math.abs(siluOf(-1e4))).toBeLessThan(1e-30);
  });
});

describe.each(BUILDS)("codes ($name)", ({ module }) => {
  it("are the nearest integers, ties to even, plus the zero point, within 0..127", async () => {
    const ties = [-0.5, 0.5, 1.5, 2.5, 126.5, 127.5, -1e30];
    const values = Float32Array.of(...ties, 1e30, ...VALUES);
    for (const zeroPoint of [0, 1, 64, 127]) {
      const codes = await throughEpilogue(module, values, { [layout.ZERO_POINT]: zeroPoint });
      expect(codes).toEqual(Uint8Array.from(values, (x) => codeOf(x, { scale: 1, zeroPoint })));
    }
  });

  it("are in 0..127 even for NaN", async () => {
    const values = Float32Array.of(Number.NaN, Infinity, -Infinity, 1, Number.NaN, Infinity, -Infinity, 1);
    const codes = await throughEpilogue(module, values, { [layout.ZERO_POINT]: 10 });
    expect([...codes]).toEqual([0, 127, 0, 11, 0, 127, 0, 11]);
    for (const code of await throughEpilogue(module, values, { [layout.SILU]: 1 })) expect(code).toBeLessThanOrEqual(127);
  });

  it("follow silu", async () => {
    const { siluOf } = await instantiate(module);
    const factor = fround(9.7);
    const fields = { [layout.SILU]: 1, [layout.CODE_FACTOR]: floatBits(factor), [layout.ZERO_POINT]: 3 };
    const expected = Uint8Array.from(VALUES, (x) => codeOf(fround(siluOf(x) * factor), { scale: 1, zeroPoint: 3 }));
    expect(await throughEpilogue(module, VALUES, fields)).toEqual(expected);
  });
});

describe.each(BUILDS)("values ($name)", ({ module }) => {
  it.each([1, 2, 3, 5, 7])("are multiplied and summed in float32 on maps of %i x 2 x 3 pixels", async (half) => {
    const bench = await Workbench.on(module);
    const { memory } = bench;
    const size = { height: 2 * half, width: 6, channels: 19 };
    const channels = paddedChannels(size.channels);
    const length = size.height * size.width * channels;
    const next = randomIntegers(half, -1000, 1000);
    const random = (n: number): Float32Array => Float32Array.from({ length: n }, () => next() / 7);
    const [source, first, second, multipliers] = [random(length / 4), random(length), random(length), random(channels)];
    const out = bench.guarded(4 * length);
    bench.run({
      ...bench.epilogue(size, out, multipliers),
      [layout.KIND]: layout.UPSAMPLE,
      [layout.SOURCE]: memory.store(source),
      [layout.FIRST]: memory.store(first),
      [layout.FIRST_WEIGHT]: floatBits(0.3),
      [layout.SECOND]: memory.store(second),
      [layout.SECOND_WEIGHT]: floatBits(-1.7),
    });
    const expected = first.map((_, i) => {
      const [pixel, o] = [Math.floor(i / channels), i % channels];
      const [y, x] = [Math.floor(pixel / size.width), pixel % size.width];
      const value = source[((y >> 1) * (size.width / 2) + (x >> 1)) * channels + o];
      const product = fround(value * multipliers[o]);
      return fround(fround(product + fround(first[i] * fround(0.3))) + fround(second[i] * fround(-1.7)));
    });
    expect(memory.floats(out, length)).toEqual(expected);
  });

  it("of pooled maps are sums of 2x2 pixels", async () => {
    for (const [height, width] of [
      [1, 1],
      [3, 7],
      [16, 5],
      [2, 33],
    ]) {
      const bench = await Workbench.on(module);
      const size = { height, width, channels: 16 };
      const next = randomIntegers(height, -1000, 1000);
      const source = Float32Array.from({ length: 4 * height * width * 16 }, next); // integers: exact in any order
      const out = bench.guarded(4 * height * width * 16);
      bench.run({ ...bench.epilogue(size, out), [layout.KIND]: layout.POOL, [layout.SOURCE]: bench.memory.store(source) });
      const expected = Float32Array.from({ length: height * width * 16 }, (_, i) => {
        const [pixel, o] = [Math.floor(i / 16), i % 16];
        const [y, x] = [Math.floor(pixel / width), pixel % width];
        const at = (dy: number, dx: number): number => source[((2 * y + dy) * 2 * width + 2 * x + dx) * 16 + o];
        return at(0, 0) + at(0, 1) + at(1, 0) + at(1, 1);
      });
      expect(bench.memory.floats(out, expected.length)).toEqual(expected);
    }
  });
});
