/**
 * `anneal export`: turns a finished training run into the files that are served, and verifies them against the trained
 * network.
 */
import { dirname, join } from "node:path";
import { checkedCard, type ModelCard, ModelError } from "../wasm-model/model/card.ts";
import { MODEL_FILE } from "../wasm-model/model/model.ts";
import { readModel } from "../wasm-model/model/onnx/reader.ts";
import { type ModelContents, writeModel } from "../wasm-model/model/onnx/writer.ts";
import { macsOf } from "../wasm-model/network/count.ts";
import { onnxruntime } from "../wasm-model/runtime/onnxruntime.ts";
import { sha256Hex } from "../wasm-model/sampling/sha256.ts";
import { type BackendName, chooseBackend } from "./backend/index.ts";
import { backendOption, newVerb, numberIn, parseName, printJson, runCommandLine, withJson } from "./cli/command-line.ts";
import { readSchedules } from "./cli/parse-json.ts";
import { type ProgressBar, progress } from "./cli/progress.ts";
import { SAMPLING_FLAGS, type SamplingNumbers, withChanges } from "./cli/sampling-flags.ts";
import { UserError } from "./cli/user-error.ts";
import { calibrate, observer } from "./export/calibrate.ts";
import { earlierRecord, expectExportFolder, holdsSameModels, writeFiles } from "./export/folder.ts";
import { quantizeWeights } from "./export/quantize.ts";
import { commandOf, type RunRecord, recordBeside, recordOf } from "./export/run-record.ts";
import { readSource } from "./export/source.ts";
import { imagePsnr, type LayerError, layerErrors, maxErrorAgainstTensorflow } from "./export/verify.ts";
import { sampleGrid } from "./network/draw.ts";
import { placeWeights } from "./network/score-network.ts";
import { PAGE, setEditedPageAside } from "./record/card-section.ts";
import { readme } from "./record/page.ts";
import { type ModelRecord, measuredImages, RECORD_FILE, recordJson } from "./record/record.ts";

interface ExportFlags extends Partial<SamplingNumbers> {
  readonly out: string;
  readonly name?: string;
  readonly force: boolean;
  readonly json: boolean;
  readonly backend: BackendName | "auto";
  readonly calibrationImages: number;
  readonly schedules?: string;
}

/** The runtimes add float32 numbers in different orders, over about forty layers. */
const MAX_ERROR = 1e-4;
/** Ink drawings reach 27 dB, since their outlines move a little; images of cloth reach 34 dB. */
const MIN_PSNR = 25;
const PSNR_IMAGES = 100;

function commandLine(argv: readonly string[]): { source: string; flags: ExportFlags } {
  const command = withJson(newVerb("export"))
    .description(
      "Writes model.onnx (int8) and model-fp32.onnx, calibrated on images that the network draws itself, verifies both, and writes the model card (README.md, samples.png, loss.svg).",
    )
    .argument("<source>", "the folder of a finished training run, or a model-fp32.onnx")
    .requiredOption("--out <folder>", "where the files go: a new or empty folder, or one with an earlier export, which is replaced")
    .option("--name <name>", "the model's name (default: the data set's, or the one in the file)", parseName)
    .option("--force", `write the files even if int8 images are below ${MIN_PSNR} dB against fp32`, false)
    .option(
      "--calibration-images <n>",
      "calibration images of each class on each of three trajectories",
      numberIn("calibration-images", 1, 10_000),
      16,
    )
    .addOption(backendOption("TensorFlow.js backend to verify against"));
  command.option("--schedules <file.json>", "the model's few-step schedules, as `npm run lab -- tune --nfe` writes them");
  for (const { flag, doc, parse } of SAMPLING_FLAGS) command.option(`--${flag} <x>`, `default of the model: ${doc}`, parse);
  command.parse(argv);
  return { source: command.args[0], flags: command.opts<ExportFlags>() };
}

/**
 * The card with the changes that the flags ask for, checked as on loading. Throws a UserError if no schedule has
 * `--steps` steps.
 */
function withFlags(card: ModelCard, { name = card.name, schedules: path, ...flags }: ExportFlags): ModelCard {
  const numbers = Object.fromEntries(SAMPLING_FLAGS.map((flag) => [flag.name, flags[flag.name]]));
  if (path === undefined) return checkedCard({ ...card, name, sampling: withChanges(card.sampling, numbers) });
  const schedules = readSchedules(path, "schedules");
  const lengths = schedules.map(({ sigmas }) => sigmas.length);
  if (flags.steps !== undefined && !lengths.includes(flags.steps)) {
    throw new UserError(
      `Expected ${lengths.join(" or ")}, as the schedules in \`${path}\` have, for \`steps\` but received ${flags.steps}`,
    );
  }
  return checkedCard({ ...card, name, sampling: withChanges(card.sampling, { ...numbers, schedules }) });
}

function printLayers(layers: readonly LayerError[]): void {
  console.log("convolution     reads               zero point   filters    writes   (signal to noise, int8 against fp32)");
  for (const { path, range, zeroPoint, filters, output } of layers) {
    const reads = `[${range.map((value) => value.toFixed(2)).join(", ")}]`;
    console.log(`${path.padEnd(15)} ${reads.padEnd(20)}${String(zeroPoint).padStart(9)}${toDecibels(filters)}${toDecibels(output)}`);
  }
}

const toDecibels = (value: number): string => `${value.toFixed(1)} dB`.padStart(10);
const toKilobytes = (bytes: Uint8Array): string => `${(bytes.length / 1000).toFixed(0)} kB`;

/** The measurements in a record, which hold only for the exported files. */
const measurementsOf = ({ quality, comparison, effects }: ModelRecord): Partial<ModelRecord> => ({
  ...{ quality, effects },
  ...(comparison && { comparison }),
});

