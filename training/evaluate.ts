/** `anneal evaluate`: what the end of a run says, of any model and folder: held-out loss, copies of training images, how they look. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { simd } from "../wasm-model/engine/simd.ts";
import { MODEL_FILE } from "../wasm-model/model/model.ts";
import type { ModelFile } from "../wasm-model/model/onnx/reader.ts";
import { chooseBackend } from "./backend/index.ts";
import type { BackendName } from "./backend/step.ts";
import { backendOption, newVerb, runCommandLine } from "./cli/command-line.ts";
import { isFolder, makeFolder, writeFileAtomically } from "./cli/files.ts";
import { readAnyModel } from "./cli/model-files.ts";
import { UserError } from "./cli/user-error.ts";
import { settingsOfCard } from "./data/conversion.ts";
import { trainingDataOf } from "./data/dataset.ts";
import { expectFolder } from "./data/folder.ts";
import { dataSha256, expectFits, inOrder, loadDataset } from "./data/load.ts";
import { modelFindings, NEIGHBOURS } from "./measure/findings.ts";
import type { RunConfig } from "./run/config.ts";
import { CONFIG, RunFolder } from "./run/folder.ts";

interface EvaluateFlags {
  readonly data?: string;
  readonly backend: BackendName | "auto";
  readonly out: string;
}

/** Images of each split whose loss is measured, at most. */
const MOST = 500;

/** The int8 model in a file, or in its folder. Throws a UserError for another one. */
function readInt8Model(file: string): ModelFile {
  const model = readAnyModel(file, "model.onnx", "model's file", [MODEL_FILE]);
  if (model.weights.convolutions.size > 0) return model;
  throw new UserError(`Expected an int8 model for \`model.onnx\` but received "${file}", which is fp32: what is served is measured`);
}

/** The run that made the model, if its folder is there. */
function runOf(file: string): RunConfig | undefined {
  const run = new RunFolder(isFolder(file) ? file : dirname(file));
  return existsSync(run.file(CONFIG)) ? run.readConfig() : undefined;
}

await runCommandLine(async () => {
  const command = newVerb("evaluate")
    .description(
      "Measures a model beside a folder of images, as the end of its run does: its held-out loss, whether it copies, and how its images look.",
    )
    .argument("<model.onnx>", "the model's file, or its folder")
    .option("--data <folder>", "the images to compare with (default: those of the run in the model's folder)")
    .addOption(backendOption())
    .option("--out <folder>", `where ${NEIGHBOURS} goes: drawn images above their nearest training images`, "runs/evaluate")
    .parse(process.argv);
  const [file] = command.args;
  const { data, backend, out } = command.opts<EvaluateFlags>();
  const model = readInt8Model(file);
  const { card } = model;
  const run = runOf(file);
  const place = data ?? run?.data;
  if (place === undefined) throw new UserError(`The model has no run beside it that says where its images are: name them by --data`);
  expectFolder(place);
  makeFolder(out);
  const { tf, describe } = await chooseBackend(backend);
  console.log(describe);
  const found = await loadDataset(place, settingsOfCard(card));
  const { by } = card.training;
  const known = by ? by.split : run?.dataSha256;
  const isOther = (by ?? run) !== undefined && known !== (await dataSha256(trainingDataOf(found)));
  console.log(
    `images: ${place}${isOther && known !== undefined ? ", changed since the model learned from them, or others, or split by an earlier version (by their SHA-256)" : ""}`,
  );
  const dataset = inOrder(found, card.labels, file);
  expectFits(dataset, { ...card.spec, ...card.crop }, `the model \`${file}\``);
  const drawing = { card, denoiser: await simd.load(model) };
  const { sentences, neighbours } = await modelFindings(tf, dataset, {
    model: drawing,
    denoise: drawing.denoiser.denoise,
    extent: { count: Math.min(MOST, dataset.test.count) },
    seed: "evaluate",
    fell: undefined,
    chose: isOther ? undefined : "by which its run may have chosen its weights",
  });
  writeFileAtomically(join(out, NEIGHBOURS), neighbours);
  console.log(`${sentences.join("\n")}\nNearest training images: ${join(out, NEIGHBOURS)}`);
});
