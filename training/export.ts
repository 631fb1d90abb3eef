/** `anneal export`: turns a training run into the files that are served, and compares what both draw. */
import { join } from "node:path";
import { Option } from "commander";
import { simd } from "../wasm-model/engine/simd.ts";
import { checkedCard, type ModelCard } from "../wasm-model/model/card.ts";
import { MODEL_FILE } from "../wasm-model/model/model.ts";
import { writeModel } from "../wasm-model/model/onnx/writer.ts";
import { RECORD_FILE } from "../wasm-model/model/recorded.ts";
import { macsOf } from "../wasm-model/network/count.ts";
import type { Denoise } from "../wasm-model/sampling/sampler.ts";
import { sha256Hex } from "../wasm-model/schema/bytes.ts";
import { chooseBackend } from "./backend/index.ts";
import type { BackendName } from "./backend/step.ts";
import { backendOption, newVerb, numberIn, parseName, quoted, runCommandLine, typedCommand } from "./cli/command-line.ts";
import { expectFree } from "./cli/files.ts";
import { FP32_FILE } from "./cli/model-files.ts";
import { progress } from "./cli/progress.ts";
import { SAMPLING_FLAGS, type SamplingNumbers, withChanges } from "./cli/sampling-flags.ts";
import { UserError } from "./cli/user-error.ts";
import { earlierRecord, expectExportFolder, holdsSameModels, picturesOf, writeFiles } from "./export/folder.ts";
import { PAGE, pageOf } from "./export/page.ts";
import { imagePsnr } from "./export/psnr.ts";
import type { ModelRecord } from "./export/record.ts";
import { readContents, readSource } from "./export/source.ts";
import { finishedModel } from "./finishing/outcome.ts";
import { sampleGrid } from "./network/draw.ts";
import { placeWeights, tensorDenoiser } from "./network/score-network.ts";
import { writeWeightsFile } from "./plan/weights-file.ts";
import { LOSS_CURVE } from "./run/folder.ts";

interface ExportFlags extends Partial<SamplingNumbers> {
  readonly out?: string;
  readonly from?: string;
  readonly writeWeights?: string;
  readonly name?: string;
  readonly force?: true;
  readonly backend: BackendName | "auto";
  readonly calibrationImages?: number;
}

/** Typically 34 dB for clothing, 27 for line drawings, whose outlines shift, and 20 to 23 for small tiles and pixel art, where images of one seed soon differ. */
const MIN_PSNR = 15;
const PSNR_IMAGES = 32;

function commandLine(argv: readonly string[]): { source: string; flags: ExportFlags } {
  const command = newVerb("export")
    .description(
      "Writes model.onnx (int8) and model-fp32.onnx, calibrated on images that the network draws itself, compares what both draw, and writes the model card (README.md, samples.png, loss.svg).",
    )
    .argument("<source>", "the folder of a finished training run, or a model-fp32.onnx; with --from or --write-weights any model")
    .option("--out <folder>", "where the files go: a new or empty folder, or one with an earlier export, which is replaced")
    .option("--from <x.safetensors>", "the weights, in place of the source's own: a file that --write-weights wrote, or a checkpoint")
    .addOption(
      new Option("--write-weights <x.safetensors>", "write the source's weights by themselves, as floats, and nothing else").conflicts([
        "out",
        "from",
      ]),
    )
    .option("--name <name>", "the model's name (default: the data set's, or the one in the file)", parseName)
    .option(
      "--force",
      `write the files even if int8 images are below ${MIN_PSNR} dB against fp32, and over a file of weights that is there`,
    )
    .option(
      "--calibration-images <n>",
      "calibration images of each class on each of three trajectories (default: 8 of all classes, at least 1 of each)",
      numberIn("calibration-images", 1, 10_000),
    )
    .addOption(backendOption());
  for (const { flag, doc, parse } of SAMPLING_FLAGS) command.option(`--${flag} <x>`, `default of the model: ${doc}`, parse);
  command.parse(argv);
  return { source: command.args[0], flags: command.opts<ExportFlags>() };
}

/** The card with the changes that the flags ask for, checked as on loading. */
function withFlags(card: ModelCard, { name = card.name, ...flags }: ExportFlags): ModelCard {
  const numbers = Object.fromEntries(SAMPLING_FLAGS.map((flag) => [flag.name, flags[flag.name]]));
  return checkedCard({ ...card, name, sampling: withChanges(card.sampling, numbers) });
}

