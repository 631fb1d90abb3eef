/** `anneal evaluate`: a model's held-out loss at each noise level, copies of training images, and variety. */
import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { ModelCard } from "../wasm-model/model/card.ts";
import { RECORD_FILE } from "../wasm-model/model/recorded.ts";
import { chooseBackend } from "./backend/index.ts";
import type { BackendName } from "./backend/step.ts";
import { backendOption, newVerb, numberIn, runCommandLine } from "./cli/command-line.ts";
import { isFolder, makeFolder, writeFileAtomically } from "./cli/files.ts";
import { readJson } from "./cli/parse-json.ts";
import { UserError } from "./cli/user-error.ts";
import { settingsOfCard } from "./data/conversion.ts";
import { forTraining } from "./data/dataset.ts";
import { expectFolder } from "./data/folder.ts";
import { dataSha256, expectFits, inOrder, loadDataset } from "./data/load.ts";
import { OF_IMAGES, readRecord } from "./export/record.ts";
import { evaluation } from "./measure/evaluation.ts";
import { evaluatedModel, readEvaluatedModel } from "./measure/model.ts";
import type { RunConfig } from "./plan/config.ts";
import { NEIGHBOURS } from "./run/end.ts";
import { CONFIG } from "./run/folder.ts";

interface EvaluateFlags {
  readonly data?: string;
  readonly count: number;
  readonly seed: string;
  readonly backend: BackendName | "auto";
  readonly out: string;
}

/** SHA-256 of the images that the model learned from; undefined without a record beside it that says so. */
function imagesOf(file: string): string | undefined {
  const folder = isFolder(file) ? file : dirname(file);
  return existsSync(join(folder, RECORD_FILE)) ? readRecord(folder).hashes[OF_IMAGES] : undefined;
}

/** The folder of these images: as a run here remembers it, since a card has its name only. Runs that cannot be read are passed over. */
function dataOf({ name, training: { data } }: ModelCard, sha256: string | undefined): string {
  const runs = (existsSync("runs") ? readdirSync("runs") : []).flatMap((run) => {
    try {
      const { data, dataSha256 } = readJson(join("runs", run, CONFIG)) as Partial<RunConfig>;
      return [{ run, data: String(data), dataSha256 }];
    } catch {
      return [];
    }
  });
  const nearness = ({ run, dataSha256 }: (typeof runs)[number]): number => 2 * Number(dataSha256 === sha256) + Number(run === name);
  const remembered = runs
    .sort((a, b) => nearness(b) - nearness(a))
    .map((config) => config.data)
    .find((path) => basename(resolve(path)) === data && existsSync(path));
  if (remembered === undefined && !existsSync(data))
    throw new UserError(
      `The images of the model, a folder "${data}", are not here, and no run in \`runs\` says where: name them by --data`,
    );
  return remembered ?? data;
}

await runCommandLine(async () => {
  const command = newVerb("evaluate")
    .description(
      "Measures a model's held-out denoising loss and its images: how near they come to training images, and how many it takes until two look alike.",
    )
    .argument("<model.onnx>", "the model's file, int8 or fp32, or its folder")
    .option(
      "--data <folder>",
      "the images to compare with (default: those of the run in runs/ that made it, or a folder here of their name)",
    )
    .option("--count <n>", "number of images, at most that of held-out ones", numberIn("count", 2, 1_000_000), 10_000)
    .option("--seed <text>", "image i has the seed {seed}/i", "evaluate")
    .addOption(backendOption("TensorFlow.js backend"))
    .option("--out <folder>", `where report.json and ${NEIGHBOURS} go`, "runs/evaluate")
    .parse(process.argv);
  const [file] = command.args;
  const { data, count: most, seed, backend, out } = command.opts<EvaluateFlags>();
  const read = readEvaluatedModel(file);
  const { card } = read;
  const learned = imagesOf(file);
  const place = data ?? dataOf(card, learned);
  expectFolder(place);
  makeFolder(out);
  const { tf, describe } = await chooseBackend(backend);
  console.log(describe);
  const model = await evaluatedModel(tf, read);
  const found = await loadDataset(place, settingsOfCard(card));
  const isOther = learned !== undefined && learned !== (await dataSha256(forTraining(found)));
  console.log(`images: ${place}${isOther ? ", changed since the model learned from them, or others (by their SHA-256)" : ""}`);
  const dataset = inOrder(found, card.labels);
  expectFits(dataset, { ...card.spec, ...card.crop }, `the model \`${file}\``);
  const count = Math.min(most, dataset.train.count, dataset.test.count);
  const { report } = await evaluation({ tf, model, dataset, isOther, count, seed }, join(out, NEIGHBOURS));
  writeFileAtomically(join(out, "report.json"), `${JSON.stringify({ file, ...report }, null, 2)}\n`);
  console.log(`wrote ${join(out, "report.json")}`);
});
