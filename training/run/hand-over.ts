/**
 * A run whose network learns elsewhere, as on GPUs with PyTorch: a folder has all that a trainer needs, in plain formats, and all that
 * the run's end needs once the weights are back.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { parametersOf } from "../../wasm-model/network/count.ts";
import { ENLARGED, FINISHER_NAMES } from "../../wasm-model/network/finishers.ts";
import { MAX_CODE, MAX_WEIGHT } from "../../wasm-model/network/quantization.ts";
import { RGB } from "../../wasm-model/network/spec.ts";
import { joined } from "../../wasm-model/schema/bytes.ts";
import type { Backend } from "../backend/step.ts";
import { quoteWord, typedCommand } from "../cli/command-line.ts";
import { makeFolder, readJson, readRegularFile, writeFileAtomically } from "../cli/files.ts";
import { UserError } from "../cli/user-error.ts";
import type { TrainingData } from "../data/dataset.ts";
import { largePictures } from "../data/load.ts";
import type { LargePictures } from "../data/sizes.ts";
import { type FinisherStates, LEARNING } from "../finishing/plan.ts";
import { decodeState, decodeWeights, encodeState, encodeWeights, initialState } from "../learning/checkpoint.ts";
import { PATIENCE, reportsOf } from "../learning/reports.ts";
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from "../learning/safetensors.ts";
import { MOST_CHANGED } from "../network/augment.ts";
import { HELD_OUT_SIGMAS } from "../network/held-out.ts";
import { guideSpec } from "../network/loss.ts";
import { type Parameters, storedFilters } from "../network/parameters.ts";
import { memorySplit, type Split } from "../network/split.ts";
import { cardOf, parseConfig, type RunConfig } from "./config.ts";
import { finishRun } from "./end.ts";
import { CONFIG, RunFolder } from "./folder.ts";
import { expectModelFolder, lockRun } from "./model-folder.ts";
import type { PlannedRun } from "./plan.ts";
import { expectNumbersOf, metadataOf, readWeightsFile, trainerOf, weightsFor } from "./weights-file.ts";

/** Bytes of the pictures in a file; more are in parts. */
const PART = 250e6;

/** Files of pictures. Without `held-out` those of `train` are measured; `test` is a folder `test`. */
const SPLITS = { train: "train", validation: "held-out", test: "test" } as const;
const [START, GUIDE, LARGE, README] = ["start.safetensors", "guide.safetensors", "large.safetensors", "README.md"];

/**
 * What PyTorch's trainer reads of config.json beside the run's own settings. Changes are mirrored, shift across and down, log2 of the
 * scale, degrees, hue: the most of each, which are made (1 or 0), and the steps of a shift across and down (0: any).
 */
function trainerSettings({ config, dataset }: Pick<PlannedRun, "config" | "dataset">) {
  const { spec, crop = { top: 0, left: 0, ...spec }, mirror, palette } = config;
  const { shift, logScale, degrees } = MOST_CHANGED;
  const isSmooth = Number(palette === undefined);
  return {
    changes: {
      most: [1, shift, shift, logScale, degrees, Math.PI],
      used: [Number(!mirror), 1, 1, isSmooth, isSmooth, Number(spec.channels === RGB)],
      steps: palette ? [crop.width, crop.height] : [0, 0],
    },
    border: [crop.left, spec.width - crop.left - crop.width, crop.top, spec.height - crop.top - crop.height],
    rounding: { codes: MAX_CODE, weights: MAX_WEIGHT },
    reports: { ...reportsOf(config, dataset.validation.count), sigmas: HELD_OUT_SIGMAS, patience: PATIENCE },
  };
}

/** Writes what a trainer needs; the configuration comes last. Throws a UserError where a file cannot be written. */
export async function prepareHandOver(folder: string, plan: PlannedRun, bytesOfPart = PART): Promise<void> {
  const { config, dataset, state, pretrained, finishers = {} } = plan;
  const { spec, recipe } = config;
  makeFolder(folder);
  const write = (name: string, tensors: Iterable<[string, FileTensor]>, metadata: Record<string, string> = {}): void =>
    writeFileAtomically(join(folder, name), encodeSafetensors({ tensors: new Map(tensors), metadata }));
  for (const [kind, name] of Object.entries(SPLITS) as [keyof typeof SPLITS, string][]) {
    const isThere = kind === "train" || (kind === "test" ? dataset.hasTest : dataset.validation !== dataset.train);
    if (isThere) for (const [part, tensors] of partsOf(dataset, kind, bytesOfPart)) write(`${name}${part}.safetensors`, tensors);
  }
  const known = parametersOf(spec);
  write(START, encodeWeights(known, state.weights).tensors, metadataOf(spec));
  if (pretrained && pretrained !== state.weights)
    write(GUIDE, encodeWeights(known, pretrained).tensors, metadataOf(guideSpec(spec, recipe.guidance)));
  if (config.enlarger) write(LARGE, largeTensors(await largePictures(dataset), config.pictures!));
  for (const name of FINISHER_NAMES)
    if (finishers[name])
      writeFileAtomically(join(folder, `${name}.safetensors`), encodeSafetensors(encodeState(LEARNING[name].parameters, finishers[name])));
  writeFileAtomically(join(folder, README), readmeOf(folder, config));
  const written = { ...config, card: cardOf(config), hasTest: dataset.hasTest, trainer: trainerSettings(plan) };
  writeFileAtomically(join(folder, CONFIG), `${JSON.stringify(written, null, 2)}\n`);
}

