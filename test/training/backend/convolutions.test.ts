/** The convolution kernels of the wasm backend, in both builds, against plain loops; all memory around their inputs is NaN. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PLAIN, RELAXED } from "../../../training/backend/dist/kernels.ts";
import type { BackendKernels } from "../../../training/backend/wasm.ts";
import { fromBase64 } from "../../../wasm-model/schema/bytes.ts";
import { normalValues } from "../../support/random-numbers.ts";

/** Relative to the largest element: F(4x4, 3x3) multiplies rounding errors by about 10. */
const TOLERANCE = 3e-5;

interface Sizes {
  readonly kernel: number;
  readonly images: number;
  readonly height: number;
  readonly width: number;
  readonly inputs: number;
  readonly outputs: number;
}

/** Values of a place in maps and filters, all as flat indices. */
type Visit = (x: number, w: number, y: number) => void;

/** Calls `visit` for each product of the convolution. */
function eachProduct({ kernel, images, height, width, inputs, outputs }: Sizes, visit: Visit): void {
  const reach = (kernel - 1) / 2;
  for (let y = 0; y < images * height * width; y++) {
    const [row, column] = [Math.floor(y / width) % height, y % width];
    for (let i = 0; i < kernel; i++) {
      for (let j = 0; j < kernel; j++) {
        const [down, right] = [i - reach, j - reach];
        if (row + down < 0 || row + down >= height || column + right < 0 || column + right >= width) continue;
        const x = y + down * width + right;
        for (let c = 0; c < inputs; c++) {
          for (let o = 0; o < outputs; o++) visit(x * inputs + c, ((i * kernel + j) * inputs + c) * outputs + o, y * outputs + o);
        }
      }
    }
  }
}

const memory = new WebAssembly.Memory({ initial: 128 });
/** Values around each input and output, and behind all. */
const GUARD = 16;

/** Runs a kernel on inputs that lie in a memory of NaN, and checks that it changes no more than its output and scratch. */
function computed(
  scratchBytes: number,
  inputs: readonly Float32Array[],
  count: number,
  run: (addresses: number[], scratch: number) => void,
) {
  const all = new Float32Array(memory.buffer).fill(Number.NaN);
  let end = GUARD;
  const place = (values: { readonly length: number }): number => {
    const at = end;
    end += values.length + GUARD;
    return at;
  };
  const places = [...inputs, { length: count }].map(place);
  for (const [i, values] of inputs.entries()) all.set(values, places[i]);
  const scratch = end;
  end += scratchBytes / 4;
  expect(end).toBeLessThan(all.length - GUARD);
  run(
    places.map((at) => 4 * at),
    4 * scratch,
  );
  const output = places[inputs.length];
  expect(all.subarray(output - GUARD, output).every(Number.isNaN)).toBe(true);
  expect(all.subarray(output + count, scratch).every(Number.isNaN)).toBe(true);
  expect(all.subarray(end, end + GUARD).every(Number.isNaN)).toBe(true);
  return all.slice(output, output + count);
}

function expectClose(actual: Float32Array, expected: Float64Array, what: string): void {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const isClose = expected.every((value, i) => Math.abs(actual[i] - value) <= TOLERANCE * largest);
  expect(isClose, what).toBe(true);
}

function expectRight(kernels: BackendKernels, sizes: Sizes): void {
  const { kernel, images, height, width, inputs, outputs } = sizes;
  const all = [kernel, images, height, width, inputs, outputs];
  const turned = [kernel, images, height, width, outputs, inputs];
  const pixels = images * height * width;
  const [x, w, dy] = [
    normalValues("x", pixels * inputs),
    normalValues("w", kernel ** 2 * inputs * outputs),
    normalValues("dy", pixels * outputs),
  ];
  const expected = { y: new Float64Array(dy.length), dx: new Float64Array(x.length), dw: new Float64Array(w.length) };
  eachProduct(sizes, (atX, atW, atY) => {
    expected.y[atY] += x[atX] * w[atW];
    expected.dx[atX] += dy[atY] * w[atW];
    expected.dw[atW] += x[atX] * dy[atY];
  });
  const convolved = (from: Float32Array, count: number, order: number[], isTurned: number) =>
    computed(kernels.convolutionScratch(...order), [from, w], count, ([a, b, to], scratch) =>
      kernels.convolve(a, b, to, ...order, isTurned, scratch),
    );
  expectClose(convolved(x, dy.length, all, 0), expected.y, "y");
  expectClose(convolved(dy, x.length, turned, 1), expected.dx, "dx");
  const dw = computed(kernels.gradientScratch(...all), [x, dy], w.length, ([a, b, to], scratch) =>
    kernels.filterGradient(a, b, to, ...all, scratch),
  );
  expectClose(dw, expected.dw, "dw");
}

describe.each([
  ["relaxed", RELAXED],
  ["plain", PLAIN],
])("the %s build", (_, build) => {
  const kernels = new WebAssembly.Instance(new WebAssembly.Module(fromBase64(build)), { env: { memory } })
    .exports as unknown as BackendKernels;

  it("convolves maps of any size", () => {
    const side = fc.integer({ min: 1, max: 10 });
    const channels = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constantFrom(32, 33));
    const sizes = fc.record({
      ...{ kernel: fc.constantFrom(1, 3), images: fc.integer({ min: 1, max: 3 }) },
      ...{ height: side, width: side, inputs: channels, outputs: channels },
    });
    fc.assert(
      fc.property(sizes, (some) => expectRight(kernels, some)),
      { numRuns: 40 },
    );
  });

  it.each([
    { kernel: 3, images: 16, height: 16, width: 16, inputs: 32, outputs: 32 }, // several groups of tiles
    { kernel: 3, images: 5, height: 17, width: 14, inputs: 64, outputs: 12 },
    { kernel: 3, images: 16, height: 4, width: 4, inputs: 128, outputs: 128 },
    { kernel: 1, images: 5, height: 9, width: 7, inputs: 128, outputs: 64 },
  ])("convolves $images maps of $height x $width, $inputs to $outputs channels, kernel $kernel", (sizes) => {
    expectRight(kernels, sizes);
  });
});
