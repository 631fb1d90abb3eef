/** `npm run evaluate`: how well a model denoises images it never saw, at each noise level. */
import { Option } from "commander";
import { type BackendName, chooseBackend } from "./backend/index.ts";
import { newCommand, runCommandLine } from "./command-line.ts";
import { expectFits, loadDataset } from "./data/load.ts";
import { heldOutLoss, heldOutTable } from "./held-out.ts";
import { progress } from "./progress.ts";
import { readFp32Model } from "./read-model.ts";
import { placeWeights } from "./score-network.ts";

interface Flags {
  readonly data?: string;
  readonly dataDir?: string;
  readonly backend: BackendName | "auto";
}

function commandLine(argv: readonly string[]): { file: string; flags: Flags } {
  const command = newCommand("evaluate")
    .description(
      "Prints a model's held-out denoising-score-matching loss: mean over test images and pixels of w(sigma) (D(x + sigma n, sigma) - x)^2.",
    )
    .argument("<model-fp32.onnx>", "an fp32 model")
    .option("--data <name or folder>", "the data set whose test images are used (default: the one that the model was trained on)")
    .option("--data-dir <folder>", "where the files of a named data set lie")
    .addOption(new Option("--backend <name>", "what computes").choices(["auto", "native", "wasm"]).default("auto"))
    .parse(argv);
  return { file: command.args[0], flags: command.opts<Flags>() };
}

await runCommandLine(async () => {
  const { file, flags } = commandLine(process.argv);
  const { card, weights } = readFp32Model(file, "model-fp32.onnx");
  const data = flags.data ?? card.training.data;
  const dataset = await loadDataset(data, { dataDir: flags.dataDir });
  expectFits(dataset, card.spec, `the model \`${file}\``);
  const { tf, describe } = await chooseBackend(flags.backend);
  console.log(describe);
  const { test } = dataset;
  const bar = progress("evaluating", test.count);
  const losses = await heldOutLoss(tf, card.spec, placeWeights(tf, card.spec, weights.floats), test, test.count, (done) =>
    bar.update(done),
  );
  bar.stop();
  console.log(`held-out loss of ${card.name} over the ${test.count} test images of ${data}`);
  console.log(heldOutTable(losses));
});
