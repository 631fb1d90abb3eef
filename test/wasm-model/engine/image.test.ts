import { describe, expect, it } from "vitest";
import * as layout from "../../../wasm-model/engine/layout.ts";
import { floatBits } from "../../../wasm-model/engine/memory.ts";
import { randomIntegers } from "../../support/random-numbers.ts";
import { BUILDS } from "./modules.ts";
import { Workbench } from "./workbench.ts";

describe.each(BUILDS)("image steps ($name)", ({ module }) => {
  it.each([
    [1, 2, 2],
    [1, 28, 28],
    [3, 4, 14],
    [3, 32, 24],
    [2, 30, 6],
  ])("take %i channels of %i x %i pixels into a map of half the size, and back", async (channels, height, width) => {
    const bench = await Workbench.on(module);
    const { memory } = bench;
    const length = channels * height * width;
    const image = Float32Array.from({ length }, randomIntegers(7, -100, 100));
    const pixelBytes = 4 * (4 * channels + 1);
    const rowBytes = (width / 2) * pixelBytes;
    const map = bench.guarded((height / 2) * rowBytes);
    const common = {
      [layout.HEIGHT]: height,
      [layout.WIDTH]: width,
      [layout.OUTPUTS]: channels,
      [layout.SOURCE]: memory.store(image),
      [layout.IMAGE_MAP]: map,
      [layout.IMAGE_MAP_ROW]: rowBytes,
      [layout.IMAGE_MAP_PIXEL]: pixelBytes,
    };
    bench.run({ ...common, [layout.KIND]: layout.IMAGE_IN, [layout.IMAGE_FACTOR]: floatBits(0.5) });
    for (const [c, y, x] of [
      [0, 0, 0],
      [channels - 1, height - 1, width - 2],
      [0, 1, 1],
    ]) {
      const pixel = memory.floats(map + (y >> 1) * rowBytes + (x >> 1) * pixelBytes, 4 * channels);
      expect(pixel[(2 * (y % 2) + (x % 2)) * channels + c]).toBe(image[(c * height + y) * width + x] / 2);
    }

    const result = bench.guarded(4 * length);
    bench.run({ ...common, [layout.KIND]: layout.IMAGE_OUT, [layout.IMAGE_FACTOR]: floatBits(2), [layout.IMAGE_RESULT]: result });
    expect(memory.floats(result, length)).toEqual(image.map((value) => 2 * value + value / 2));
  });
});

describe.each(BUILDS)("linear layer ($name)", ({ module }) => {
  it.each([1, 2, 3, 10, 33, 96])("of %i inputs gives the sums of plain loops", async (inputs) => {
    for (const outputs of [1, 8, 19]) {
      const bench = await Workbench.on(module);
      const next = randomIntegers(inputs, -50, 50); // integers: exact in any order
      const rows = Float32Array.from({ length: outputs * inputs }, next);
      const v = Float32Array.from({ length: inputs }, next);
      const y = bench.guarded(4 * outputs);
      bench.kernels.linear(bench.memory.store(v), bench.memory.store(rows), y, inputs, outputs);
      const expected = Float32Array.from({ length: outputs }, (_, o) => v.reduce((sum, value, i) => sum + value * rows[o * inputs + i], 0));
      expect(bench.memory.floats(y, outputs)).toEqual(expected);
      bench.expectGuards();
    }
  });
});
