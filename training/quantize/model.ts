/** The int8 model of an fp32 one. */
import type { DrawingNetwork } from "../../wasm-model/model/model.ts";
import { type ModelContents, writeModel } from "../../wasm-model/model/onnx/writer.ts";
import { simd } from "../../wasm-model/runtime/simd.ts";
import { draw, shownClasses } from "../network/draw.ts";
import { placeWeights, type Tf } from "../network/score-network.ts";
import { type Calibration, calibrate, observedDenoiser, observer, widened } from "./calibrate.ts";
import { quantizeWeights, type Range } from "./quantize.ts";

/** The int8 model, calibrated on images that the fp32 one draws. */
export async function quantizedModel(tf: Tf, { card, weights }: ModelContents, calibration?: Calibration): Promise<ModelContents> {
  const tensors = placeWeights(tf, card.spec, weights.floats);
  const inputs = await calibrate(card, observer(tf, card.spec, tensors), calibration);
  tf.dispose([...tensors.values()]);
  return { card, weights: quantizeWeights(card.spec, weights, inputs) };
}

/** Classes that a rough calibration draws. */
const FEW = 4;

/**
 * A network in the engine that draws every image, made quickly: calibrated on one drawing, weights rounded to the nearest.
 * The caller disposes of it.
 */
export async function roughDenoiser(tf: Tf, fp32: ModelContents): Promise<DrawingNetwork> {
  const rough = await roughlyQuantized(tf, fp32);
  return simd.load({ ...rough, bytes: writeModel(rough) });
}

export async function roughlyQuantized(tf: Tf, { card, weights }: ModelContents): Promise<ModelContents> {
  const tensors = placeWeights(tf, card.spec, weights.floats);
  const ranges = new Map<string, Range>();
  const denoise = observedDenoiser(tf, card.spec, tensors, (path, map) => {
    const ends = [tf.min(map), tf.max(map)].map((end) => end.dataSync()[0]);
    ranges.set(path, widened(ranges.get(path), ends));
  });
  await draw(card, denoise, { classes: shownClasses(card.labels.length).slice(0, FEW), seed: "rough" });
  tf.dispose([...tensors.values()]);
  return { card, weights: quantizeWeights(card.spec, weights, new Map([...ranges].map(([path, range]) => [path, { range }]))) };
}
