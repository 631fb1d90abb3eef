/** Shared by the commands that draw with a model file: the request options as flags, and loading the model. */

import { extname } from "node:path";
import { type Command, Option } from "commander";
import {
  decodeUpload,
  defaultOf,
  loadModel,
  type Model,
  OPTIONS,
  optionsOf,
  type Pixels,
  type Sample,
  type SampleOptions,
} from "../../wasm-model/index.ts";
import type { UploadShape } from "../../wasm-model/render/image/upload.ts";
import { trajectoryOf } from "../../wasm-model/request/resolve.ts";
import { newVerb, withJson } from "./command-line.ts";
import { readRegularFile } from "./files.ts";
import { packagedModel, RUNTIMES, type RuntimeName, readModelFile } from "./model-files.ts";
import { UserError } from "./user-error.ts";

export interface SamplingFlags extends Partial<SampleOptions> {
  readonly runtime: RuntimeName;
  readonly out: string;
  readonly json: boolean;
}

/** `n` is the flag `--count` of the only command that draws grids; no command draws an animation. */
const FLAGS = optionsOf("sample").filter((name) => name !== "n" && name !== "frames");

/**
 * A command with the argument `[model.onnx]`, a flag for each option of an image, `--runtime`, `--out` and `--json`.
 */
export function newSamplingCommand(description: string): Command {
  const command = withJson(newVerb("sample")).description(description);
  command.argument("[model.onnx]", "the model's file, or its folder (default: fashion-mnist, which is in the package)");
  for (const name of FLAGS) command.option(`--${name} <${name}>`, `${OPTIONS[name].doc} Default: ${defaultOf(name, "sample")}.`);
  return command
    .addOption(
      new Option("--runtime <name>", "What runs the network: our own engine (simd) or onnxruntime-web.")
        .choices(Object.keys(RUNTIMES))
        .default("simd"),
    )
    .requiredOption("--out <file.png>", "Where the PNG goes.", pngName);
}

/** Accepts a file name that ends in .png or has no ending. */
function pngName(path: string): string {
  if (["", ".png"].includes(extname(path).toLowerCase())) return path;
  throw new UserError(`Expected a file whose name ends in .png for \`out\` but received "${path}"`);
}

/**
 * The model at `path`, a file or a folder; the package's model by default. Throws a UserError for a file that cannot be read, ModelError for one that is not a model.
 */
export async function openModel(path: string = packagedModel(), runtime: RuntimeName): Promise<Model> {
  let file: Uint8Array;
  try {
    file = readModelFile(path);
  } catch (error) {
    throw new UserError(`Expected a model's file for \`model.onnx\` but received "${path}": ${(error as Error).message}`);
  }
  return loadModel(file, { runtime: await RUNTIMES[runtime]() });
}

/** One line about an image and how it was made. */
export const describeSample = ({ label = "no class in particular", sampler, steps, nfe, width, height }: Sample): string =>
  `${label}, ${width}x${height}, ${sampler}, ${steps} noise levels, ${nfe} evaluations`;

/** The same for programs: the image's settings and its file. */
export const sampleJson = (file: string, { card, version }: Model, image: Sample): object => {
  const { seed, class: index, label, n, nfe, width, height } = image;
  return { file, model: card.name, version, seed, class: index, label, n, ...trajectoryOf(image), nfe, width, height };
};

/**
 * The PNG file that was given for `option`, with the given shape (render/image/upload.ts). Throws a `UserError` if it
 * is missing, not a regular file (a device has no end) or not such a PNG.
 */
export function readPng(path: string, option: string, shape: UploadShape): Pixels {
  try {
    return decodeUpload(readRegularFile(path), shape);
  } catch (error) {
    const expected = `a PNG file of ${shape.width}x${shape.height} pixels`;
    throw new UserError(`Expected ${expected} for \`${option}\` but received "${path}": ${(error as Error).message}`);
  }
}
