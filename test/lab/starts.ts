/**
 * `npm run lab -- starts`: what short runs on a folder come to from each of several files, by the held-out losses at their ends.
 * So a new base is judged beside today's.
 */
import { setImmediate } from "node:timers/promises";
import { chooseBackend } from "../../training/backend/index.ts";
import type { BackendName } from "../../training/backend/step.ts";
import { backendOption, newCommand, numberIn, runCommandLine } from "../../training/cli/command-line.ts";
import { readAnyModel } from "../../training/cli/model-files.ts";
import { trainingDataOf } from "../../training/data/dataset.ts";
import { loadDataset } from "../../training/data/load.ts";
import type { TrainingState } from "../../training/learning/checkpoint.ts";
import { learn } from "../../training/learning/learn.ts";
import { isReported, type LogEntry } from "../../training/learning/reports.ts";
import { begin } from "../../training/learning/settings.ts";
import { Trainer } from "../../training/learning/trainer.ts";
import { HELD_OUT_SIGMAS, type HeldOutLoss, meanLoss, meanOf } from "../../training/network/held-out.ts";
import type { ModelContents } from "../../wasm-model/model/onnx/writer.ts";
import { standardError } from "../support/random-numbers.ts";
import { textTable } from "./quality.ts";

interface Flags {
  readonly data: string;
  readonly images: number;
  readonly runs: number;
  readonly backend: BackendName | "auto";
}

await runCommandLine(async () => {
  const command = newCommand("lab starts")
    .description(
      "Prints the held-out losses of short runs on a folder that start from each of several files: no guidance, else as `train` does.",
    )
    .argument("<model.onnx...>", "the files to start from")
    .requiredOption("--data <folder>", "images to train on, as for `train`")
    .option("--images <n>", "planned training images of each run", numberIn("images", 1, 1e6), 3000)
    .option("--runs <n>", "runs from each file, whose seeds differ", numberIn("runs", 2, 100), 3)
    .addOption(backendOption())
    .parse(process.argv);
  const { data, images, runs, backend: wanted } = command.opts<Flags>();
  const backend = await chooseBackend(wanted);
  const dataset = trainingDataOf(await loadDataset(data));

  async function lossesFrom(start: ModelContents, seed: string): Promise<readonly HeldOutLoss[]> {
    const { settings, state } = begin(dataset, { seed, images, guidance: { weight: 1 } }, start);
    const trainer = new Trainer(backend, settings, state);
    const log: LogEntry[] = [];
    let best: TrainingState | undefined;
    const host = { log, best: () => best, pause: setImmediate, sheetEvery: Number.POSITIVE_INFINITY };
    for await (const event of learn(settings, dataset, trainer, host)) if (event.type === "report" && event.isBest) best = trainer.state();
    return log.findLast(isReported)!.heldOut;
  }

  const rows = [];
  for (const file of command.args) {
    const start = readAnyModel(file, "model.onnx");
    const losses: (readonly HeldOutLoss[])[] = [];
    for (let k = 0; k < runs; k++) losses.push(await lossesFrom(start, `starts/${k}`));
    const logarithms = losses.map((levels) => Math.log(meanLoss(levels)));
    const means = HELD_OUT_SIGMAS.map((_, level) => meanOf(losses.map((levels) => levels[level].loss)).toFixed(3));
    rows.push([file, ...means, meanOf(logarithms).toFixed(4), standardError(logarithms).toFixed(4)]);
  }
  console.log(textTable([["start", ...HELD_OUT_SIGMAS.map(String), "mean logarithm", "error"], ...rows]));
});
