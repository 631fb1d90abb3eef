/** What the commands that draw with a model file have in common: the options of the table as flags, and the model's file. */
import { readFileSync } from "node:fs";
import { type Command, Option } from "commander";
import { defaultOf, loadModel, type Model, OPTIONS, optionsOf, type Sample, type SampleOptions } from "../../wasm-model/index.ts";
import { newCommand } from "./command-line.ts";
import { RUNTIMES, type RuntimeName } from "./runtimes.ts";
import { UserError } from "./user-error.ts";

export interface SamplingFlags extends Partial<SampleOptions> {
  readonly runtime: RuntimeName;
  readonly out: string;
}

/** `n` is the flag `--count` of the one command that draws grids; none of them draws an animation. */
const FLAGS = optionsOf("sample").filter((name) => name !== "n" && name !== "frames");

/** A command with the argument `<model.onnx>`, a flag for each option that decides an image, `--runtime` and `--out`. */
export function newSamplingCommand(name: string, description: string, operation: "sample" | "inpaint" = "sample"): Command {
  const command = newCommand(name).description(description).argument("<model.onnx>", "the model's file");
  for (const name of FLAGS) command.option(`--${name} <${name}>`, `${OPTIONS[name].doc} Default: ${defaultOf(name, operation)}.`);
  return command
    .addOption(
      new Option("--runtime <name>", "What runs the network: our own engine, or onnxruntime-web.")
        .choices(Object.keys(RUNTIMES))
        .default("simd"),
    )
    .requiredOption("--out <file.png>", "Where the PNG goes.");
}

/** Throws a UserError for a file that cannot be read, ModelError for one that is no model. */
export async function openModel(file: string, runtime: RuntimeName): Promise<Model> {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new UserError(`Expected a model's file for \`model.onnx\` but ${(error as Error).message}`);
  }
  return loadModel(bytes, { runtime: await RUNTIMES[runtime]() });
}

/** One line on an image and how it was made. */
export const describeSample = ({ label = "no class in particular", sampler, steps, nfe, width, height }: Sample): string =>
  `${label}, ${width}x${height}, ${sampler}, ${steps} noise levels, ${nfe} evaluations`;
