/** Sources of an export: a finished training run, or an fp32 model from an earlier export. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ModelContents } from "../../wasm-model/model/onnx/writer.ts";
import { RECORD_FILE } from "../../wasm-model/model/recorded.ts";
import { parametersOf } from "../../wasm-model/network/count.ts";
import { FINISHER_NAMES } from "../../wasm-model/network/finishers.ts";
import type { Weights } from "../../wasm-model/network/quantization.ts";
import { baseFile, readAnyModel, readFp32Model } from "../cli/model-files.ts";
import { UserError } from "../cli/user-error.ts";
import { floatsOf } from "../learning/start.ts";
import { modelOf } from "../network/parameters.ts";
import { trainedModel } from "../plan/config.ts";
import { expectNumbersOf, readWeightsFile, weightsFor } from "../plan/weights-file.ts";
import { readConclusion } from "../run/end.ts";
import { CONFIG, finisherFile, LOSS_CURVE, readFinishedRun, STATES } from "../run/folder.ts";
import { lossCurve, timeAndPlace } from "../run/log.ts";
import { type ModelRecord, OF_IMAGES, readRecord, type Section } from "./record.ts";

/** What a record says of the training. A model's file does not contain it, so an export of one takes it from the record beside. */
export type History = Pick<ModelRecord, "commands" | "run" | "hashes">;

export interface ExportSource extends ModelContents {
  readonly history: History;
  /** The folder of the training images, as the run found it. */
  readonly data?: string;
  /** Of the training images, if the extrapolation is set by it. */
  readonly contrast?: number | undefined;
  /** What the training came to, in a sentence. */
  readonly verdict?: string | undefined;
  /** The loss curve of the training, an SVG document. */
  readonly curve?: Uint8Array;
}

/** Where the base's pictures and their licences are listed. */
const BASE =
  "It started from Anneal's base (MIT), which learned from pictures under MIT, Apache-2.0, CC0 and CC BY licences: `models/base` of the package names them.";

/**
 * The fp32 model at `path`, or with the weights in the file `from` a model in any precision. Throws a UserError for a missing,
 * unfinished or damaged one.
 */
export function readSource(path: string, from?: string): ExportSource {
  if (from === undefined) return isFolder(path) ? fromRun(path) : fromExport(path, readFp32Model(path, "source"));
  return withWeights(isFolder(path) ? fromRun(path) : fromExport(path, inFloats(readAnyModel(path, "source"))), from);
}

/** An int8 model with all of its weights as floats. */
function inFloats(model: ModelContents): ModelContents {
  const asFloats = (weights: Weights): Weights => ({ floats: floatsOf(weights), convolutions: new Map() });
  const finishers = FINISHER_NAMES.flatMap((name) => (model[name] ? [[name, asFloats(model[name])]] : []));
  return { card: model.card, weights: asFloats(model.weights), ...Object.fromEntries(finishers) };
}

/** The model at `path` in any precision: a run's, that in a file or in the folder of an export, or the `base`. Throws a UserError. */
export const readContents = (path: string): ModelContents =>
  existsSync(join(path, CONFIG)) ? fromRun(path) : readAnyModel(path === "base" ? baseFile() : path, "source");

/** The source with the weights in a file of their own, and nothing of what was found of its own ones. */
function withWeights({ history, curve: _, verdict: __, ...source }: ExportSource, path: string): ExportSource {
  const { card } = source;
  const file = readWeightsFile(path);
  expectNumbersOf(card.spec, file);
  const average = weightsFor(parametersOf(card.spec), file);
  const hashes = { ...history.hashes, "SHA-256 of the file that its weights are from": hashOf(path) };
  return { ...source, ...modelOf(card, average), history: { commands: history.commands, hashes } };
}

function isFolder(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found) return found.isDirectory();
  throw new UserError(`Expected a run folder or a model-fp32.onnx for \`source\` but received \`${path}\`, which does not exist`);
}

function fromRun(folder: string): ExportSource {
  const { config, state, log, finishers } = readFinishedRun(folder);
  const { command, dataSha256 } = config;
  const conclusion = readConclusion(folder);
  const time = timeAndPlace(log, config);
  const run: Section = {
    title: "The run",
    commands: [],
    tables: conclusion
      ? [
          [
            ["loss at sigma", ...conclusion.heldOut.map(({ sigma }) => String(sigma))],
            ["fp32", ...conclusion.heldOut.map(({ loss }) => loss.toFixed(3))],
          ],
        ]
      : [],
    notes: [
      ...(time === "" ? [] : [`Trained${time}.`]),
      ...(config.from === "base" ? [BASE] : []),
      ...(config.matte ? [`What it draws is cut out by a matte that learned from ${config.matte.pictures} of the pictures.`] : []),
      ...(config.enlarger ? [`Its enlarger learned from ${config.enlarger.pictures} of the pictures at four times the size.`] : []),
      ...(conclusion?.sentences ?? []),
      ...(conclusion ? [`Denoising-score-matching loss of the averaged weights with the images' labels, over ${conclusion.over}.`] : []),
    ],
    pictures: [{ file: LOSS_CURVE, alt: "Loss curve of the run" }],
  };
  const parts = [CONFIG, STATES.best, ...FINISHER_NAMES.filter((name) => finishers[name]).map(finisherFile)];
  const hashes = {
    [`SHA-256 of the run's ${parts.join(" followed by its ")}`]: hashOf(...parts.map((name) => join(folder, name))),
    [OF_IMAGES]: dataSha256,
  };
  const history = { commands: [command], run, hashes };
  return {
    ...trainedModel(config, state.average, finishers),
    history,
    data: config.data,
    contrast: config.contrast,
    verdict: conclusion?.sentences[0],
    curve: new TextEncoder().encode(lossCurve(log, config)),
  };
}

/** The SHA-256 of files, one after the other. */
function hashOf(...paths: readonly string[]): string {
  const hash = createHash("sha256");
  for (const path of paths) hash.update(readFileSync(path));
  return hash.digest("hex");
}

/** A model of an earlier export, with the record beside it. */
function fromExport(path: string, model: ModelContents): ExportSource {
  const folder = dirname(path);
  if (!existsSync(join(folder, RECORD_FILE))) return { ...model, history: { commands: [], hashes: {} } };
  const { commands, run, hashes } = readRecord(folder);
  const curve = join(folder, LOSS_CURVE);
  return { ...model, history: { commands, hashes, ...(run && { run }) }, ...(existsSync(curve) && { curve: readFileSync(curve) }) };
}
