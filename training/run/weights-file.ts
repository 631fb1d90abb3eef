/** Weights of a network by themselves, in a safetensors file that other programs read and write. */
import { basename } from "node:path";
import { FORMAT, nameLike, TRAINER, type TrainingRecord } from "../../wasm-model/model/card.ts";
import type { ModelContents } from "../../wasm-model/model/onnx/writer.ts";
import { type Parameter, parametersOf } from "../../wasm-model/network/count.ts";
import { ACTIVATION_BOUND, NETWORKS, type NetworkName, type NetworkSpec, RGB } from "../../wasm-model/network/spec.ts";
import { sha256Hex } from "../../wasm-model/schema/bytes.ts";
import { describeFault, faultOf } from "../../wasm-model/schema/fields.ts";
import { printable } from "../../wasm-model/schema/text.ts";
import { readRegularFile, writeFileAtomically } from "../cli/files.ts";
import { UserError } from "../cli/user-error.ts";
import { decodeWeights, encodeWeights } from "../learning/checkpoint.ts";
import { NETWORK } from "../learning/defaults.ts";
import { decodeSafetensors, encodeSafetensors, type NamedTensors } from "../learning/safetensors.ts";
import { SAMPLING_DEFAULTS } from "../learning/sampling.ts";
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

/**
 * What a run on pictures of these classes starts from: `network`, or the network that the weights are of. Its classes are these, in
 * this order. `sigmaData`: of a file that does not say it. Throws a UserError for weights of other classes.
 */
export function modelOfWeights(file: WeightsFile, labels: readonly string[], sigmaData: number, network?: NetworkName): ModelContents {
  const { tensors, metadata } = file.content;
  const classes = (tensors.get("emb.class") ?? tensors.get("average/emb.class"))?.shape[1] ?? 1;
  if (classes !== labels.length) {
    const advice = "`--from base`, or the folder of a model, gives a run of any classes its weights";
    throw refusal(file.path, new Error(`its classes are ${classes}, and those of the pictures ${labels.length}: ${advice}`));
  }
  const input = tensors.get("in") ?? tensors.get("average/in");
  const specOf = (name: NetworkName): NetworkSpec => ({
    ...{ ...NETWORKS[name], height: 32, width: 32, bound: ACTIVATION_BOUND },
    channels: input?.shape[1] === 4 + 1 ? 1 : RGB,
    classes: labels.length,
    sigmaData: Number(metadata.sigmaData ?? sigmaData),
    ...(labels.length === 1 && { unconditional: true }),
  });
  const fits = (name: NetworkName): boolean => {
    try {
      return decodeWeights(parametersOf(specOf(name)), file.content).size > 0;
    } catch {
      return false;
    }
  };
  const chosen = network ?? (Object.keys(NETWORKS) as NetworkName[]).find(fits) ?? NETWORK;
  const spec = specOf(chosen);
  const name = nameLike(basename(file.path, SUFFIX));
  return {
    card: {
      ...{ format: FORMAT, name, spec, labels, dataRange: [-1, 1], sampling: SAMPLING_DEFAULTS },
      training: { data: name, dataLicence: "unknown", network: chosen, images: 0, seed: "unknown" },
    },
    weights: { floats: weightsFor(parametersOf(spec), file), convolutions: new Map() },
  };
}
