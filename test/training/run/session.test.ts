/** A run in Node: what is in its folder when it ends, is interrupted or diverges. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { chooseBackend } from "../../../training/backend/index.ts";
import { hearCtrlC, Interruption } from "../../../training/cli/progress.ts";
import { forTraining } from "../../../training/data/dataset.ts";
import { loadDataset } from "../../../training/data/load.ts";
import { initialState } from "../../../training/learning/checkpoint.ts";
import { enlargerFrom } from "../../../training/learning/enlarger.ts";
import { RECIPE, type TrainingRecipe } from "../../../training/learning/recipe.ts";
import { isReported } from "../../../training/learning/reports.ts";
import { SAMPLING_DEFAULTS } from "../../../training/learning/start.ts";
import { initialParameters } from "../../../training/network/parameters.ts";
import { CONCLUSION } from "../../../training/run/end.ts";
import { ENLARGER, RunFolder, readFinishedRun } from "../../../training/run/folder.ts";
import { train } from "../../../training/run/session.ts";
import type { RunConfig } from "../../../training/train/config.ts";
import { encodePng } from "../../../wasm-model/render/image/png.ts";
import { temporaryFolder } from "../../support/files.ts";
import { randomEnlarger } from "../../support/random-enlarger.ts";
import { TINY } from "../../support/random-model.ts";
import { writeTinyDataset } from "../../support/tiny-dataset.ts";

vi.mock("../../../training/cli/progress.ts", { spy: true });

const folder = temporaryFolder("session");
beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
});

const spec = { ...TINY, classes: 4 };

/** A run of random weights, with some gains that may be given, in a folder of its own. */
async function makeRun(
  name: string,
  { gains = {}, recipe = RECIPE, steps = 1 }: { gains?: Readonly<Record<string, number>>; recipe?: TrainingRecipe; steps?: number } = {},
) {
  const backend = await chooseBackend("wasm");
  const dataset = forTraining(await loadDataset(writeTinyDataset(join(folder, "data"), 24)));
  const run = new RunFolder(join(folder, name));
  const config: RunConfig = {
    ...{ data: join(folder, "data"), dataLicence: "unknown", labels: dataset.labels, network: "tiny", spec, recipe, seed: "s" },
    ...{ images: 16 * steps, batch: 16, steps, learningRate: 1e-3 },
    ...{ dataSha256: "", command: "", sampling: SAMPLING_DEFAULTS, processors: [] },
  };
  const weights = initialParameters(spec, "s");
  const changed = Object.entries(gains).map(([path, gain]) => [path, Float32Array.of(gain)] as const);
  run.create(config, { state: initialState(spec, weights) });
  writeFileSync(run.file(CONCLUSION), "{}"); // nothing is measured at the end
  const first = initialState(spec, new Map([...weights, ...changed]));
  return {
    run,
    start: (state = first) => train(backend, { run, config, dataset, state, log: run.readLog(state.step), checkpointEvery: 60 }),
  };
}

/** One that learns an enlarger in 60 steps, from pictures of 32x32. */
async function makeEnlargingRun(name: string, more = 0) {
  const backend = await chooseBackend("wasm");
  const place = join(folder, "large");
  if (!existsSync(place)) {
    mkdirSync(place);
    for (let i = 0; i < 12; i++) {
      const pixels = Uint8Array.from({ length: 32 * 32 }, (_, k) => (k * (i + 3) * 7 + (k >> 5) * 50) % 256);
      writeFileSync(join(place, `${i}.png`), encodePng({ width: 32, height: 32, channels: 1, pixels }));
    }
  }
  const dataset = forTraining(await loadDataset(place, { width: 8, height: 8 }));
  const spec = { ...TINY, classes: 1 };
  const run = new RunFolder(join(folder, name));
  const enlarger = {
    pictures: dataset.large.length + more,
    batch: 2,
    denoised: 1,
    steps: 60,
    learningRate: 0.01,
    decayShare: 0.7,
    edges: 0.5,
  };
  const config: RunConfig = {
    ...{ data: place, dataLicence: "unknown", labels: dataset.labels, network: "tiny", spec, recipe: RECIPE, seed: "s" },
    ...{ images: 16, batch: 16, steps: 1, learningRate: 1e-3, enlarger },
    ...{ dataSha256: "", command: "", sampling: SAMPLING_DEFAULTS, processors: [] },
  };
  const first = initialState(spec, initialParameters(spec, "s"));
  run.create(config, { state: first, enlarger: enlargerFrom(randomEnlarger(2, "fp32")) });
  writeFileSync(run.file(CONCLUSION), "{}");
  return {
    run,
    trained: (state = first) => train(backend, { run, config, dataset, state, log: run.readLog(state.step), checkpointEvery: 60 }),
  };
}

