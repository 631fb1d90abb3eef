import { describe, expect, it } from "vitest";
import { borderedBytes, borderedSize, firstInner, paddedChannels, pixelOffsets } from "../../../wasm-model/engine/geometry.ts";
import * as layout from "../../../wasm-model/engine/layout.ts";
import { randomIntegers } from "../../support/random-numbers.ts";
import { plain, relaxed } from "./modules.ts";
import { Workbench } from "./workbench.ts";

/** With more the sums of tiles of 4x4 could overflow. */
const MOST_INPUTS = 229;

const SIZES = [1, 2, 3, 4, 5, 6, 7, 8, 15, 16, 17, 31, 33];

interface Case {
  readonly height: number;
  readonly width: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: 1 | 3;
  readonly zeroPoint: number;
}

interface Data {
  /** [height][width][inputs] */
  readonly codes: ArrayLike<number>;
  /** [outputs][inputs][kernel][kernel] */
  readonly filters: ArrayLike<number>;
}

/** Sums of (code - zeroPoint) weight over windows with zeros outside: [height][width][outputs]. */
function convolve({ height, width, inputs, outputs, kernel, zeroPoint }: Case, { codes, filters }: Data): Float32Array {
  const border = (kernel - 1) / 2;
  const sums = new Float32Array(height * width * outputs);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let o = 0; o < outputs; o++) {
        let sum = 0;
        for (let dy = 0; dy < kernel; dy++) {
          for (let dx = 0; dx < kernel; dx++) {
            const [row, column] = [y + dy - border, x + dx - border];
            if (row < 0 || row >= height || column < 0 || column >= width) continue;
            for (let i = 0; i < inputs; i++) {
              sum += (codes[(row * width + column) * inputs + i] - zeroPoint) * filters[((o * inputs + i) * kernel + dy) * kernel + dx];
            }
          }
        }
        sums[(y * width + x) * outputs + o] = sum;
      }
    }
  }
  return sums;
}

/** The same by the kernels. Codes and weights beyond the channels are noise and zeros. */
async function convolveOnKernels(module: WebAssembly.Module, kind: number, size: Case, data: Data): Promise<Float32Array> {
  const { height, width, inputs, outputs, kernel, zeroPoint } = size;
  const bench = await Workbench.on(module);
  const { memory, kernels } = bench;
  const [paddedInputs, paddedOutputs] = [paddedChannels(inputs), paddedChannels(outputs)];

  const source = { height, width, channels: inputs };
  const map = memory.take(borderedBytes(source, paddedInputs));
  const bytes = memory.bytes(map, borderedBytes(source, paddedInputs)).fill(zeroPoint);
  const noise = randomIntegers(9, 0, 127);
  for (const [pixel, offset] of pixelOffsets(source, paddedInputs)
    .subarray(0, height * width)
    .entries()) {
    for (let i = 0; i < paddedInputs; i++) {
      bytes[firstInner(source, paddedInputs) + offset + i] = i < inputs ? data.codes[pixel * inputs + i] : noise();
    }
  }

  const values = bench.guarded(4 * height * width * paddedOutputs);
  const filters = memory.take(data.filters.length);
  memory.bytes(filters, data.filters.length).set(Uint8Array.from(data.filters));
  const fields = {
    ...bench.epilogue({ height, width, channels: outputs }, values),
    [layout.KIND]: kind,
    [layout.KERNEL]: kernel,
    [layout.INPUTS]: paddedInputs,
    [layout.SOURCE]: kernel === 3 ? map : map + firstInner(source, paddedInputs),
    [layout.SOURCE_ROW]: borderedSize(width) * paddedInputs,
    [layout.SOURCE_OFFSETS]: memory.store(pixelOffsets(source, paddedInputs)),
    [layout.WEIGHTS]: bench.guarded(kernels.weightBytes(kind, paddedInputs, paddedOutputs, kernel)),
    [layout.CORRECTIONS]: bench.guarded(4 * paddedOutputs),
    [layout.SCRATCH]: bench.guarded(kernels.scratchBytes(kind, height, width, paddedInputs, kernel)),
  };
  bench.run(fields, (step) => kernels.pack(step, filters, inputs, outputs, zeroPoint));
  const dense = memory.floats(values, height * width * paddedOutputs);
  return dense.filter((_, i) => i % paddedOutputs < outputs);
}

function randomData({ height, width, inputs, outputs, kernel }: Case, seed: number): Data {
  const code = randomIntegers(seed, 0, 127);
  const weight = randomIntegers(seed + 1, -128, 127);
  return {
    codes: Array.from({ length: height * width * inputs }, code),
    filters: Array.from({ length: outputs * inputs * kernel ** 2 }, weight),
  };
}

describe.each([
  ["plain, 2x2", plain, layout.WINOGRAD],
  ["plain, 4x4", plain, layout.WINOGRAD_4],
  ["relaxed, 2x2", relaxed, layout.WINOGRAD],
  ["relaxed, 4x4", relaxed, layout.WINOGRAD_4],
  ["relaxed, direct", relaxed, layout.DIRECT],
])("integer convolution (%s)", (_, module, kind) => {
  it.each(SIZES)("gives the sums of plain loops on maps %i pixels high, 3x3 and 1x1", async (height) => {
    for (const [i, width] of SIZES.entries()) {
      const size: Case = {
        height,
        width,
        inputs: [8, 13, 24][i % 3],
        outputs: [3, 8, 17][(i + height) % 3],
        kernel: i % 4 === 3 && kind !== layout.WINOGRAD_4 ? 1 : 3,
        zeroPoint: 5 * i,
      };
      const data = randomData(size, 100 * height + width);
      expect(await convolveOnKernels(module, kind, size, data)).toEqual(convolve(size, data));
    }
  });

  it("is exact at the extremes of codes and weights", async () => {
    /** Codes that make the sums of one sign largest, and those that make the transformed ones so in the last row and column. */
    const patterns = [() => 1, (y: number, x: number) => Number(y % 2 === 0 && x % 2 === 0 && (y === 2) === (x === 2))];
    for (const zeroPoint of [0, 127]) {
      for (const [weight, pattern] of [-128, 127].flatMap((weight) => patterns.map((pattern) => [weight, pattern] as const))) {
        const size: Case = { height: 7, width: 7, inputs: MOST_INPUTS, outputs: 8, kernel: 3, zeroPoint };
        const pixels = Array.from({ length: 49 }, (_, i) => (pattern(Math.floor(i / 7), i % 7) === 1 ? 127 - zeroPoint : zeroPoint));
        const codes = pixels.flatMap((code) => Array<number>(MOST_INPUTS).fill(code));
        const filters = Array<number>(8 * MOST_INPUTS * 9).fill(weight);
        expect(await convolveOnKernels(module, kind, size, { codes, filters })).toEqual(convolve(size, { codes, filters }));
      }
    }
  });
});
