/** The end of a run: what it learns to finish its images, its model's files, and what it is like. */
import { cpus } from "node:os";
import type * as TF from "@tensorflow/tfjs";
import { simd } from "../../wasm-model/engine/simd.ts";
import { MODEL_FILE } from "../../wasm-model/model/model.ts";
import { writeModel } from "../../wasm-model/model/onnx/writer.ts";
import type { FinisherName } from "../../wasm-model/network/finishers.ts";
import type { GenerativeModel } from "../../wasm-model/render/generate.ts";
import { counted } from "../../wasm-model/schema/text.ts";
import type { Backend } from "../backend/step.ts";
import { writeFileAtomically } from "../cli/files.ts";
import { FP32_FILE } from "../cli/model-files.ts";
import { durationOf, progress } from "../cli/progress.ts";
import { UserError } from "../cli/user-error.ts";
import { largePictures } from "../data/load.ts";
import type { LargePictures } from "../data/sizes.ts";
import { ENLARGER } from "../finishing/enlarger.ts";
import { type Finisher, type FinisherSettings, learnToFinish } from "../finishing/finisher.ts";
import { cutOutsOf, MATTE } from "../finishing/matte.ts";
import { type Finished, fallFromBase, finishedModel } from "../finishing/outcome.ts";
import type { FinisherStates } from "../finishing/plan.ts";
import { roundingError } from "../finishing/quantized.ts";
import { RECOMBINED } from "../learning/defaults.ts";
import { interruptible } from "../learning/learn.ts";
import { fellUntil, type LogEntry, reportsOf, testImagesOf } from "../learning/reports.ts";
import { modelFindings, NEIGHBOURS } from "../measure/findings.ts";
import { progressSheet, sampleGrid } from "../measure/sheets.ts";
import type { Verdict } from "../measure/verdict.ts";
import type { Parameters } from "../network/parameters.ts";
import { placeWeights, type Tf, tensorDenoiser } from "../network/score-network.ts";
import { type RunConfig, trainedModel } from "./config.ts";
import { type Run, SHEET } from "./folder.ts";
import { PAGE, SAMPLES, writeModelFolder } from "./model-folder.ts";
import { type ModelFacts, pageOf } from "./page.ts";

/** A run whose network has learned; its configuration has the images that it has seen. */
export interface RunAtEnd extends Run {
  /** The averaged weights that it gives. */
  readonly average: Parameters;
  /** What it learns to enlarge from, if that is not in the dataset's folder. */
  readonly large?: LargePictures;
}

/** Where the base's pictures and their licences are listed. */
const BASE =
  "It started from Anneal's base (MIT), which learned from pictures under MIT, Apache-2.0, CC0 and CC BY licences: `models/base` of the package names them.";

/** What a run's held-out images decide. */
const CHOSE = "by which the run also chooses its weights and its end";

/**
 * Learns to finish images, makes the int8 file, measures and writes it. Prints what it is like. `pause` may throw between two pieces
 * of work; a run that is resumed does all of it again. Returns whether more time would help. Throws a UserError for a model that cannot
 * be rounded.
 */
export async function finishRun(backend: Backend, learned: RunAtEnd, pause: () => Promise<void>): Promise<boolean> {
  const { tf } = backend;
  const { run, config, dataset, log, pretrained, average } = learned;
  const { spec } = config;
  const finishers = await learnFinishers(backend, learned, pause);
  const weights = placeWeights(tf, spec, average);
  const bar = progress("making the model", 1);
  const onProgress = async (done: number, total: number): Promise<void> => {
    bar.update(done, "", total);
    await pause();
  };
  const made = await loadClose(tf, await finishedModel(tf, trainedModel(config, average, finishers), { onProgress }, pause));
  bar.stop();
  const { images, draws } = reportsOf(config, dataset.validation.count);
  const found = await modelFindings(tf, dataset, {
    model: made.drawing,
    denoise: interruptible(tensorDenoiser(tf, spec, weights), pause),
    extent: dataset.hasTest ? { count: testImagesOf(config, dataset.test.count) } : { count: images, draws },
    seed: config.seed,
    fell: await fallFromBase(tf, pretrained, config, dataset.validation, log),
    likeness: config.likeness,
    chose: config.by?.split === config.dataSha256 ? "by which its training may have chosen its weights" : config.by ? undefined : CHOSE,
    pause,
  });
  tf.dispose([...weights.values()]);
  const { heldOut, over, verdict } = found;
  const { need, needsTime } = needOf(config, verdict, dataset.train.count, log);
  const sentences = [...found.sentences, ...(config.by || !need ? [] : [need])];
  const notes = [...(config.by ? [] : [`Trained${timeAndPlace(log, config)}.`]), ...(config.from === "base" ? [BASE] : [])];
  const page = await writeModelFiles(run.model, made, {
    command: config.command,
    run: { sentences, heldOut, over, notes, dataSha256: config.dataSha256 },
  });
  writeFileAtomically(run.file(NEIGHBOURS), found.neighbours);
  writeFileAtomically(run.file(SHEET), progressSheet(found.drawn, dataset));
  run.writeLog(log);
  writeFileAtomically(run.file(PAGE), page);
  console.log(`${sentences.join("\n")}\nNearest training images: ${run.file(NEIGHBOURS)}`);
  return needsTime;
}

