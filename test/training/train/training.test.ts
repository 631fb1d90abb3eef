/** What a session leaves behind when it ends before its time. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { chooseBackend } from "../../../training/backend/index.ts";
import { forTraining } from "../../../training/data/dataset.ts";
import { loadDataset } from "../../../training/data/load.ts";
import { initialState, trainingFormat } from "../../../training/learning/checkpoint.ts";
import { RECIPE, type TrainingRecipe } from "../../../training/learning/recipe.ts";
import { SAMPLING_DEFAULTS } from "../../../training/learning/start.ts";
import { initialParameters } from "../../../training/network/parameters.ts";
import type { RunConfig } from "../../../training/train/config.ts";
import { createRun, trainingRun } from "../../../training/train/folder.ts";
import { train } from "../../../training/train/training.ts";
import { TINY } from "../../support/random-model.ts";
import { writeTinyDataset } from "../../support/tiny-dataset.ts";

const folder = mkdtempSync(join(tmpdir(), "anneal-session-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A run of random weights, with some gains that may be given, in a folder of its own. */
async function makeSession(
  name: string,
  { gains = {}, recipe = RECIPE }: { gains?: Readonly<Record<string, number>>; recipe?: TrainingRecipe } = {},
) {
  const backend = await chooseBackend("wasm");
  const spec = { ...TINY, classes: 4 };
  const dataset = forTraining(await loadDataset(writeTinyDataset(join(folder, "data"), 24)));
  const run = join(folder, name);
  const config: RunConfig = {
    data: join(folder, "data"),
    dataLicence: "unknown",
    labels: dataset.labels,
    network: "tiny",
    spec,
    images: 16,
    imagesBefore: 0,
    batch: 16,
    steps: 1,
    learningRate: 1e-3,
    recipe,
    seed: "s",
    ...{ dataSha256: "", command: "", sampling: SAMPLING_DEFAULTS, processors: [] },
  };
  const weights = initialParameters(spec, "s");
  createRun(run, config, initialState(spec, weights));
  const state = initialState(
    spec,
    new Map([...weights, ...Object.entries(gains).map(([path, gain]) => [path, Float32Array.of(gain)] as const)]),
  );
  return { run, spec, start: () => train(backend, { run: trainingRun(run), config, dataset, state, log: [], checkpointEvery: 60 }) };
}

it("never has a checkpoint without the log of its steps", async () => {
  const { run, start } = await makeSession("run");
  // Where the checkpoint is prepared there is a folder: it cannot be written.
  mkdirSync(join(run, `checkpoint.safetensors.${process.pid}.tmp`));
  await expect(start()).rejects.toThrow();
  expect(trainingRun(run).readLog(1)).toMatchObject([{ step: 1, learningRate: expect.any(Number) }]);
});

it("follows its recipe", async () => {
  const [usual, other] = [
    await makeSession("usual"),
    await makeSession("other", { recipe: { ...RECIPE, adam: { ...RECIPE.adam, beta1: 0.5 } } }),
  ];
  const moments: Float32Array[] = [];
  for (const { run, spec, start } of [usual, other]) {
    await start();
    moments.push(trainingRun(run).readState(trainingFormat(spec)).first.get("out.gain")!);
  }
  // The first moment after one step is (1 - beta1) g.
  expect(moments[1][0] / moments[0][0]).toBeCloseTo(0.5 / 0.1, 5);
});

it("stops with a message where the objective is infinite and the loss is not", async () => {
  const { start } = await makeSession("infinite", { gains: { "logVariance.gain": -1e4 } });
  await expect(start()).rejects.toThrow(
    /^Expected a finite loss but received Infinity at step 1 of 1: training has diverged, at the layer `logVariance.gain`; start again/,
  );
});
