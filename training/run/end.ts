/** The end of a run: what its network is like, in four sentences. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { type Immutable, openObject } from "../../wasm-model/schema/fields.ts";
import { counted } from "../../wasm-model/schema/text.ts";
import type { Backend } from "../backend/step.ts";
import { writeFileAtomically } from "../cli/files.ts";
import { parseJson, readJson } from "../cli/parse-json.ts";
import { whichOf } from "../data/dataset.ts";
import { learnedWeights } from "../finishing/finisher.ts";
import { cutOutsOf, MATTE, matteError } from "../finishing/matte.ts";
import { finishedModel, outcomeOf } from "../finishing/outcome.ts";
import { RECOMBINED } from "../learning/defaults.ts";
import { interruptible } from "../learning/learn.ts";
import { coolDownIn, fellUntil, isReported, type LogEntry, reportBeforeGuidance, reportsOf, testImagesOf } from "../learning/reports.ts";
import { describeMemorization } from "../measure/memorization.ts";
import { type HeldOutLoss, heldOutLoss, heldOutTable, meanLoss } from "../network/held-out.ts";
import { placeWeights, tensorDenoiser } from "../network/score-network.ts";
import { paddedSplit, type Split } from "../network/split.ts";
import { type RunConfig, trainedModel } from "../plan/config.ts";
import { type Run, SHEET } from "./folder.ts";
import { progressSheet } from "./sheet.ts";

/** Images above their nearest training images, and what was found. */
export const NEIGHBOURS = "neighbours.png";
export const CONCLUSION = "conclusion.json";

const text = v.string("a string");

const CONCLUSION_SCHEMA = openObject(
  {
    /** What was found, for the run's user and for the model's page. */
    sentences: v.array(text, "a list of strings"),
    /** The loss of the best averaged weights, and which images it is over. */
    heldOut: v.array(v.object({ sigma: v.number("a number"), loss: v.number("a number") }, "a noise level and its loss"), "a list"),
    over: text,
  },
  "a JSON object",
);
export type Conclusion = Immutable<v.InferOutput<typeof CONCLUSION_SCHEMA>>;

/** What was found at the end of a run; undefined if it was stopped before. */
export const readConclusion = (folder: string): Conclusion | undefined => {
  const path = join(folder, CONCLUSION);
  return existsSync(path) ? parseJson(CONCLUSION_SCHEMA, readJson(path), path) : undefined;
};

/**
 * Measures the best averaged weights on the images of a folder `test`, or else on those that chose them, and the images of the model
 * that an export makes of them; prints a summary, and writes neighbours.png, conclusion.json and a last sheet.png. `listen` may throw
 * between two pieces of work.
 */
