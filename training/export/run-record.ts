/**
 * What a model card tells of the training run: the commands that made the model, the held-out losses and the loss curve. A model-fp32.onnx does not hold
 * them, so an export from one takes them over from the card of the earlier export.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { readModel } from "../../wasm-model/onnx/reader.ts";
import type { Model } from "../../wasm-model/onnx/writer.ts";
import { settingsAsFlags } from "../data/picture-settings.ts";
import { nameOf } from "../data/source.ts";
import { nameLike } from "../model-name.ts";
import { lossCurve } from "../pictures.ts";
import type { LogEntry } from "../run.ts";
import { timeAndPlace } from "../training-time.ts";
import type { Run } from "./source.ts";

export interface RunRecord {
  /** Command lines, the run's first. */
  readonly commands: readonly string[];
  /** Markdown, the section of the card that shows `loss.svg`. */
  readonly section: string;
  /** `loss.svg`. */
  readonly curve: Uint8Array;
}

/** The record of a run. */
export function recordOf({ folder, config, log }: Run): RunRecord {
  return {
    commands: [trainCommand(folder, config)],
    section: trainingSection(config, log),
    curve: new TextEncoder().encode(lossCurve(log, config)),
  };
}

/** The record in the first of `folders` that holds an earlier export of the very same weights, if it was one of a run. */
export function recordBeside(folders: readonly string[], { card, weights }: Model): RunRecord | undefined {
  for (const folder of folders) {
    try {
      const neighbour = readModel(readFileSync(join(folder, "model-fp32.onnx")));
      if (!isDeepStrictEqual([neighbour.card.training, neighbour.weights], [card.training, weights])) continue;
      const page = readFileSync(join(folder, "README.md"), "utf8");
      const commands = /^npm run train .*(\nnpm run .*)*/m.exec(page)?.[0].split("\n");
      const section = page.split("\n## ").find((text) => text.startsWith("Training\n"));
      if (commands && section) return { commands, section: `## ${section.trimEnd()}`, curve: readFileSync(join(folder, "loss.svg")) };
    } catch {
      // No export there, or one without a run.
    }
  }
  return undefined;
}

function trainCommand(folder: string, config: Run["config"]): string {
  const { data, pictures, mirror, name, preset, images, batch, learningRate, seed, init, guidance } = config;
  const flags = {
    ...{ data, preset, images, batch, "learning-rate": learningRate, seed },
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

/** An npm command line, each word as a shell takes it. */
export function commandOf(name: string, words: readonly string[]): string {
  const quoted = (word: string): string => (/^[\w./:=@+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
  return ["npm run", name, "--", ...words.map(quoted)].join(" ");
}

function trainingSection(config: Run["config"], log: readonly LogEntry[]): string {
  const heldOut = log.flatMap((entry) => ("heldOut" in entry ? [entry.heldOut] : [])).at(-1) ?? [];
  const time = timeAndPlace(log, config);
  const { guidance, imagesBefore } = config;
  const cells = (values: readonly (string | number)[]): string => `| ${values.join(" | ")} |`;
  return [
    "## Training",
    ...(time ? [`Trained${time}.`] : []),
    ...(guidance
      ? [
          `It learned from the model of \`--init\` as that was then (${imagesBefore.toLocaleString("en")} images), guided by ${guidance.weight} up to sigma ${guidance.sigmaMax}.`,
        ]
      : []),
    "![Loss curve of the run](loss.svg)",
    "Held-out denoising-score-matching loss of the averaged weights, fp32, all test images with their labels; `npm run evaluate -- model-fp32.onnx` prints it again:",
    [
      cells(["sigma", ...heldOut.map(({ sigma }) => sigma)]),
      cells(["---", ...heldOut.map(() => "---")]),
      cells(["loss", ...heldOut.map(({ loss }) => loss.toFixed(3))]),
    ].join("\n"),
  ].join("\n\n");
}
