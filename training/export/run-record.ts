/**
 * The part of a record that describes the run: the commands that made the model, its origin and, for a training, its
 * time, held-out losses and loss curve. A model-fp32.onnx does not contain these. An export from one copies them from
 * the record of the earlier export.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, isAbsolute, join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { readModel } from "../../wasm-model/model/onnx/reader.ts";
import type { ModelContents } from "../../wasm-model/model/onnx/writer.ts";
import { nameLike } from "../cli/command-line.ts";
import { wordsOfSettings } from "../data/conversion.ts";
import { UNKNOWN_LICENCE } from "../data/written-set.ts";
import { type RateSchedule, RECIPE, rateAt } from "../learning/recipe.ts";
import { type ModelRecord, readRecord } from "../record/record.ts";
import { wordsOf } from "../run/flags.ts";
import { type AtStep, CHECKPOINT, CONFIG, type SpeedLine } from "../run/folder.ts";
import { DEFAULTS, type RunConfig, TRAIN_FLAGS } from "../train/config.ts";
import { type LogEntry, lossCurve, trainingSeconds } from "../train/log.ts";
import { noiseFor, PRESETS, type PresetName } from "../train/presets.ts";
import type { Run } from "./source.ts";

export interface RunRecord extends Pick<ModelRecord, "commands" | "origin" | "training"> {
  /** `loss.svg` of a training. */
  readonly curve?: Uint8Array;
}

/** The origin of a model from the run in `folder`. No commit is recorded if the sources had uncommitted changes. */
function originOf(folder: string, { dataSha256, commit }: Pick<RunConfig, "dataSha256" | "commit">): ModelRecord["origin"] {
  const hash = createHash("sha256");
  for (const name of [CONFIG, CHECKPOINT]) hash.update(readFileSync(join(folder, name)));
  return { run: hash.digest("hex"), ...(dataSha256 && { data: dataSha256 }), ...(commit && !isChanged(commit) && { commit }) };
}

/** Whether the sources had uncommitted changes (`commitHere`). */
const isChanged = (commit: string): boolean => commit.endsWith("+");

export function recordOf({ folder, config, log }: Run): RunRecord {
  const { guidance, imagesBefore, processors = [], batch } = config;
  const seconds = trainingSeconds(log, batch);
  const { heldOut, testImages } = log.findLast((entry) => "heldOut" in entry) ?? { heldOut: [] };
  return {
    commands: trainCommands(folder, config, log),
    origin: originOf(folder, config),
    training: {
      ...(Number.isNaN(seconds) ? {} : { seconds: Math.round(seconds) }),
      processors: [...processors],
      ...(guidance && { guidance }),
      imagesBefore,
      heldOut: heldOut.map(({ sigma, loss }) => ({ sigma, loss })),
      ...(testImages !== undefined && { heldOutImages: testImages }),
    },
    curve: new TextEncoder().encode(lossCurve(log, config)),
  };
}

/** The record in the first of `folders` that holds an earlier export of the same weights, if it describes a run. */
export function recordBeside(folders: readonly string[], { card, weights }: ModelContents): RunRecord | undefined {
  for (const folder of folders) {
    try {
      const neighbour = readModel(readFileSync(join(folder, "model-fp32.onnx")));
      if (!isDeepStrictEqual([neighbour.card.training, neighbour.weights], [card.training, weights])) continue;
      const { commands, origin, training } = readRecord(folder);
      if (!origin && !training) continue;
      const of = { commands, ...(origin && { origin }) };
      return training ? { ...of, training, curve: readFileSync(join(folder, "loss.svg")) } : of;
    } catch {
      // There is no export of a run in this folder.
    }
  }
  return undefined;
}

/** The command of a training, with comments on what the command does not repeat. */
function trainCommands(folder: string, config: RunConfig, log: readonly LogEntry[]): string[] {
  const { data, pictures, crop, spec } = config;
  const { preset = presetOf(config) } = config;
  const { mean, std } = noiseFor(PRESETS[preset], crop ?? spec);
  const usual = {
    ...{ preset: DEFAULTS.preset, name: nameLike(basename(data)) },
    ...{ logSigmaMean: mean, logSigmaStd: std, augment: RECIPE.augmentation },
    dataLicence: UNKNOWN_LICENCE,
  };
  const words = [...wordsOf(TRAIN_FLAGS, { ...config, preset }, usual), ...(pictures ? wordsOfSettings(pictures) : [])];
  const { logSigma: _, augmentation: __, ...recipe } = config.recipe;
  return [commandOf("train", [...words, "--out", folder]), ...unrepeated(config, log, differences(recipe, RECIPE, "recipe"))];
}

/** Earlier versions did not record the preset, which decides the noise if no flag does. */
const presetOf = ({ recipe }: RunConfig): PresetName =>
  isDeepStrictEqual(recipe.logSigma, PRESETS.quick.logSigma.small) ? "quick" : "default";

/** Comments on why the command alone does not make the same model again. */
function unrepeated(config: Pick<RunConfig, "commit"> & RateSchedule, log: readonly AtStep[], changed: readonly string[]): string[] {
  const { commit } = config;
  const moved = log.find(
    (line): line is SpeedLine => "learningRate" in line && Math.abs((line.learningRate as number) / rateAt(config, line.step) - 1) > 1e-6,
  );
  return [
    ...(commit && isChanged(commit) ? [`# It began with changes to commit ${commit.slice(0, -1)} that were not committed.`] : []),
    ...(changed.length > 0 ? [`# These values in config.json were changed; they have no flags: ${changed.join(", ")}.`] : []),
    ...(moved ? [`# config.json was changed during the run: at step ${moved.step} its learning rate was ${moved.learningRate}.`] : []),
  ];
}

/** Lists, with their paths, the numbers in `values` that differ from `usual`. */
function differences(values: object, usual: object | undefined, path: string): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const other = (usual as Record<string, unknown> | undefined)?.[name];
    if (typeof value === "object" && value !== null) return differences(value, other as object | undefined, `${path}.${name}`);
    return value === other ? [] : [`\`${path}.${name}\` ${value}`];
  });
}

/**
 * A command line for the record, with words quoted for a shell where needed. Of a path outside the current folder it has
 * only the last name: a record is published, and where files lay is nobody's business.
 */
export function commandOf(name: string, words: readonly string[]): string {
  const isElsewhere = (path: string): boolean => isAbsolute(path) || /^(~|\.\.)([\\/]|$)/.test(path);
  const named = (word: string): string => {
    const [, flag, path] = /^(--[\w-]+=|)(.*)$/s.exec(word) as unknown as [string, string, string];
    return flag + (isElsewhere(path) ? basename(resolve(path)) : path);
  };
  const quoted = (word: string): string => (/^[\w./:=@+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
  return ["npx anneal", name, ...words.map(named).map(quoted)].join(" ");
}
