/** The int8 model of an fp32 one, and what finishes its images. */
import { type ModelCard, nativeShape } from "../../wasm-model/model/card.ts";
import type { ModelContents } from "../../wasm-model/model/onnx/writer.ts";
import { finisherCounts } from "../../wasm-model/network/count.ts";
import { FINISHER_NAMES, FINISHERS, type FinisherName } from "../../wasm-model/network/finishers.ts";
import type { Weights } from "../../wasm-model/network/quantization.ts";
import { RGB, type Size } from "../../wasm-model/network/spec.ts";
import { toImage } from "../../wasm-model/render/appearance.ts";
import type { Denoise } from "../../wasm-model/sampling/sampler.ts";
import { joined } from "../../wasm-model/schema/bytes.ts";
import { draw } from "../network/draw.ts";
import { placeParameters, placeWeights, type Tf, tensorDenoiser } from "../network/score-network.ts";
import { unitRange } from "../network/split.ts";
import { type Calibration, calibrate, observer, observingOps, widened } from "../quantize/calibrate.ts";
import { PatchMoments } from "../quantize/moments.ts";
import { quantizePaths, quantizeWeights, type Range } from "../quantize/quantize.ts";

/** Images that calibrate a model's own finishers, and patches of each of their maps. */
const [IMAGES, PATCHES] = [32, 32];

/** The int8 model, calibrated on images that the fp32 one draws. */
export async function quantizedModel(
  tf: Tf,
  { card, weights, ...finishers }: ModelContents,
  calibration?: Calibration,
): Promise<ModelContents> {
  const tensors = placeWeights(tf, card.spec, weights.floats);
  const inputs = await calibrate(card, observer(tf, card.spec, tensors), calibration);
  const own = FINISHER_NAMES.flatMap((name) => (finishers[name] ? [[name, finishers[name]] as const] : []));
  const drawn = own.length > 0 ? await drawnImages(card, tensorDenoiser(tf, card.spec, tensors)) : undefined;
  tf.dispose([...tensors.values()]);
  const rounded = own.map(([name, learned]) => {
    const { values, ...size } = drawn![name === "matte" ? "whole" : "native"];
    return [name, quantizedFinisher(tf, name, learned, [values], size, PATCHES)] as const;
  });
  return { card, weights: quantizeWeights(card.spec, weights, inputs), ...Object.fromEntries(rounded) };
}

/** Of all classes, as values [N, H, W, 3]: as the network draws them, and cropped to native size. */
async function drawnImages(card: ModelCard, denoise: Denoise) {
  const classes = Array.from({ length: IMAGES }, (_, i) => i % card.labels.length);
  const values = await draw(card, denoise, { classes, seed: "enlarger" });
  const size = values.length / classes.length;
  const { crop: _, ...uncropped } = card;
  const inColour = (shown: ModelCard): Size & { values: Float32Array } => {
    const { channels, ...shape } = nativeShape(shown);
    const image = (i: number): Uint8Array => toImage(values.subarray(i * size, (i + 1) * size), shape, shown).pixels;
    const images = unitRange(joined(classes.map((_, i) => image(i))));
    const times = RGB / channels;
    return {
      ...shape,
      values: times === 1 ? images : Float32Array.from({ length: times * images.length }, (_, i) => images[Math.floor(i / times)]),
    };
  };
  return { whole: inColour(uncropped), native: inColour(card) };
}

/** By ranges and moments of what its convolutions read for these images [B, H, W, 3], `patches` of each map. */
export function quantizedFinisher(
  tf: Tf,
  name: FinisherName,
  { floats }: Weights,
  batches: Iterable<Float32Array>,
  { height, width }: Size,
  patches: number,
): Weights {
  const counts = finisherCounts(name);
  const weights = placeParameters(tf, counts.parameters, floats);
  const ranges = new Map<string, Range>();
  const moments = new PatchMoments(`${name}/patches`, { height, width }, counts.parameters, counts.quantized);
  const ops = observingOps(tf, weights, (path, map, images) => {
    ranges.set(path, widened(ranges.get(path), map));
    for (let k = 0; k < patches; k++) moments.add(path, map, images);
  });
  for (const images of batches) {
    tf.tidy(() => {
      FINISHERS[name](ops, tf.tensor(images, [images.length / (height * width * RGB), height, width, RGB]));
    });
  }
  tf.dispose([...weights.values()]);
  const reads = new Map([...ranges].map(([path, range]) => [path, { range, moments: moments.of(path) }]));
  return quantizePaths(counts, { floats, convolutions: new Map() }, reads);
}
