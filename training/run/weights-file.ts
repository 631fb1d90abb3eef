/** Weights of a network by themselves, in a safetensors file that other programs read and write. */
import { basename } from "node:path";
import { TRAINER, type TrainingRecord } from "../../wasm-model/model/card.ts";
import type { ModelContents } from "../../wasm-model/model/onnx/writer.ts";
import { type Parameter, parametersOf } from "../../wasm-model/network/count.ts";
import type { NetworkSpec } from "../../wasm-model/network/spec.ts";
import { sha256Hex } from "../../wasm-model/schema/bytes.ts";
import { describeFault, faultOf } from "../../wasm-model/schema/fields.ts";
import { printable } from "../../wasm-model/schema/text.ts";
import { readRegularFile, writeFileAtomically } from "../cli/files.ts";
import { UserError } from "../cli/user-error.ts";
import { decodeWeights, encodeWeights } from "../learning/checkpoint.ts";
import { decodeSafetensors, encodeSafetensors, type NamedTensors } from "../learning/safetensors.ts";
import { expectTrained, floatsOf } from "../learning/start.ts";
import type { Parameters } from "../network/parameters.ts";

const SUFFIX = ".safetensors";

/** A file of weights, or a checkpoint. */
export interface WeightsFile {
  readonly path: string;
  readonly content: NamedTensors<Float32Array>;
}

/** Formats of other programs, to say how their weights become such a file. */
const OTHERS = /\.(?:pt|pth|ckpt|bin|npz|npy)$/i;

/** Whether the file has weights alone, by its name. */
export const isWeightsFile = (path: string): boolean => path.endsWith(SUFFIX) || OTHERS.test(path);

/** All weights of a model as floats. */
export function writeWeightsFile(path: string, { card: { spec }, weights }: ModelContents): void {
  writeFileAtomically(path, encodeSafetensors(encodeWeights(parametersOf(spec), floatsOf(weights), metadataOf(spec))));
}

/** What of a network decides what its weights compute. */
export const metadataOf = ({ sigmaData, bound }: NetworkSpec): Record<string, string> => ({
  sigmaData: String(sigmaData),
  ...(bound !== undefined && { bound: String(bound) }),
});

/** What trained the weights, as the file says: `by`, `images` and `split` of its metadata. */
export function trainerOf({ path, content: { metadata } }: WeightsFile): NonNullable<TrainingRecord["by"]> {
  const { by = basename(path), images = "0", split } = metadata;
  const trainer = { name: by, images: Number(images), sha256: sha256Hex(readRegularFile(path)), ...(split !== undefined && { split }) };
  const fault = faultOf(TRAINER, trainer);
  if (fault) throw refusal(path, new Error(describeFault(fault, "its metadata")));
  return trainer;
}

/** The file that was given for `from`. Throws a UserError for one that is not of this format. */
export function readWeightsFile(path: string): WeightsFile {
  try {
    if (OTHERS.test(path))
      throw new Error(
        `weights are taken as ${SUFFIX}, which \`save_file(weights, "x${SUFFIX}")\` of Python's safetensors.torch or safetensors.numpy writes`,
      );
    return { path, content: decodeSafetensors(readRegularFile(path), ["F32"]) };
  } catch (error) {
    throw refusal(path, error);
  }
}

const refusal = (path: string, error: unknown): UserError =>
  new UserError(`Expected the weights of a network for \`from\` but received "${path}": ${(error as Error).message}`);

/** The weights of a network with these parameters. Throws a UserError that names what is missing or of another shape. */
export function weightsFor(known: ReadonlyMap<string, Parameter>, { path, content }: WeightsFile): Parameters {
  try {
    const weights = decodeWeights(known, content);
    expectTrained(weights, `file ${path}`);
    return weights;
  } catch (error) {
    throw error instanceof UserError ? error : refusal(path, error);
  }
}

/** Throws a UserError for weights of a network that scales or bounds its images otherwise, by their metadata. */
export function expectNumbersOf(spec: NetworkSpec, { path, content: { metadata } }: WeightsFile): void {
  for (const name of ["sigmaData", "bound"] as const) {
    const [own, given] = [String(spec[name]), metadata[name]];
    if (given !== undefined && given !== own)
      throw refusal(path, new Error(`its \`${name}\` is ${printable(given)}, and that of the model ${own}`));
  }
}
