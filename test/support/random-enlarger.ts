/** The enlarger with random weights, quantized with ranges seen on a random image. */
import { quantizePaths } from "../../training/quantize/quantize.ts";
import type { ModelContents } from "../../wasm-model/model/onnx/writer.ts";
import { enlargerCounts } from "../../wasm-model/network/count.ts";
import { ENLARGER_CHANNELS, enlargerNetwork } from "../../wasm-model/network/enlarger.ts";
import type { Weights } from "../../wasm-model/network/quantization.ts";
import { type Form, readsOf } from "./random-model.ts";
import { gaussianSource } from "./random-numbers.ts";

const COUNTS = enlargerCounts(1, 1);

/** An image [3, height, width] about as large as the data range, with some values beyond it. */
export function randomImage(height: number, width: number, seed: number): Float32Array {
  const gaussian = gaussianSource(seed);
  return Float32Array.from({ length: ENLARGER_CHANNELS * height * width }, () => 0.5 * gaussian());
}

/** The model with an enlarger of its own. */
export const withEnlarger = (model: ModelContents, seed: number): ModelContents => ({
  ...model,
  enlarger: randomEnlarger(seed, model.weights.convolutions.size > 0 ? "int8" : "fp32"),
});

export function randomEnlarger(seed: number, form: Form): Weights {
  const gaussian = gaussianSource(seed);
  const floats = new Map<string, Float32Array>();
  for (const [path, { shape, kind }] of COUNTS.parameters) {
    const fanIn = shape.slice(1).reduce((product, n) => product * n, 1);
    const length = (shape[0] ?? 1) * fanIn;
    floats.set(path, kind === "gain" ? Float32Array.of(0.3) : Float32Array.from({ length }, () => gaussian() / Math.sqrt(fanIn)));
  }
  const exact: Weights = { floats, convolutions: new Map() };
  if (form === "fp32") return exact;
  const image = { shape: [1, ENLARGER_CHANNELS, 9, 9] as const, data: Float64Array.from(randomImage(9, 9, seed)) };
  return quantizePaths(
    COUNTS,
    exact,
    readsOf(exact, (ops) => void enlargerNetwork(ops, image)),
  );
}
