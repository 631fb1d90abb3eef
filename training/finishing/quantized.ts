/** The int8 model of an fp32 one, and what finishes its images. */
import { gaussians } from "../../wasm-model/engine/drawing.ts";
import { type ModelCard, nativeShape } from "../../wasm-model/model/card.ts";
import { opacitiesOf } from "../../wasm-model/model/model.ts";
import type { ModelContents } from "../../wasm-model/model/onnx/writer.ts";
import { finisherCounts } from "../../wasm-model/network/count.ts";
import { ENLARGED, FINISHER_NAMES, FINISHERS, type FinisherName } from "../../wasm-model/network/finishers.ts";
import type { Weights } from "../../wasm-model/network/quantization.ts";
import { RGB, type Size } from "../../wasm-model/network/spec.ts";
import { finishImage } from "../../wasm-model/render/finish.ts";
import { seedState } from "../../wasm-model/sampling/random.ts";
import type { Denoise } from "../../wasm-model/sampling/sampler.ts";
import { draw } from "../network/draw.ts";
import { placeParameters, placeWeights, type Tf, tensorDenoiser, tensorOps } from "../network/score-network.ts";
import { oneHot } from "../network/split.ts";
import { type Calibration, calibrate, inputRecorder } from "../quantize/calibrate.ts";
import { quantizePaths, quantizeWeights } from "../quantize/quantize.ts";

/** Images that calibrate a model's own finishers, and patches of each of their maps. */
const [IMAGES, PATCHES] = [32, 32];

/** The int8 model, calibrated on images that the fp32 one draws. */
export async function quantizedModel(
  tf: Tf,
  { card, weights, ...finishers }: ModelContents,
  calibration?: Calibration,
): Promise<ModelContents> {
  const tensors = placeWeights(tf, card.spec, weights.floats);
  const inputs = await calibrate(tf, card, tensors, calibration);
  const own = FINISHER_NAMES.flatMap((name) => (finishers[name] ? [[name, finishers[name]] as const] : []));
  const read = own.length > 0 ? await finisherInputs(tf, { card, ...finishers }, tensorDenoiser(tf, card.spec, tensors)) : undefined;
  tf.dispose([...tensors.values()]);
  const rounded = own.map(([name, learned]) => {
    const { values, ...size } = read![name];
    return [name, quantizedFinisher(tf, name, learned, values, size)] as const;
  });
  return { card, weights: quantizeWeights(card.spec, weights, inputs), ...Object.fromEntries(rounded) };
}

/** What the finishers read while images of all classes are finished at four times native, as people get them: values [N, H, W, 3]. */
async function finisherInputs(tf: Tf, { card, matte }: Pick<ModelContents, "card" | "matte">, denoise: Denoise) {
  const classes = Array.from({ length: IMAGES }, (_, i) => i % card.labels.length);
  const values = await draw({ card, denoiser: { denoise } }, { classes, seed: "enlarger" });
  const read: Record<FinisherName, Float32Array[]> = { enlarger: [], matte: [] };
  const { spec } = card;
  const native = nativeShape(card);
  const weights = matte && placeParameters(tf, finisherCounts("matte").parameters, matte.floats);
  const finishers = {
    async enlarge(image: Float32Array): Promise<Float32Array> {
      read.enlarger.push(pixelByPixel(image));
      return new Float32Array(ENLARGED ** 2 * image.length);
    },
    matte(image: Float32Array): Float32Array {
      const pixels = pixelByPixel(image);
      read.matte.push(pixels);
      const logits = () => FINISHERS.matte(tensorOps(tf, weights!), tf.tensor(pixels, [1, spec.height, spec.width, RGB]));
      return tf.tidy(() => opacitiesOf(logits().dataSync() as Float32Array));
    },
  };
  const size = values.length / classes.length;
  const appearance = { width: ENLARGED * native.width, height: ENLARGED * native.height, enlarge: "smooth" } as const;
  for (let start = 0; start < values.length; start += size)
    await finishImage(values.subarray(start, start + size), appearance, card, finishers);
  tf.dispose([...(weights?.values() ?? [])]);
  return { enlarger: { ...native, values: concatenate(read.enlarger) }, matte: { ...spec, values: concatenate(read.matte) } };
}

/** [3, H, W] -> [H, W, 3]. */
const pixelByPixel = (planes: Float32Array): Float32Array =>
  planes.map((_, at) => planes[(at % RGB) * (planes.length / RGB) + Math.floor(at / RGB)]);

const concatenate = (images: readonly Float32Array[]): Float32Array => Float32Array.from(images.flatMap((image) => [...image]));

/** By ranges and moments of what its convolutions read for these images [B, H, W, 3]. */
function quantizedFinisher(tf: Tf, name: FinisherName, { floats }: Weights, images: Float32Array, { height, width }: Size): Weights {
  const counts = finisherCounts(name);
  const weights = placeParameters(tf, counts.parameters, floats);
  const { ops, reads } = inputRecorder(tf, weights, name, { height, width }, counts, PATCHES);
  tf.tidy(() => {
    FINISHERS[name](ops, tf.tensor(images, [images.length / (height * width * RGB), height, width, RGB]));
  });
  tf.dispose([...weights.values()]);
  return quantizePaths(counts, { floats, convolutions: new Map() }, reads());
}

/** Noise levels at which details, shapes and colours are decided; and images that the networks are compared on. */
const [COMPARED_SIGMAS, COMPARED] = [[0.2, 1, 5], 12];

/**
 * The largest root mean square, over noise levels, by which the D of a rounded network differs from that of the exact one for the same
 * noisy images, which the exact one has drawn; in units of the data range [-1, 1]. Whole trajectories would say less: they are chaotic.
 */
export async function roundingError(card: ModelCard, exact: Denoise, rounded: Denoise): Promise<number> {
  const classes = Int32Array.from({ length: COMPARED }, (_, i) => i % card.labels.length);
  const clean = await draw({ card, denoiser: { denoise: exact } }, { classes: [...classes], seed: "rounding" });
  const noise = new Float32Array(clean.length);
  gaussians(seedState("rounding"), 0, noise);
  const labels = oneHot(classes, card.spec.classes);
  let worst = 0;
  for (const sigma of COMPARED_SIGMAS) {
    const noisy = clean.map((value, i) => value + sigma * noise[i]);
    const [a, b] = [await exact(noisy, sigma, labels), await rounded(noisy, sigma, labels)];
    worst = Math.max(worst, Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0) / a.length));
  }
  return worst;
}
