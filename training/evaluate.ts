/** `anneal evaluate`: a model's held-out loss at each noise level, copies of training images, and variety. */
import { existsSync, readdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import type { ModelCard } from "../wasm-model/model/card.ts";
import { chooseBackend } from "./backend/index.ts";
import type { BackendName } from "./backend/step.ts";
import { backendOption, newVerb, numberIn, runCommandLine } from "./cli/command-line.ts";
import { makeFolder, writeFileAtomically } from "./cli/files.ts";
import { readJson } from "./cli/parse-json.ts";
import { UserError } from "./cli/user-error.ts";
import { sameOption, settingsOfCard } from "./data/conversion.ts";
import type { Same } from "./data/duplicates.ts";
import { expectFolder } from "./data/folder.ts";
import { expectFits, inOrder, loadDataset } from "./data/load.ts";
import { evaluation } from "./measure/evaluation.ts";
import { evaluatedModel, readEvaluatedModel } from "./measure/model.ts";
import type { RunConfig } from "./plan/config.ts";
import { NEIGHBOURS } from "./run/end.ts";
import { CONFIG } from "./run/folder.ts";

interface EvaluateFlags {
  readonly data?: string;
  readonly same?: Same;
  readonly count: number;
  readonly seed: string;
  readonly backend: BackendName | "auto";
  readonly out: string;
}

/** The folder of the images that the model learned from: as a run here remembers it, since a card has its name only. */
function dataOf({ name, training: { data } }: ModelCard): string {
  const runs = existsSync("runs") ? readdirSync("runs").sort((a, b) => Number(b === name) - Number(a === name)) : [];
  const remembered = runs
    .map((run) => join("runs", run, CONFIG))
    .filter((path) => existsSync(path))
    .map((path) => String((readJson(path) as Partial<RunConfig>).data))
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
    .argument("<model.onnx>", "the model's file, int8 or fp32")
    .option(
      "--data <folder>",
      "the images to compare with (default: those of the run in runs/ that made it, or a folder here of their name)",
    )
    .addOption(sameOption())
    .option("--count <n>", "number of images, at most that of held-out ones", numberIn("count", 2, 1_000_000), 10_000)
    .option("--seed <text>", "image i has the seed {seed}/i", "evaluate")
    .addOption(backendOption("TensorFlow.js backend"))
    .option("--out <folder>", `where report.json and ${NEIGHBOURS} go`, "runs/evaluate")
    .parse(process.argv);
  const [file] = command.args;
  const { data, same, count: most, seed, backend, out } = command.opts<EvaluateFlags>();
  const read = readEvaluatedModel(file);
  const { card } = read;
  const place = data ?? dataOf(card);
  expectFolder(place);
  makeFolder(out);
  const { tf, describe } = await chooseBackend(backend);
  console.log(describe);
  const model = await evaluatedModel(tf, read);
  const dataset = inOrder(await loadDataset(place, { ...settingsOfCard(card), same }), card.labels);
  expectFits(dataset, { ...card.spec, ...card.crop }, `the model \`${file}\``);
  const count = Math.min(most, dataset.train.count, dataset.test.count);
  const { report } = await evaluation({ tf, model, dataset, count, seed }, join(out, NEIGHBOURS));
  writeFileAtomically(join(out, "report.json"), `${JSON.stringify({ file, ...report }, null, 2)}\n`);
  console.log(`wrote ${join(out, "report.json")}`);
});