function droppedLine({ quality, comparison, effects }: ModelRecord, files: readonly string[]): string {
  const tables = quality.length + effects.length + (comparison ? 1 : 0);
  const removed = files.length > 0 ? `; removed ${files.join(", ")}` : "";
  return `left out of the page: ${tables} measurements of the replaced files${removed}; notes are kept`;
}

/** All files of a verified export, before the first one is written. */
interface Prepared {
  readonly out: string;
  readonly card: ModelCard;
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  readonly images: ReadonlyMap<string, Uint8Array>;
  readonly record: ModelRecord;
  /** The record of the export that is replaced, and whether its measurements still hold. */
  readonly earlier: ModelRecord | undefined;
  readonly stays: boolean;
}

async function exportSource(source: string, flags: ExportFlags): Promise<void> {
  const { out } = flags;
  const model = readSource(source);
  const run = model.run ? recordOf(model.run) : recordBeside([dirname(source), out], model);
  const prepared = await prepare({ card: withFlags(model.card, flags), weights: model.weights }, run, flags);
  write(prepared);
  const { card, record } = prepared;
  printJson(flags, { folder: out, model: card.name, macs: macsOf(card.spec), steps: card.sampling.steps, ...record.export });
}

async function prepare(fp32: ModelContents, run: RunRecord | undefined, flags: ExportFlags): Promise<Prepared> {
  const { card, weights } = fp32;
  const { out } = flags;
  expectExportFolder(out);
  const earlier = earlierRecord(out);

  const files = new Map([["model-fp32.onnx", writeModel(fp32)]]);
  const ort = await import("onnxruntime-web/wasm");
  const runtime = onnxruntime({ ort });
  const fp32Denoiser = await runtime.load(readModel(files.get("model-fp32.onnx") as Uint8Array));

  const { tf, describe } = await chooseBackend(flags.backend);
  const error = await maxErrorAgainstTensorflow(tf, fp32, fp32Denoiser);
  console.log(`fp32: onnxruntime against TensorFlow.js (${describe}): largest error ${error.toExponential(1)}`);
  if (!(error <= MAX_ERROR)) throw new UserError(`Expected an error of at most ${MAX_ERROR} for the fp32 model but received ${error}`);

  let bar: ProgressBar | undefined;
  const onProgress = (images: number, total: number): void => {
    bar ??= progress("calibrating", total);
    bar.update(images);
  };
  const tensors = placeWeights(tf, card.spec, weights.floats);
  const inputs = await calibrate(card, observer(tf, card.spec, tensors), { imagesPerClass: flags.calibrationImages, onProgress });
  tf.dispose([...tensors.values()]);
  bar?.stop();
  const int8: ModelContents = { card, weights: quantizeWeights(card.spec, weights, inputs) };
  files.set("model.onnx", writeModel(int8));
  printLayers(await layerErrors(fp32, int8));

  const denoiser = await runtime.load(readModel(files.get("model.onnx") as Uint8Array));
  const psnr = await imagePsnr(card, fp32Denoiser, denoiser, PSNR_IMAGES);
  console.log(`model.onnx: ${psnr.toFixed(1)} dB against fp32, all pixels of ${PSNR_IMAGES} images of the same seeds`);
  if (!(psnr >= MIN_PSNR) && !flags.force) {
    throw new UserError(
      `Expected at least ${MIN_PSNR} dB for \`model.onnx\` but received ${psnr.toFixed(1)}: nothing written (--force writes it)`,
    );
  }

  const images = new Map([["samples.png", await sampleGrid(card, (...input) => denoiser.denoise(...input), "card")]]);
  if (run?.curve) images.set("loss.svg", run.curve);
  const command = commandOf("export", process.argv.slice(2));
  const stays = earlier !== undefined && holdsSameModels(out, files);
  const record: ModelRecord = {
    commands: [...(run?.commands ?? []).filter((one) => one !== command), command],
    ...(run?.origin && { origin: run.origin }),
    ...(run?.training && { training: run.training }),
    export: {
      psnr: Number.isFinite(psnr) ? psnr : null,
      maxError: error,
      sha256: sha256Hex(files.get(MODEL_FILE) as Uint8Array),
      bytes: Object.fromEntries([...files].map(([name, { length }]) => [name, length])),
    },
    ...{ quality: [], effects: [] },
    ...(earlier && stays && measurementsOf(earlier)),
    ...(earlier?.intendedUse && { intendedUse: earlier.intendedUse }),
    ...(earlier?.limits && { limits: earlier.limits }),
    notes: earlier?.notes ?? [],
  };
  return { out, card, files, images, record, earlier, stays };
}

function write({ out, card, files, images, record, earlier, stays }: Prepared): void {
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  const texts = new Map([
    [RECORD_FILE, encode(recordJson(record))],
    [PAGE, encode(readme(card, record))],
  ]);
  setEditedPageAside(out, console.log);
  const measured = earlier ? measuredImages(earlier) : [];
  const removed = writeFiles(out, new Map([...files, ...images, ...texts]), measuredImages(record), measured);
  if (earlier && !stays) console.log(droppedLine(earlier, removed));
  console.log(`${(macsOf(card.spec) / 1e6).toFixed(1)} MMAC per evaluation, ${card.sampling.steps} evaluations per image`);
  for (const [name, bytes] of files) console.log(`wrote ${join(out, name)}, ${toKilobytes(bytes)}`);
}

await runCommandLine(async () => {
  const { source, flags } = commandLine(process.argv);
  try {
    await exportSource(source, flags);
  } catch (error) {
    throw error instanceof ModelError ? new UserError(error.message) : error;
  }
});
