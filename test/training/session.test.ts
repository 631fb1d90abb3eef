/** What a session leaves behind when it ends before its time. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { chooseBackend } from "../../training/backend/index.ts";
import { loadDataset } from "../../training/data/load.ts";
import { initialParameters } from "../../training/parameters.ts";
import { createRun, readLog } from "../../training/run.ts";
import { train } from "../../training/session.ts";
import { initialState } from "../../training/trainer.ts";
import { TINY } from "../support/random-model.ts";
import { writeTinyDataset } from "../support/tiny-dataset.ts";

const folder = mkdtempSync(join(tmpdir(), "anneal-session-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("has no checkpoint without the log of its steps", async () => {
  const backend = await chooseBackend("wasm");
  const spec = { ...TINY, classes: 4 };
  const dataset = await loadDataset(writeTinyDataset(join(folder, "data")));
  const run = join(folder, "run");
  const config = {
    data: join(folder, "data"),
    dataLicence: "unknown",
    labels: dataset.labels,
    preset: "tiny",
    spec,
    images: 16,
    imagesBefore: 0,
    batch: 16,
    steps: 1,
    learningRate: 1e-3,
    seed: "s",
  };
  const state = initialState(spec, initialParameters(spec, "s"));
  createRun(run, config, state);
  // Where the checkpoint is prepared there is a folder: it cannot be written.
  mkdirSync(join(run, `checkpoint.safetensors.${process.pid}.tmp`));
  await expect(train(backend, { folder: run, config, dataset, state, log: [], checkpointEvery: 60 })).rejects.toThrow();
  expect(readLog(run, 1)).toMatchObject([{ step: 1, learningRate: expect.any(Number) }]);
});
