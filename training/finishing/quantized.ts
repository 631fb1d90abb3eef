/** The int8 model of an fp32 one, its own enlarger too. */
import { type ModelCard, nativeShape } from "../../wasm-model/model/card.ts";
import type { ModelContents } from "../../wasm-model/model/onnx/writer.ts";
import { enlargerCounts } from "../../wasm-model/network/count.ts";
import { ENLARGER_CHANNELS, enlargerNetwork } from "../../wasm-model/network/enlarger.ts";
import type { Weights } from "../../wasm-model/network/quantization.ts";
import type { Size } from "../../wasm-model/network/spec.ts";
import { toImage } from "../../wasm-model/render/appearance.ts";
import type { Denoise } from "../../wasm-model/sampling/sampler.ts";
import { joined } from "../../wasm-model/schema/bytes.ts";
import { draw } from "../network/draw.ts";
import { placeParameters, placeWeights, type Tf, tensorDenoiser } from "../network/score-network.ts";
import { unitRange } from "../network/split.ts";
import { type Calibration, calibrate, observer, observingOps, widened } from "../quantize/calibrate.ts";
import { PatchMoments } from "../quantize/moments.ts";
import { quantizePaths, quantizeWeights, type Range } from "../quantize/quantize.ts";

const COUNTS = enlargerCounts();

/** Images that calibrate a model's own enlarger, and patches of each of their maps. */
const [IMAGES, PATCHES] = [32, 32];

/** The int8 model, calibrated on images that the fp32 one draws. */
export async function quantizedModel(
  tf: Tf,
  { card, weights, enlarger }: ModelContents,
  calibration?: Calibration,
): Promise<ModelContents> {
  const tensors = placeWeights(tf, card.spec, weights.floats);
  const inputs = await calibrate(card, observer(tf, card.spec, tensors), calibration);
  const rounded = enlarger && (await calibratedEnlarger(tf, enlarger, card, tensorDenoiser(tf, card.spec, tensors)));
  tf.dispose([...tensors.values()]);
  return { card, weights: quantizeWeights(card.spec, weights, inputs), ...(rounded && { enlarger: rounded }) };
}

/** Calibrated on images of all classes that the model draws. */
async function calibratedEnlarger(tf: Tf, enlarger: Weights, card: ModelCard, denoise: Denoise): Promise<Weights> {
  const classes = Array.from({ length: IMAGES }, (_, i) => i % card.labels.length);
  const values = await draw(card, denoise, { classes, seed: "enlarger" });
  const size = values.length / classes.length;
  const image = (i: number): Uint8Array => toImage(values.subarray(i * size, (i + 1) * size), nativeShape(card), card).pixels;
  const images = unitRange(joined(classes.map((_, i) => image(i))));
  const times = ENLARGER_CHANNELS / card.spec.channels;
  const inColour = times === 1 ? images : Float32Array.from({ length: times * images.length }, (_, i) => images[Math.floor(i / times)]);
  return quantizedEnlarger(tf, enlarger, [inColour], nativeShape(card), PATCHES);
}

/** By ranges and moments of what its convolutions read for these images [B, H, W, 3], `patches` of each map. */
export function quantizedEnlarger(
  tf: Tf,
  { floats }: Weights,
  batches: Iterable<Float32Array>,
  { height, width }: Size,
  patches: number,
): Weights {
  const weights = placeParameters(tf, COUNTS.parameters, floats);
  const ranges = new Map<string, Range>();
  const moments = new PatchMoments("enlarger/patches", { height, width }, COUNTS.parameters, COUNTS.quantized);
  const ops = observingOps(tf, weights, (path, map, images) => {
    ranges.set(path, widened(ranges.get(path), map));
    for (let k = 0; k < patches; k++) moments.add(path, map, images);
  });
  for (const images of batches) {
    tf.tidy(() => {
      enlargerNetwork(ops, tf.tensor(images, [images.length / (height * width * ENLARGER_CHANNELS), height, width, ENLARGER_CHANNELS]));
    });
  }
  tf.dispose([...weights.values()]);
  const reads = new Map([...ranges].map(([path, range]) => [path, { range, moments: moments.of(path) }]));
  return quantizePaths(COUNTS, { floats, convolutions: new Map() }, reads);
}
