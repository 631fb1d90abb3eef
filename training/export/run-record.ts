/**
 * What a record tells of the training run: the commands that made the model, the time that it took, the held-out losses and the loss curve. A model-fp32.onnx does
 * not hold them, so an export from one takes them over from the record of the earlier export.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { readModel } from "../../wasm-model/model/onnx/reader.ts";
import type { Model } from "../../wasm-model/model/onnx/writer.ts";
import { nameLike } from "../commands/model-name.ts";
import { settingsAsFlags } from "../data/picture-settings.ts";
import { nameOf } from "../data/source.ts";
import { lossCurve } from "../run/pictures.ts";
import { trainingSeconds } from "../run/training-time.ts";
import { type ModelRecord, readRecord } from "./record.ts";
import type { Run } from "./source.ts";

export interface RunRecord extends Required<Pick<ModelRecord, "commands" | "training">> {
  /** `loss.svg`. */
  readonly curve: Uint8Array;
}

/** The record of a run. */
export function recordOf({ folder, config, log }: Run): RunRecord {
  const { guidance, imagesBefore, processors = [], batch } = config;
  const seconds = trainingSeconds(log, batch);
  const { heldOut, testImages } = log.findLast((entry) => "heldOut" in entry) ?? { heldOut: [] };
  return {
    commands: [trainCommand(folder, config)],
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
      const { commands, training } = readRecord(folder);
      if (training) return { commands, training, curve: readFileSync(join(folder, "loss.svg")) };
    } catch {
      // No export there, or one without a run.
    }
  }
  return undefined;
}

function trainCommand(folder: string, config: Run["config"]): string {
  const { data, pictures, mirror, name, network, images, batch, learningRate, seed, init, guidance } = config;
  const flags = {
    ...{ data, network, images, batch, "learning-rate": learningRate, seed },
    ...(pictures && settingsAsFlags(pictures)),
    ...(name !== undefined && name !== nameLike(nameOf(data)) && { name }),
    ...(init !== undefined && { init }),
    ...(guidance && { guidance: guidance.weight, "guidance-sigma-max": guidance.sigmaMax }),
    out: folder,
  };
  return commandOf("train", [
    ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]),
    ...(mirror ? ["--mirror"] : []),
  ]);
}

/** A command line, each word as a shell takes it. */
export function commandOf(name: string, words: readonly string[]): string {
  const quoted = (word: string): string => (/^[\w./:=@+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
  return ["npx anneal", name, ...words.map(quoted)].join(" ");
}