export async function conclude(
  { tf }: Backend,
  { run, config, dataset, log, pretrained }: Run,
  listen: () => Promise<void>,
): Promise<void> {
  const { spec } = config;
  const { train, validation, test, hasTest } = dataset;
  const { average } = run.readState(spec, "best");
  const weights = placeWeights(tf, spec, average);
  const denoise = interruptible(tensorDenoiser(tf, spec, weights), listen);
  const { images, draws } = reportsOf(config, validation.count);
  const extent = hasTest ? { count: testImagesOf(config, test.count) } : { count: images, draws };
  const lossOver = (split: Split): Promise<HeldOutLoss[]> => heldOutLoss(denoise, spec, paddedSplit(split, config), extent);
  const [heldOut, seen] = [await lossOver(test), await lossOver(train)];
  const matte = config.matte && learnedWeights(MATTE, run.readFinisher("matte"));
  const cutOuts = matte && cutOutsOf(test, dataset.alpha!.test, dataset.pictures.background);
  const error = matte && matteError({ tf, spec, weights, crop: config.crop }, matte, cutOuts!);
  tf.dispose([...weights.values()]);
  const which = whichOf(dataset);
  const part = { test: ", which chose nothing", "held-out": ", by which the run also chooses its weights and its end", training: "" };
  const over = counted(extent.count, `${which} image`) + part[which];
  const { int8 } = await finishedModel(tf, trainedModel(config, average, {}), config.contrast, { onProgress: listen }, listen);
  const ended = { settings: config, pretrained, log };
  const { memorization, drawn, verdict } = await outcomeOf(tf, ended, int8, dataset, listen);
  console.log(`${which === "training" ? "" : "held-out "}loss of the best averaged weights, over ${over}:`);
  console.log(heldOutTable(heldOut));
  const sentences = [
    verdict,
    ...(which === "training" ? [] : [describeGap(heldOut, seen, extent.count)]),
    describeMemorization(memorization, train.count),
    ...(error === undefined
      ? []
      : [`It cuts out: the opacity of ${counted(test.count, `${which} image`)} errs by ${error.toFixed(4)} on average.`]),
    describeNeed(config, train.count, log),
  ];
  console.log(`${sentences.join("\n")}\nNearest training images: ${run.file(NEIGHBOURS)}`);
  writeFileAtomically(run.file(NEIGHBOURS), memorization.sheet);
  writeFileAtomically(run.file(SHEET), progressSheet(drawn, dataset));
  const conclusion: Conclusion = { sentences, heldOut, over };
  writeFileAtomically(run.file(CONCLUSION), `${JSON.stringify(conclusion, null, 2)}\n`);
}

/** A loss this many times as high on held-out images shows that the network knows the training images themselves. */
const GAP = 1.25;
/** The logarithm of that ratio scatters by 0.75 / sqrt(n) over n images: twice that must be exceeded, or it may be chance. */
const SCATTER = 1.5;

/** The loss over so many held-out images beside that over as many training images. */
export function describeGap(heldOut: readonly HeldOutLoss[], seen: readonly HeldOutLoss[], images: number): string {
  const [other, own] = [meanLoss(heldOut), meanLoss(seen)];
  const losses = `mean loss ${other.toFixed(3)}, and ${own.toFixed(3)} on those`;
  if (!(other > GAP * own)) return `It denoises images that it never saw about as well as those that it learned from (${losses}).`;
  return Math.log(other / own) > SCATTER / Math.sqrt(images)
    ? `It denoises the images that it learned from better than others (${losses}): it begins to learn them by heart.`
    : `${images === 1 ? "1 held-out image is" : `${images} held-out images are`} too few to tell whether it denoises those that it learned from better (${losses}).`;
}

/** Whether the loss still fell, from pictures enough to learn more of. */
export const wouldMoreHelp = (log: readonly LogEntry[], trainingImages: number): boolean =>
  trainingImages >= RECOMBINED && fellUntil(log) === undefined;

/** What would help most, and how its loss came to what it is. */
export function describeNeed(
  { batch, recipe, palette, likeness }: Pick<RunConfig, "batch" | "recipe" | "palette" | "likeness">,
  trainingImages: number,
  log: readonly LogEntry[],
): string {
  if (trainingImages < RECOMBINED)
    return `From ${counted(trainingImages, "image")} it recombines rather than invents: more images would help most.`;
  const [before, last] = [reportBeforeGuidance(log), log.findLast(isReported)].map((report) => meanLoss(report?.heldOut ?? []));
  const what = recipe.guidance.weight === 1 ? "int8 rounding" : "guidance and int8 rounding";
  const raised = last > before ? `; ${what}, which it learns then, raised it to ${last.toFixed(3)}` : "";
  const until = fellUntil(log);
  const when = coolDownIn(log) ? " before the cool-down" : "";
  const fell = (until === undefined ? "was still falling" : `fell until image ${until * batch}`) + when;
  const kind = likeness === "nearly pixel art" ? "one palette for all" : "images more alike";
  const more = `more images, or ${kind}, would help${palette ? "" : ", and more time would not"}`;
  const need = until === undefined ? "more time would help, and so would more images" : more;
  return `Its held-out loss ${fell}, to ${before.toFixed(3)}${raised}: ${need}.`;
}