async function exportSource(source: string, out: string, flags: ExportFlags): Promise<void> {
  const { history, data, curve, contrast, verdict, ...model } = readSource(source, flags.from);
  const asked = { ...model, card: withFlags(model.card, flags) };
  expectExportFolder(out);
  const earlier = earlierRecord(out);
  const { tf } = await chooseBackend(flags.backend);

  const bar = progress("calibrating", 1);
  const onProgress = (images: number, total: number): void => bar.update(images, "", total);
  const calibration = { imagesPerClass: flags.calibrationImages, onProgress };
  const { fp32, int8 } = await finishedModel(tf, asked, flags.extrapolation === undefined ? contrast : undefined, calibration);
  bar.stop();
  const { card } = fp32;
  const denoiser = await simd.load(int8);
  const denoise: Denoise = (...input) => denoiser.denoise(...input);
  const tensors = placeWeights(tf, card.spec, fp32.weights.floats);
  const psnr = await imagePsnr(card, tensorDenoiser(tf, card.spec, tensors), denoise, PSNR_IMAGES);
  tf.dispose([...tensors.values()]);
  console.log(`model.onnx: ${psnr.toFixed(1)} dB against fp32, all pixels of ${PSNR_IMAGES} images of the same seeds`);
  if (!(psnr >= MIN_PSNR) && !flags.force) {
    throw new UserError(
      `Images of \`model.onnx\` are at ${psnr.toFixed(1)} dB against fp32, below ${MIN_PSNR}: nothing written (--force writes it)`,
    );
  }

  const files = new Map([
    [FP32_FILE, writeModel(fp32)],
    [MODEL_FILE, int8.bytes],
  ]);
  const command = typedCommand("export");
  const stays = holdsSameModels(out, files);
  const { figures = [], intendedUse = [], limits = [], notes = [] } = earlier ?? {};
  const record: ModelRecord = {
    ...history,
    commands: [...history.commands.filter((one) => one !== command), command],
    export: {
      psnr: Number.isFinite(psnr) ? psnr : null,
      sha256: sha256Hex(int8.bytes),
      bytes: Object.fromEntries([...files].map(([name, { length }]) => [name, length])),
    },
    figures: stays ? figures : [],
    intendedUse,
    limits,
    notes,
  };
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  const others = new Map([
    ["samples.png", await sampleGrid(card, denoise, "card")],
    ...(curve ? [[LOSS_CURVE, curve] as const] : []),
    [RECORD_FILE, encode(`${JSON.stringify(record, null, 2)}\n`)],
    [PAGE, encode(pageOf(card, record))],
  ]);
  const shown = picturesOf(record);
  writeFiles(out, new Map([...files, ...others]), earlier ? picturesOf(earlier).filter((file) => !shown.includes(file)) : []);
  if (figures.length > 0 && !stays) console.log("left out of the page: the figures of the replaced files; notes are kept");
  console.log(`${(macsOf(card.spec) / 1e6).toFixed(1)} MMAC per evaluation, ${card.sampling.steps} evaluations per image`);
  for (const [name, { length }] of files) console.log(`wrote ${join(out, name)}, ${(length / 1000).toFixed(0)} kB`);
  const isAsJudged = SAMPLING_FLAGS.every(({ name }) => flags[name] === undefined);
  if (verdict !== undefined && isAsJudged) console.log(verdict);
  const elsewhere = data === undefined || data === card.training.data ? "" : ` --data ${quoted(data)}`;
  console.log(`its page: ${join(out, PAGE)}; next: npx anneal dev ${quoted(out)}`);
  console.log(`to measure it: npx anneal evaluate ${quoted(join(out, MODEL_FILE))}${elsewhere}`);
}

await runCommandLine(async () => {
  const { source, flags } = commandLine(process.argv);
  const { out, writeWeights } = flags;
  if (writeWeights !== undefined) {
    expectFree([writeWeights], flags.force);
    writeWeightsFile(writeWeights, readContents(source));
    console.log(`wrote ${writeWeights}`);
  } else if (out === undefined) {
    throw new UserError("`export` needs --out, a folder for the model, or --write-weights, a file for its weights");
  } else await exportSource(source, out, flags);
});
