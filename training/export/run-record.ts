/**
 * What a record tells of the run: the commands that made the model, where it comes from and, of training, the time that it took, the held-out losses and the loss curve.
 * A model-fp32.onnx does not hold them, so an export from one takes them over from the record of the earlier export.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { readModel } from "../../wasm-model/model/onnx/reader.ts";
import type { Model } from "../../wasm-model/model/onnx/writer.ts";
import { nameLike } from "../cli/model-name.ts";
import { settingsAsFlags } from "../data/picture-settings.ts";
import { nameOf } from "../data/source.ts";
import type { DistillConfig } from "../distill/config.ts";
import { readDistillConfig, STUDENT } from "../distill/state.ts";
import { CHECKPOINT } from "../learning/checkpoint.ts";
import { type ModelRecord, readRecord } from "../record/record.ts";
import { CONFIG } from "../run/folder.ts";
import type { RunConfig } from "../train/config.ts";
import { readConfig } from "../train/folder.ts";
import { lossCurve } from "../train/loss-curve.ts";
import { PRESETS } from "../train/presets.ts";
import { runOfStudent } from "../train/student.ts";
import { trainingSeconds } from "../train/training-time.ts";
import type { Run } from "./source.ts";

export interface RunRecord extends Pick<ModelRecord, "commands" | "origin" | "training"> {
  /** `loss.svg`, of training. */
  readonly curve?: Uint8Array;
}

/** Where a model of the run in `folder` comes from. */
function originOf(folder: string, { dataSha256, commit }: Pick<RunConfig, "dataSha256" | "commit">): ModelRecord["origin"] {
  const hash = createHash("sha256");
  for (const name of [CONFIG, CHECKPOINT]) hash.update(readFileSync(join(folder, name)));
  return { run: hash.digest("hex"), ...(dataSha256 && { data: dataSha256 }), ...(commit && { commit }) };
}

/**
 * The record of the distillation that the file of a student lies in, which may be a part of a run; undefined for any other file. Throws a UserError for a damaged
 * configuration.
 */
export function recordOfStudent(path: string): RunRecord | undefined {
  const folder = dirname(path);
  if (basename(path) !== STUDENT || !existsSync(join(folder, CONFIG))) return undefined;
  const config = readDistillConfig(folder);
  return { commands: [commandOfStudent(folder, config)], origin: originOf(folder, config) };
}

function commandOfStudent(folder: string, config: DistillConfig): string {
  const run = runOfStudent(folder);
  if (run !== undefined) return trainCommand(run, readConfig(run));
  const { teacher, init, featureClassifiers, teacherMaps, data, pictures, method, schedule, images, batch, learningRate, window, seed } =
    config;
  const flags = {
    ...{ schedule: "schedules.json", nfe: schedule.sigmas.length, init, "feature-classifier": featureClassifiers, data },
    ...(pictures && settingsAsFlags(pictures)),
    ...{ method, images, batch, "learning-rate": learningRate, window, seed, out: folder },
  };
  return commandOf("distill", [teacher, ...flagWords(flags), ...(teacherMaps ? [] : ["--no-teacher-maps"])]);
}

/** The record of a run. */
export function recordOf({ folder, config, log }: Run): RunRecord {
  const { guidance, imagesBefore, processors = [], batch } = config;
  const seconds = trainingSeconds(log, batch);
  const { heldOut, testImages } = log.findLast((entry) => "heldOut" in entry) ?? { heldOut: [] };
  return {
    commands: [trainCommand(folder, config)],
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

/** The record in the first of `folders` that holds an earlier export of the very same weights, if it was one of a run. */
export function recordBeside(folders: readonly string[], { card, weights }: Model): RunRecord | undefined {
  for (const folder of folders) {
    try {
      const neighbour = readModel(readFileSync(join(folder, "model-fp32.onnx")));
      if (!isDeepStrictEqual([neighbour.card.training, neighbour.weights], [card.training, weights])) continue;
      const { commands, origin, training } = readRecord(folder);
      if (!origin && !training) continue;
      const of = { commands, ...(origin && { origin }) };
      return training ? { ...of, training, curve: readFileSync(join(folder, "loss.svg")) } : of;
    } catch {
      // No export there, or one without a run.
    }
  }
  return undefined;
}

function trainCommand(folder: string, config: Run["config"]): string {
  const { data, pictures, mirror, name, network, images, batch, learningRate, seed, init, guidance, recipe } = config;
  const preset = isDeepStrictEqual(recipe.logSigma, PRESETS.quick.logSigma) ? "quick" : undefined; // its noise and that it has no student; all else is in these flags
  const flags = {
    ...{ data, preset, network, images, batch, "learning-rate": learningRate, seed },
    ...(pictures && settingsAsFlags(pictures)),
    ...(name !== undefined && name !== nameLike(nameOf(data)) && { name }),
    ...(init !== undefined && { init }),
    ...(guidance && { guidance: guidance.weight, "guidance-sigma-max": guidance.sigmaMax }),
    out: folder,
  };
  return commandOf("train", [...flagWords(flags), ...(mirror ? ["--mirror"] : [])]);
}

/** A flag that may be repeated has a list. */
const flagWords = (flags: Readonly<Record<string, string | number | readonly string[] | undefined>>): string[] =>
  Object.entries(flags).flatMap(([name, value]) => [value ?? []].flat().flatMap((one) => [`--${name}`, String(one)]));

/** A command line, each word as a shell takes it. */
export function commandOf(name: string, words: readonly string[]): string {
  const quoted = (word: string): string => (/^[\w./:=@+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
  return ["npx anneal", name, ...words.map(quoted)].join(" ");
}
