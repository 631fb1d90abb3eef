/** How a training in Node is kept, stopped and ended. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, it, vi } from "vitest";
import { chooseBackend } from "../../../training/backend/index.ts";
import { firstMatte } from "../../../training/cli/model-files.ts";
import { hearSignals, Interruption } from "../../../training/cli/progress.ts";
import { type TrainingData, trainingDataOf } from "../../../training/data/dataset.ts";
import { loadDataset } from "../../../training/data/load.ts";
import { firstFinishers } from "../../../training/finishing/plan.ts";
import { initialState } from "../../../training/learning/checkpoint.ts";
import { coolDownIn, isReported } from "../../../training/learning/reports.ts";
import { initialParameters, unitFilters } from "../../../training/network/parameters.ts";
import type { Split } from "../../../training/network/split.ts";
import type { RunConfig } from "../../../training/run/config.ts";
import { RunFolder } from "../../../training/run/folder.ts";
import { runToEnd } from "../../../training/run/session.ts";
import { readModel } from "../../../wasm-model/model/onnx/reader.ts";
import { parametersOf } from "../../../wasm-model/network/count.ts";
import { encodePng } from "../../../wasm-model/render/image/png.ts";
import { temporaryFolder } from "../../support/files.ts";
import { randomFinisher, TINY } from "../../support/random-model.ts";
import { runConfig } from "../../support/run-config.ts";
import { writeTinyDataset } from "../../support/tiny-dataset.ts";

vi.mock("../../../training/cli/progress.ts", { spy: true });

const folder = temporaryFolder("session");
beforeEach(() => void vi.spyOn(console, "log").mockImplementation(() => {}));

const spec = { ...TINY, classes: 4 };
const FILES = ["README.md", "model-fp32.onnx", "model.onnx", "run", "samples.png"];

/** A run of random weights on these images, in a folder of its own. `start` trains it, from other weights where they are given. */
async function makeRunOn(dataset: TrainingData, name: string, parts: Partial<RunConfig>) {
  const backend = await chooseBackend("wasm");
  const run = new RunFolder(join(folder, name));
  mkdirSync(run.path, { recursive: true });
  const config = runConfig({ data: dataset.folder, pictures: dataset.pictures, labels: dataset.labels, ...parts });
  const first = initialState(config.spec, initialParameters(config.spec, "s"));
  run.create({
    ...{ config, state: first },
    finishers: await firstFinishers(config, {
      enlarger: config.enlarger && randomFinisher("enlarger", 2, "fp32"),
      matte: config.matte && firstMatte(),
    }),
  });
  const start = (state = first) => runToEnd(backend, { run, config, dataset, state, log: run.readLog(state.step), checkpointEvery: 60 });
  return { run, start };
}

async function makeRun(name: string, steps = 1) {
  const dataset = trainingDataOf(await loadDataset(writeTinyDataset(join(folder, "data"), 24), { width: 8, height: 8 }));
  return makeRunOn(dataset, name, { spec, steps, images: 16 * steps });
}

/** One that learns a matte and an enlarger in 30 steps each, from pictures of 32x32. */
async function makeFinishingRun(name: string, more = 0) {
  const place = join(folder, "large");
  if (!existsSync(place)) {
    mkdirSync(place);
    for (let i = 0; i < 12; i++) {
      const pixels = Uint8Array.from({ length: 32 * 32 * 3 }, (_, k) => (k * (i + 3) * 7 + (k >> 5) * 50) % 256);
      writeFileSync(join(place, `${i}.png`), encodePng({ width: 32, height: 32, channels: 3, pixels }));
    }
  }
  const opaque = trainingDataOf(await loadDataset(place, { width: 8, height: 8 }));
  const alphaOf = ({ count }: Split) => Uint8Array.from({ length: count * 8 * 8 }, (_, k) => (k * 37) % 256);
  const dataset = {
    ...opaque,
    pictures: { ...opaque.pictures, transparent: true },
    alpha: { train: alphaOf(opaque.train), test: alphaOf(opaque.test), validation: alphaOf(opaque.validation) },
  };
  const settings = { batch: 2, denoised: 1, steps: 30, learningRate: 0.01, decayShare: 0.7 };
  const matte = { pictures: dataset.train.count, ...settings };
  const enlarger = { pictures: dataset.large.length + more, ...settings, edges: 0.5 };
  return makeRunOn(dataset, name, { spec: { ...TINY, channels: 3, classes: 1 }, matte, enlarger });
}

/** The run that begins next leaves with 130 after it has listened so often since `counts`. */
function interruptedAfter(listens: number, counts = () => true): void {
  let heard = 0;
  vi.mocked(hearSignals).mockReturnValueOnce({
    isStopping: () => false,
    pause: async () => {
      if (counts() && heard++ >= listens) throw new Interruption(130);
    },
  });
}

it("never has a checkpoint without the log of its steps", async () => {
  const { run, start } = await makeRun("run");
  // Where the checkpoint is prepared there is a folder: it cannot be written.
  mkdirSync(`${run.file("checkpoint.safetensors")}.${process.pid}.tmp`);
  await expect(start()).rejects.toThrow();
  expect(run.readLog(1)).toMatchObject([{ step: 1, learningRate: expect.any(Number) }]);
});

