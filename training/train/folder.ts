/**
 * The folder of a training run (run/folder.ts). It also holds sheet.png (images of the folder beside drawn ones), progress.html,
 * which shows it, loss.svg, neighbours.png (images above their nearest training images) and conclusion.json (what was found
 * at the end).
 */
import { existsSync } from "node:fs";
import * as v from "valibot";
import { type Immutable, openObject } from "../../wasm-model/schema/fields.ts";
import { writeFileAtomically } from "../cli/files.ts";
import { parseJson, readJson } from "../cli/parse-json.ts";
import { UserError } from "../cli/user-error.ts";
import { type TrainingState, trainingFormat } from "../learning/checkpoint.ts";
import { isOver, type LogEntry } from "../learning/reports.ts";
import { RunFolder } from "../run/folder.ts";
import { parseConfig, type RunConfig } from "./config.ts";

export type TrainingRun = RunFolder<RunConfig, LogEntry>;

export const NEIGHBOURS = "neighbours.png";
export const CONCLUSION = "conclusion.json";
export const LOSS_CURVE = "loss.svg";
export const SHEET = "sheet.png";
export const PROGRESS_PAGE = "progress.html";

export const trainingRun = (folder: string): TrainingRun => new RunFolder(folder, { name: "training run", parse: parseConfig });

/**
 * Creates the folder of a new run with its first checkpoint: all of it or nothing. Throws a UserError when the folder
 * is in use or cannot be made.
 */
export function createRun(folder: string, config: RunConfig, state: TrainingState): TrainingRun {
  const run = trainingRun(folder);
  run.create(config, (staging) => {
    staging.writeState(trainingFormat(config.spec), state);
    staging.keepState();
    staging.keepBest();
    writeFileAtomically(staging.file(PROGRESS_PAGE), progressPage(config));
  });
  return run;
}

/** A page that shows the run's pictures and loads itself again. */
const progressPage = ({ name = "" }: RunConfig): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="refresh" content="10">
<meta name="color-scheme" content="light dark">
<title>${name}: training</title>
<style>
  body { font: 1rem/1.5 system-ui; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
  img { display: block; width: 100%; image-rendering: pixelated }
</style>
<h1>${name}</h1>
<p>Left: images of the folder. Right: drawn by the network as it is now, from the same noise each time. Below: how its loss falls.</p>
<img src="${SHEET}" alt="Images of the folder beside drawn ones">
<img src="${LOSS_CURVE}" alt="Loss against training images">
</html>
`;

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
  const path = trainingRun(folder).file(CONCLUSION);
  return existsSync(path) ? parseJson(CONCLUSION_SCHEMA, readJson(path, `the ${CONCLUSION} of the run in \`${folder}\``), path) : undefined;
};

interface FinishedRun {
  readonly config: RunConfig;
  /** The state with the lowest held-out loss. */
  readonly state: TrainingState;
  readonly log: readonly LogEntry[];
}

/** The finished run in a folder. Throws a UserError if it is not at its end. */
export function readFinishedRun(folder: string): FinishedRun {
  const run = trainingRun(folder);
  const config = run.readConfig();
  const { steps, spec } = config;
  const format = trainingFormat(spec);
  const { step } = run.readStateToResume(format, (line) => {
    throw new UserError(`${line} is what --resume does`);
  });
  const log = run.readLog(step);
  if (isOver(log, config)) return { config, state: run.readBest(format), log };
  const missing = step < steps ? "" : ", without its last held-out losses";
  throw new UserError(`Expected a finished run but \`${folder}\` is at step ${step} of ${steps}${missing}: finish it with --resume`);
}