it("never has a checkpoint without the log of its steps", async () => {
  const { run, start } = await makeRun("run");
  // Where the checkpoint is prepared there is a folder: it cannot be written.
  mkdirSync(`${run.file("checkpoint.safetensors")}.${process.pid}.tmp`);
  await expect(start()).rejects.toThrow();
  expect(run.readLog(1)).toMatchObject([{ step: 1, learningRate: expect.any(Number) }]);
});

it("follows its recipe", async () => {
  const [usual, other] = [await makeRun("usual"), await makeRun("other", { recipe: { ...RECIPE, adam: { ...RECIPE.adam, beta1: 0.5 } } })];
  const moments: Float32Array[] = [];
  for (const { run, start } of [usual, other]) {
    await start();
    moments.push(run.readState(spec).first.get("out.gain")!);
  }
  // The first moment after one step is (1 - beta1) g.
  expect(moments[1][0] / moments[0][0]).toBeCloseTo(0.5 / 0.1, 5);
});

it("ends with the same state and reports wherever Ctrl-C interrupts it", async () => {
  const whole = await makeRun("whole", { steps: 9 });
  expect(await whole.start()).toBe(true);
  const reports = whole.run.readLog(9).filter(isReported);
  expect(reports.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  for (const listens of [2, 60, 111]) {
    const { run, start } = await makeRun(`cut after ${listens}`, { steps: 9 });
    let heard = 0;
    vi.mocked(hearCtrlC).mockReturnValueOnce(async () => {
      if (heard++ >= listens) throw new Interruption();
    });
    expect(await start(), String(listens)).toBe(false);
    expect(await start(run.readState(spec)), String(listens)).toBe(true);
    expect(run.readState(spec), String(listens)).toEqual(whole.run.readState(spec));
    expect(run.readBest(spec), String(listens)).toEqual(whole.run.readBest(spec));
    expect(run.readLog(9).filter(isReported), String(listens)).toEqual(reports);
  }
});

it("learns its enlarger last, which ends with the same bytes wherever Ctrl-C interrupts it, and is finished with it", async () => {
  const { trained, ...whole } = await makeEnlargingRun("enlarging");
  expect(await trained()).toBe(true);
  const bytes = readFileSync(whole.run.file(ENLARGER));
  expect(whole.run.readEnlarger().step).toBe(60);
  for (const listens of [30, 58]) {
    const { run, trained } = await makeEnlargingRun(`enlarging, cut after ${listens}`);
    let heard = 0;
    vi.mocked(hearCtrlC).mockReturnValueOnce(async () => {
      if (run.readLog(1).some(isReported) && heard++ >= listens) throw new Interruption();
    });
    expect(await trained()).toBe(false);
    expect([0, 25, 50]).toContain(run.readEnlarger().step);
    expect(() => readFinishedRun(run.path)).toThrow("at step 1 of 1, without its enlarger: finish it with `npx anneal train --out ");
    expect(await trained(run.readState({ ...TINY, classes: 1 }))).toBe(true);
    expect(readFileSync(run.file(ENLARGER)).equals(bytes)).toBe(true);
    expect(readFinishedRun(run.path).enlarger).toEqual(whole.run.readEnlarger());
  }
});

it("does not learn to enlarge from other pictures than those that it was planned with", async () => {
  const { trained } = await makeEnlargingRun("fewer pictures", 1);
  await expect(trained()).rejects.toThrow(/^The run learns to enlarge from \d+ large pictures, and `.*large` has \d+ of them$/);
});

it.each([
  [
    "a step, where the objective is infinite and the loss is not",
    { "logVariance.gain": -1e4 },
    /^Expected a finite loss but received Infinity at step 1 of 1: training has diverged, at the layer `logVariance.gain`; start again/,
  ],
  [
    "a report",
    { "out.gain": 1e3 },
    /^Expected a held-out loss below 10 times an untrained network's but received .* at step 1 of 1: training has diverged, at the layer `out.gain`;/,
  ],
])("diverges in %s: says so, and restores the checkpoint of the last report", async (what, gains, message) => {
  const { run, start } = await makeRun(what, { gains });
  const good = run.readState(spec);
  await expect(start()).rejects.toThrow(message);
  expect(run.readState(spec)).toEqual(good);
});