it("ends in the same model, state and reports wherever it was interrupted", async () => {
  const whole = await makeRun("whole", 9);
  await whole.start();
  expect(readdirSync(whole.run.model).sort()).toEqual(FILES);
  const reports = whole.run.readLog(9).filter(isReported);
  expect(reports.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 9]); // of the cool-down at its end
  const { run, start } = await makeRun("cut", 9);
  for (const listens of [2, 30, 15]) {
    interruptedAfter(listens);
    await expect(start(run.readState(spec)), String(listens)).rejects.toThrow(Interruption);
    expect(console.log).toHaveBeenLastCalledWith(
      expect.stringMatching(/^stopped at step \d of 9; continue with: npx anneal train --resume .*cut$/),
    );
    expect(readdirSync(run.model)).toEqual(["run"]);
  }
  await start(run.readState(spec));
  expect(run.readState(spec)).toEqual(whole.run.readState(spec));
  expect(run.readState(spec, "best")).toEqual(whole.run.readState(spec, "best"));
  expect(run.readLog(9).filter(isReported)).toEqual(reports);
  for (const name of ["model.onnx", "model-fp32.onnx"])
    expect(readFileSync(join(run.model, name)).equals(readFileSync(join(whole.run.model, name))), name).toBe(true);
});

it("that is stopped ends in a model of what it has learned, and goes on as if it had not been where it is left before that", async () => {
  const stopping = (leavesAfter: number) => {
    let heard = 0;
    return vi.mocked(hearSignals).mockReturnValueOnce({
      isStopping: () => heard > 40,
      pause: async () => {
        if (heard++ > leavesAfter) throw new Interruption(130);
      },
    });
  };
  const { run, start } = await makeRun("stopped", 500);
  stopping(60);
  await expect(start()).rejects.toThrow(Interruption);
  const { step } = run.readState(spec);
  expect([step, coolDownIn(run.readLog(step)), readdirSync(run.model)]).toEqual([expect.any(Number), undefined, ["run"]]);
  expect(step).toBeLessThan(60);
  stopping(Number.POSITIVE_INFINITY);
  await start(run.readState(spec));
  expect(readdirSync(run.model).sort()).toEqual(FILES);
  const { training } = readModel(readFileSync(join(run.model, "model.onnx"))).card;
  expect(training.images).toBeLessThan(16 * 500);
  expect(coolDownIn(run.readLog(Number.POSITIVE_INFINITY))).toBeDefined();
  expect(run.writtenPage()).toBe(readFileSync(join(run.model, "README.md"), "utf8"));
});

it("that is stopped in its own cool-down gives the weights of then, which have learned to be rounded", async () => {
  const { run, start } = await makeRun("stopped in its cool-down", 40);
  let now = 0;
  const time = vi.spyOn(performance, "now").mockImplementation(() => (now += 1000));
  const isCooling = () => coolDownIn(run.readLog(Number.POSITIVE_INFINITY)) !== undefined;
  vi.mocked(hearSignals).mockReturnValueOnce({ isStopping: isCooling, pause: async () => {} });
  await start();
  time.mockRestore();
  const { weights, card } = readModel(readFileSync(join(run.model, "model-fp32.onnx")));
  expect(card.training.images).toBeLessThan(16 * 40);
  expect(weights.floats.get("out")).not.toEqual(unitFilters(parametersOf(spec), run.readState(spec, "best").average).get("out"));
});

it("learns to finish its images last, which ends with the same bytes wherever it was interrupted", async () => {
  const whole = await makeFinishingRun("finishing");
  await whole.start();
  const { run, start } = await makeFinishingRun("finishing, cut");
  const state = () => run.readState({ ...TINY, channels: 3, classes: 1 });
  for (const listens of [28, 32]) {
    interruptedAfter(listens, () => run.readLog(1).some(isReported));
    await expect(start(state())).rejects.toThrow(Interruption);
    expect(console.log).toHaveBeenLastCalledWith(expect.stringMatching(/^stopped after the last step; continue with: /));
  }
  await start(state());
  const model = (one: RunFolder) => readFileSync(join(one.model, "model.onnx"));
  expect(model(run).equals(model(whole.run))).toBe(true);
  expect(readModel(model(run)).card.cutOut).toBe(true);
});

it("does not learn to enlarge from other pictures than those that it was planned with", async () => {
  const { start } = await makeFinishingRun("fewer pictures", 1);
  await expect(start()).rejects.toThrow(/^The run learns to enlarge from \d+ pictures, and `.*large` has \d+ of them$/);
});

it.each([
  [
    "a step, where the objective is infinite and the loss is not",
    { "logVariance.gain": -1e4 },
    /^Expected a finite loss but received Infinity at step 1 of 1: training has diverged; start again/,
  ],
  ["a report", { "out.gain": 1e3 }, /^Expected a held-out loss below 1000 but received .* at step 1 of 1: training has diverged;/],
])("diverges in %s, and says so", async (what, gains, message) => {
  const { run, start } = await makeRun(what);
  const good = run.readState(spec);
  const changed = Object.entries(gains).map(([path, gain]) => [path, Float32Array.of(gain)] as const);
  await expect(start(initialState(spec, new Map([...good.weights, ...changed])))).rejects.toThrow(message);
});