type FileTensor = NamedTensor<Float32Array | Uint8Array | Int32Array>;

/** The pictures of a split, in parts of equal length, and the end of each part's name. */
function* partsOf(dataset: TrainingData, kind: keyof typeof SPLITS, most: number): Generator<[part: string, [string, FileTensor][]]> {
  const { height, width, channels, [kind]: split, alpha } = dataset;
  const [pixels, opacity] = [height * width, alpha?.[kind]];
  const length = Math.max(1, Math.floor(most / (pixels * (channels + Number(opacity !== undefined)))));
  const parts = Math.ceil(split.count / length);
  const number = (k: number): string => String(k).padStart(5, "0");
  for (let k = 0; k < parts; k++) {
    const [start, end] = [k * length, Math.min(split.count, (k + 1) * length)];
    const tensors: [string, FileTensor][] = [
      ["pixels", { shape: [end - start, height, width, channels], values: split.images(start, end) }],
      ["labels", { shape: [end - start], values: Int32Array.from(split.labels.subarray(start, end)) }],
      ["families", { shape: [end - start], values: split.families.slice(start, end) }],
    ];
    if (opacity) tensors.push(["alpha", { shape: [end - start, height, width], values: opacity.subarray(start * pixels, end * pixels) }]);
    yield [parts === 1 ? "" : `-${number(k + 1)}-of-${number(parts)}`, tensors];
  }
}

function largeTensors({ pictures }: LargePictures, { height, width }: { readonly height: number; readonly width: number }) {
  const all = (name: "small" | "large", scale: number): [string, FileTensor] => [
    name,
    { shape: [pictures.length, scale * height, scale * width, 4], values: joined(pictures.map((picture) => picture[name])) },
  ];
  return [all("small", 1), all("large", ENLARGED)];
}

/** A hand-over that was prepared in a folder. */
interface HandOver {
  readonly config: RunConfig;
  readonly dataset: TrainingData;
  readonly start: Parameters;
  readonly finishers: FinisherStates;
  readonly large?: LargePictures;
}

/** What a prepared folder has. Throws a UserError for one that `prepareHandOver` did not fill, or that was damaged since. */
export function readHandOver(folder: string): HandOver {
  const path = join(folder, CONFIG);
  if (!existsSync(path) || !existsSync(join(folder, START)))
    throw new UserError(
      `Expected a folder that \`--prepare\` wrote for \`finish\` but received "${folder}", which has no ${CONFIG} or ${START}`,
    );
  const json = readJson(path) as { readonly hasTest?: boolean };
  const config = parseConfig(json, path);
  try {
    const has = (name: string): boolean => existsSync(join(folder, name));
    const file = (name: string): Uint8Array => readFileSync(join(folder, name));
    const { spec, crop, labels, palette } = config;
    const { height, width } = crop ?? spec;
    const pictures = config.pictures!;
    const train = readSplit(folder, SPLITS.train)!;
    const validation = readSplit(folder, SPLITS.validation) ?? train;
    const test = json.hasTest ? readSplit(folder, SPLITS.test)! : validation;
    const alpha = train.alpha && { train: train.alpha, validation: validation.alpha!, test: test.alpha! };
    const finishers = FINISHER_NAMES.flatMap((name) =>
      has(`${name}.safetensors`) ? [[name, decodeState(LEARNING[name].parameters, decodeSafetensors(file(`${name}.safetensors`)))]] : [],
    );
    const large = config.enlarger && readLarge(file(LARGE), pictures);
    return {
      config,
      dataset: {
        ...{ name: config.name!, folder, labels, height, width, channels: spec.channels, palette, pictures, notes: [], details: [] },
        ...{ train: train.split, validation: validation.split, test: test.split, hasTest: json.hasTest === true },
        ...(alpha && { alpha }),
        large: large ? large.pictures.map((_, i) => String(i)) : [],
      },
      start: decodeWeights(parametersOf(spec), decodeSafetensors(file(START))),
      finishers: Object.fromEntries(finishers),
      ...(large && { large }),
    };
  } catch (error) {
    throw new UserError(`The folder \`${folder}\` is damaged: ${(error as Error).message}`);
  }
}

