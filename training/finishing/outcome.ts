/** The end of a run, in Node and on the page: the model that people get, and how far it came from the base. */
import { hasMatte } from "../../wasm-model/model/card.ts";
import type { ModelFile } from "../../wasm-model/model/onnx/reader.ts";
import { type ModelContents, writeModel } from "../../wasm-model/model/onnx/writer.ts";
import type { Denoise } from "../../wasm-model/sampling/sampler.ts";
import { NETWORK } from "../learning/defaults.ts";
import { type LogEntry, reportBeforeGuidance, reportsOf } from "../learning/reports.ts";
import type { TrainingSettings } from "../learning/settings.ts";
import { type ContrastElsewhere, withContrast } from "../measure/contrast.ts";
import { heldOutLoss, meanLoss } from "../network/held-out.ts";
import { guideSpec } from "../network/loss.ts";
import type { Parameters } from "../network/parameters.ts";
import { placeWeights, type Tf, tensorDenoiser } from "../network/score-network.ts";
import { paddedSplit, type Split } from "../network/split.ts";
import type { Calibration } from "../quantize/calibrate.ts";
import { quantizedModel } from "./quantized.ts";

export interface Finished {
  readonly fp32: ModelContents;
  readonly int8: ModelFile & { readonly bytes: Uint8Array<ArrayBuffer> };
}

/** Called with the share of the work that is done. What it throws ends the work. */
export type OnShare = (done: number, total: number) => void | Promise<void>;

/** What people get of what was learned, without a matte that nobody would ask: its extrapolation fitted to the contrast of the pictures, if the card has one, and its int8 file. */
export async function finishedModel(
  tf: Tf,
  learned: ModelContents,
  calibration?: Calibration,
  onContrast?: OnShare,
  elsewhere?: ContrastElsewhere,
): Promise<Finished> {
  const { matte, ...others } = learned;
  const fp32 = await withContrast(hasMatte(learned.card) ? learned : others, onContrast, elsewhere);
  const int8 = await quantizedModel(tf, fp32, calibration);
  return { fp32, int8: { ...int8, bytes: writeModel(int8) } };
}

/** At these noise levels objects take shape: below are details, above colours. */
const SHAPES: readonly number[] = [0.5, 1, 2];

/**
 * The share by which the held-out loss fell below the base's, over the images of the reports; undefined for a network of another
 * shape. The base is told no class, as where it guides: its embeddings of these classes are random. Reports of the cool-down do
 * not count, since guidance raises the loss.
 */
export async function fallFromBase(
  tf: Tf,
  pretrained: Parameters | undefined,
  settings: TrainingSettings,
  validation: Split,
  log: readonly LogEntry[],
): Promise<number | undefined> {
  const { spec, network } = settings;
  const report = reportBeforeGuidance(log);
  if (!pretrained || !report || network !== NETWORK) return undefined;
  const weights = placeWeights(tf, spec, pretrained);
  const denoise = tensorDenoiser(tf, guideSpec(spec, settings.recipe.guidance), weights);
  const withoutClass: Denoise = (x, sigma, labels) => denoise(x, sigma, new Float32Array(labels.length));
  const heldOut = paddedSplit(validation, settings);
  const { images, draws } = reportsOf(settings, heldOut.count);
  const base = await heldOutLoss(withoutClass, spec, heldOut, { count: images, draws, sigmas: SHAPES });
  tf.dispose([...weights.values()]);
  return 1 - meanLoss(report.heldOut.filter(({ sigma }) => SHAPES.includes(sigma))) / meanLoss(base);
}
