/** `npm run evaluate`: how well a model denoises images it never saw, at each noise level. */
import { readFileSync } from "node:fs";
import { Command, Option } from "commander";
import { readModel } from "../wasm-model/onnx/reader.ts";
import type { Model } from "../wasm-model/onnx/writer.ts";
import { type BackendName, chooseBackend } from "./backend/index.ts";
import { loadDataset } from "./data/load.ts";
import { heldOutLoss, heldOutTable } from "./held-out.ts";
import { progress } from "./progress.ts";
import { placeWeights } from "./score-network.ts";
import { runCommandLine, UserError } from "./user-error.ts";

interface Flags {
  readonly data?: string;
  readonly dataDir?: string;
  readonly backend: BackendName | "auto";
}

function commandLine(argv: readonly string[]): { file: string; flags: Flags } {
  const command = new Command("evaluate")
    .description("Prints the held-out denoising-score-matching loss of a model at eight noise levels: mean over images and pixels of w(sigma) (D(x + sigma n) - x)^2.")
    .argument("<model-fp32.onnx>", "an fp32 model")
    .option("--data <name or folder>", "the data set whose test images are used (default: the one that the model was trained on)")
    .option("--data-dir <folder>", "where the files of a named data set lie")
    .addOption(new Option("--backend <name>", "what computes").choices(["auto", "native", "wasm"]).default("auto"))
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "")) })
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
    .parse(argv);
  return { file: command.args[0], flags: command.opts<Flags>() };
}

function read(file: string): Model {
  try {
    const model = readModel(readFileSync(file));
    if (model.weights.convolutions.size === 0) return model;
  } catch (error) {
    throw new UserError(`Expected a model-fp32.onnx but received "${file}": ${(error as Error).message}`);
  }
  throw new UserError(`Expected an fp32 model but received "${file}", which is quantized`);
}

await runCommandLine(async () => {
  const { file, flags } = commandLine(process.argv);
  const { card, weights } = read(file);
  const data = flags.data ?? card.training.data;
  const { test } = await loadDataset(data, { dataDir: flags.dataDir });
  const { tf, describe } = await chooseBackend(flags.backend);
  console.log(describe);
  const bar = progress("evaluating", test.count);
  const losses = await heldOutLoss(tf, card.spec, placeWeights(tf, card.spec, weights.floats), test, test.count, (done) => bar.update(done));
  bar.stop();
  console.log(`held-out loss of ${card.name} over the ${test.count} test images of ${data}`);
  console.log(heldOutTable(losses));
});
