/** Finishers with random weights. */
import { quantizePaths } from "../../training/quantize/quantize.ts";
import type { ModelContents } from "../../wasm-model/model/onnx/writer.ts";
import { finisherCounts } from "../../wasm-model/network/count.ts";
import { FINISHER_NAMES, type FinisherName } from "../../wasm-model/network/finishers.ts";
import type { Weights } from "../../wasm-model/network/quantization.ts";
import { RGB } from "../../wasm-model/network/spec.ts";
import { type Form, usualInputs } from "./random-model.ts";
import { gaussianSource } from "./random-numbers.ts";

/** An image [3, height, width] about as large as the data range, with some values beyond it. */
export function randomImage(height: number, width: number, seed: number): Float32Array {
  const gaussian = gaussianSource(seed);
  return Float32Array.from({ length: RGB * height * width }, () => 0.5 * gaussian());
}

/** The ground of random models with a matte. */
const GROUND = "fdf6e3";

/** The model with finishers of its own. */
export function withFinishers({ card, ...model }: ModelContents, seed: number, ...names: readonly FinisherName[]): ModelContents {
  const form = model.weights.convolutions.size > 0 ? "int8" : "fp32";
  const training = { ...card.training, pictures: { crop: "cover", background: GROUND } };
  const finishers = Object.fromEntries(names.map((name) => [name, randomFinisher(name, seed, form)]));
  return { ...model, card: names.includes("matte") ? { ...card, training, cutOut: true } : card, ...finishers };
}

/** The model with all finishers of its own, and the colours of pixel art. */
export function cutOut(model: ModelContents, seed: number): ModelContents {
  const { card, ...rest } = withFinishers(model, seed, ...FINISHER_NAMES);
  return { ...rest, card: { ...card, palette: ["073642", "268bd2", "2aa198", "859900", "b58900", "cb4b16", "d33682", "eee8d5"] } };
}

/** The logits of a random matte are as far from 0 as those of one that has learned. */
const GAINS = { enlarger: 0.3, matte: 6 } as const satisfies Record<FinisherName, number>;

export function randomFinisher(name: FinisherName, seed: number, form: Form): Weights {
  const gaussian = gaussianSource(seed);
  const counts = finisherCounts(name);
  const floats = new Map<string, Float32Array>();
  for (const [path, { shape, kind }] of counts.parameters) {
    const fanIn = shape.slice(1).reduce((product, n) => product * n, 1);
    const length = (shape[0] ?? 1) * fanIn;
    floats.set(path, kind === "gain" ? Float32Array.of(GAINS[name]) : Float32Array.from({ length }, () => gaussian() / Math.sqrt(fanIn)));
  }
  const exact: Weights = { floats, convolutions: new Map() };
  return form === "fp32" ? exact : quantizePaths(counts, exact, usualInputs(counts.quantized));
}