/** In the shipped models rounding makes a difference of D below a third of this (test/slow/shipped-model.test.ts). */
export const MOST_ROUNDING = 0.15;

/** A finished model, its int8 network loaded. */
interface LoadedModel extends Finished {
  readonly drawing: GenerativeModel;
  /** The difference of D that rounding makes. */
  readonly rounding: number;
}

/** Loads the int8 network. Throws a UserError where its difference from the fp32 one is that of a damaged network. */
export async function loadClose(tf: Tf, { fp32, int8 }: Finished): Promise<LoadedModel> {
  const { card } = int8;
  const weights = placeWeights(tf, card.spec, fp32.weights.floats);
  const drawing = { card, denoiser: await simd.load(int8) };
  const rounding = await roundingError(card, tensorDenoiser(tf, card.spec, weights), drawing.denoiser.denoise);
  tf.dispose([...weights.values()]);
  if (rounding < MOST_ROUNDING) return { fp32, int8, drawing, rounding };
  throw new UserError(
    `Expected an int8 network within ${MOST_ROUNDING} of the fp32 one (root mean square of D, for values from -1 to 1) but received one ${rounding.toFixed(2)} away: nothing written`,
  );
}

/** Writes the files of a model and returns its page. */
export async function writeModelFiles(
  folder: string,
  { fp32, int8, drawing, rounding }: LoadedModel,
  facts: Omit<ModelFacts, "rounding">,
): Promise<string> {
  const samples = await sampleGrid(drawing, "card");
  const page = pageOf(int8.card, { ...facts, rounding });
  const files = { [FP32_FILE]: writeModel(fp32), [MODEL_FILE]: int8.bytes, [SAMPLES]: samples, [PAGE]: page };
  writeModelFolder(folder, new Map<string, Uint8Array | string>(Object.entries(files)));
  return page;
}

/** The states of the networks that finish its images: of those that the run learns, once they have, and of those of its source. */
async function learnFinishers(
  backend: Backend,
  { run, config, dataset, average, large }: RunAtEnd,
  pause: () => Promise<void>,
): Promise<FinisherStates> {
  async function learn<S extends FinisherSettings, P, B extends { readonly [name in keyof B]: TF.Tensor }>(
    name: FinisherName,
    finisher: Finisher<S, P, B>,
    settings: S | undefined,
    { doing, count, pictures }: { readonly doing: string; readonly count: number; readonly pictures: () => P | Promise<P> },
  ) {
    const first = run.readFinisher(name);
    if (!first || !settings) return first;
    if (count !== settings.pictures)
      throw new UserError(`The run learns ${doing} from ${settings.pictures} pictures, and \`${dataset.folder}\` has ${count} of them`);
    const given = { ...config, settings, weights: average, pictures: await pictures() };
    const bar = progress(`learning ${doing}`, settings.steps * settings.batch);
    let [mean, learned] = [Number.NaN, () => first];
    try {
      for await (const { step, loss, state } of learnToFinish(backend, finisher, given, first, pause)) {
        mean = step === 1 ? loss : mean + (loss - mean) / 20;
        bar.update(step * settings.batch, `error ${mean.toFixed(4)}`);
        learned = state;
      }
    } finally {
      bar.stop();
    }
    return learned();
  }

  const { alpha, train } = dataset;
  const matte = await learn("matte", MATTE, config.matte, {
    doing: "to cut out",
    count: alpha ? train.count : 0,
    pictures: () => cutOutsOf(train, alpha!.train, dataset.pictures.background),
  });
  const enlarger = await learn("enlarger", ENLARGER, config.enlarger, {
    doing: "to enlarge",
    count: dataset.large.length,
    pictures: () => large ?? largePictures(dataset),
  });
  return { ...(matte && { matte }), ...(enlarger && { enlarger }) };
}

/** What would help most, in a sentence where the verdict does not say it, and whether more time would: not what copies. */
export function needOf(
  { palette }: Pick<RunConfig, "palette">,
  verdict: Verdict,
  trainingImages: number,
  log: readonly LogEntry[],
): { readonly needsTime: boolean; readonly need?: string } {
  if (trainingImages < RECOMBINED)
    return {
      needsTime: false,
      need: `From ${counted(trainingImages, "image")} it recombines rather than invents: more images would help most.`,
    };
  if (verdict === "copies" || verdict === "unlearned") return { needsTime: verdict === "unlearned" };
  if (fellUntil(log) === undefined)
    return { needsTime: true, need: "Its held-out loss was still falling: more time would help, and so would more images." };
  const orTime = palette ? "" : ", and more time would not";
  return { needsTime: false, need: `Its held-out loss had stopped falling: more images, or images more alike, would help${orTime}.` };
}

/** " in 1 h 20 min on <this processor>", as far as it is known. The log's lines have the speed since the line before, of all sessions, reports included. */
export function timeAndPlace(log: readonly LogEntry[], { batch }: Pick<RunConfig, "batch">): string {
  const lines = log.filter((entry) => "loss" in entry);
  const seconds = lines.map(({ step, imagesPerSecond }, i) => ((step - (lines[i - 1]?.step ?? 0)) * batch) / imagesPerSecond);
  const cores = cpus();
  const time = lines.length > 0 ? ` in ${durationOf(seconds.reduce((sum, each) => sum + each))}` : "";
  return `${time} on ${cores[0]?.model.trim() || "an unknown processor"} (${cores.length} cores)`;
}