/** Undefined where the folder has no such pictures. */
function readSplit(folder: string, name: string): { readonly split: Split; readonly alpha?: Uint8Array } | undefined {
  const names = readdirSync(folder).filter((file) => file === `${name}.safetensors` || file.startsWith(`${name}-0`));
  const parts = names.sort().map((file) => decodeSafetensors(readRegularFile(join(folder, file)), ["U8", "I32"]).tensors);
  if (parts.length === 0) return undefined;
  const bytes = (tensor: string): Uint8Array => joined(parts.map((part) => part.get(tensor)!.values as Uint8Array));
  const numbers = (tensor: string): Int32Array => Int32Array.from(parts.flatMap((part) => [...part.get(tensor)!.values]));
  const split = memorySplit(bytes("pixels"), numbers("labels"), numbers("families"));
  return { split, ...(parts[0].has("alpha") && { alpha: bytes("alpha") }) };
}

function readLarge(file: Uint8Array, { background, transparent }: NonNullable<RunConfig["pictures"]>): LargePictures {
  const { tensors } = decodeSafetensors(file, ["U8"]);
  const [small, large] = ["small", "large"].map((name) => tensors.get(name)!);
  const { shape } = small;
  const at = ({ values }: typeof small, i: number): Uint8Array =>
    values.subarray((i * values.length) / shape[0], ((i + 1) * values.length) / shape[0]);
  const pictures = Array.from({ length: shape[0] }, (_, i) => ({ small: at(small, i), large: at(large, i) }));
  return { pictures, background, isCutOut: transparent };
}

/** Does what a run's end does, with the weights of a file that learned from a prepared folder. Throws a UserError. */
export async function finishHandOver(
  backend: Backend,
  { folder, from, out, force }: { readonly folder: string; readonly from: string; readonly out: string; readonly force?: boolean },
): Promise<void> {
  expectModelFolder(out, force);
  const { config: prepared, start, dataset, finishers, large } = readHandOver(folder);
  const file = readWeightsFile(from);
  expectNumbersOf(prepared.spec, file);
  const known = parametersOf(prepared.spec);
  const average = storedFilters(known, new Map([...start, ...weightsFor(known, file)]));
  lockRun(out);
  const by = trainerOf(file);
  const images = by.images || prepared.images;
  const steps = Math.ceil(images / prepared.batch);
  const config: RunConfig = { ...prepared, by, images, steps, command: typedCommand("train") };
  const run = new RunFolder(out);
  run.create({ config, state: { ...initialState(config.spec, average), step: steps }, finishers });
  await finishRun(backend, { run, config, dataset, average, log: [], ...(large && { large }) }, () => setImmediate(undefined));
  console.log(`\n${out}: a model, trained by ${by.name}. Next: npx anneal dev ${quoteWord(out)}`);
}

const readmeOf = (folder: string, { name, spec, images, batch, dataSha256 }: RunConfig): string => `# ${name}: a run to train elsewhere

Written by \`npx anneal train --prepare\`. A safetensors file has named arrays (Python: \`safetensors.numpy.load_file\`).

- \`train.safetensors\` (in parts \`train-00001-of-...\` where it is large), \`held-out.safetensors\`, perhaps \`test.safetensors\`: \`pixels\` uint8 [N, H, W, ${spec.channels}], on the ground where pictures are cut out (\`alpha\`: how opaque they are); \`labels\` int32 [N]; \`families\` int32 [N], which near pictures share.
- \`start.safetensors\`: the weights to start from, filters at a root mean square of one, for ${spec.classes} classes. \`guide.safetensors\`, if it is there: the network that guidance compares with; else that is the start.
- \`large.safetensors\`, \`enlarger.safetensors\`, \`matte.safetensors\`, as far as they are there: what the end learns from.
- \`config.json\`: the network (\`spec\`), the recipe, the classes, the card, the seed, the SHA-256 of the pictures.

\`\`\`sh
pip install -r node_modules/anneal/training/torch/requirements.txt
torchrun --nproc_per_node 2 node_modules/anneal/training/torch/train.py ${quoteWord(folder)} --images ${images} --batch ${batch} --out weights.safetensors
npx anneal train --finish ${quoteWord(folder)} --from weights.safetensors --out models/${name}
\`\`\`

Any other trainer will do: the package's \`training/WEIGHTS.md\` says what the tensors are and how they learn. In the metadata of its file, \`by\` (its name), \`images\` (those it has seen) and \`split\` = \`${dataSha256}\` say that it has not learned what is held out.
`;
