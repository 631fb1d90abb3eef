import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { commandOf, type RunRecord, recordBeside, recordOf } from "../../../training/export/run-record.ts";
import { RECIPE, rateAt } from "../../../training/learning/recipe.ts";
import type { RunConfig } from "../../../training/train/config.ts";
import { PRESETS } from "../../../training/train/presets.ts";
import { writeModel } from "../../../wasm-model/model/onnx/writer.ts";
import { randomModel, TINY } from "../../support/random-model.ts";

const root = mkdtempSync(join(tmpdir(), "anneal-record-"));
afterAll(() => rmSync(root, { recursive: true }));

const model = randomModel(TINY, 1, "fp32");
const record = {
  commands: ["npx anneal train --data x --out run", "npx anneal export run --out models/x"],
  training: { seconds: 60, processors: ["A (2 cores)"], imagesBefore: 0, heldOut: [{ sigma: 1, loss: 0.4 }] },
  origin: { run: "ab", data: "cd", commit: "ef" },
  curve: Buffer.from("<svg/>"),
} satisfies RunRecord;

/** The folder of an earlier export of `model`, of a run or not. */
function earlierExport(name: string, ofRun = true): string {
  const folder = join(root, name);
  mkdirSync(folder);
  const { commands, origin, training } = record;
  const rest = { export: { psnr: 40, maxError: 1e-6, bytes: {} }, quality: [], effects: [], notes: ["Mine."] };
  writeFileSync(join(folder, "model-fp32.onnx"), writeModel(model));
  writeFileSync(join(folder, "record.json"), JSON.stringify({ commands, ...(ofRun && { origin, training }), ...rest }));
  writeFileSync(join(folder, "loss.svg"), record.curve);
  return folder;
}

it("is read from the first folder that has one, with the command of the earlier export", () => {
  const folder = earlierExport("first");
  const renamed = { ...model, card: { ...model.card, name: "another name", sampling: { ...model.card.sampling, steps: 3 } } };
  expect(recordBeside([join(root, "none"), folder], renamed)).toEqual(record);
});

it("is that of the same weights from the same training, or none", () => {
  const folder = earlierExport("second");
  expect(recordBeside([folder], randomModel(TINY, 2, "fp32"))).toBeUndefined();
  const { training } = model.card;
  expect(recordBeside([folder], { ...model, card: { ...model.card, training: { ...training, images: 7 } } })).toBeUndefined();
});

it.each(["model-fp32.onnx", "record.json", "loss.svg"])("is missing without %s", (file) => {
  const folder = join(root, `without ${file}`);
  cpSync(earlierExport(`with ${file}`), folder, { recursive: true });
  rmSync(join(folder, file));
  expect(recordBeside([folder], model)).toBeUndefined();
});

it("is missing for an export that was not made from a run", () => {
  expect(recordBeside([earlierExport("no run", false)], model)).toBeUndefined();
});

/** The folder of a run, whose files are read for their hashes alone. */
function runFolder(name: string): string {
  const folder = join(root, name);
  mkdirSync(folder);
  for (const file of ["config.json", "checkpoint.safetensors"]) writeFileSync(join(folder, file), file);
  return folder;
}

it("of a run with the preset `quick` names the preset, since its recipe differs", () => {
  const folder = runFolder("run");
  const config: RunConfig = {
    ...{
      data: "d",
      dataLicence: "unknown",
      labels: ["a", "b", "c"],
      network: "s32",
      spec: TINY,
      imagesBefore: 0,
      recipe: RECIPE,
      seed: "s",
    },
    ...{ images: 200_000, batch: 32, steps: 6250, learningRate: 0.01, sweep: 600 },
  };
  const command = (parts: Partial<RunConfig>) => recordOf({ folder, config: { ...config, ...parts }, log: [] }).commands.join();
  const rest = `--network s32 --images 200000 --batch 32 --learning-rate 0.01 --seed s --out ${basename(folder)}`;
  const quick = { ...RECIPE, logSigma: PRESETS.quick.logSigma.small };
  expect(command({ recipe: quick })).toBe(`npx anneal train --data d --preset quick ${rest}`);
  const earlier = rest.replace(" --seed", " --log-sigma-mean -0.9 --log-sigma-std 1.3 --seed"); // what `default` had
  expect(command({})).toBe(`npx anneal train --data d ${earlier}`);
  const usual = { ...RECIPE, logSigma: PRESETS.default.logSigma.small };
  expect(command({ recipe: usual })).toBe(`npx anneal train --data d ${rest}`);
  expect(command({ preset: "quick", recipe: quick })).toBe(`npx anneal train --data d --preset quick ${rest}`);
  const colour = { spec: { ...TINY, height: 32, width: 32, channels: 3 as const } };
  expect(command({ ...colour, preset: "quick", recipe: usual })).toBe(`npx anneal train --data d --preset quick ${rest}`);
  expect(command({ ...colour, preset: "quick", recipe: quick })).toContain(" --log-sigma-mean 0.2 ");
  const noisier = { ...RECIPE, logSigma: { mean: 0, std: 1.5 } };
  const ofNoise = rest.replace(" --seed", " --log-sigma-mean 0 --log-sigma-std 1.5 --seed");
  expect(command({ recipe: noisier })).toBe(`npx anneal train --data d ${ofNoise}`);
  const ofFew = rest.replace(" --seed s", " --seed s --augment 0.2");
  expect(command({ dataLicence: "MIT", recipe: { ...usual, augmentation: 0.2 } })).toBe(
    `npx anneal train --data d --data-licence MIT ${ofFew}`,
  );
});

it("has commands without the places of this machine", () => {
  const words = [
    "/home/ann/her pictures",
    "--data",
    "/home/ann/pets",
    "--init=../other/model.onnx",
    "--out",
    "runs/pets",
    "~/a.json",
    "..name",
  ];
  expect(commandOf("train", words)).toBe("npx anneal train 'her pictures' --data pets --init=model.onnx --out runs/pets a.json ..name");
});

it("says what its commands do not repeat, and why", () => {
  const folder = runFolder("changed");
  const config: RunConfig = {
    ...{ data: "d", dataLicence: "unknown", labels: ["a", "b", "c"], network: "s32", spec: TINY, imagesBefore: 0, recipe: RECIPE },
    ...{ seed: "s", images: 200_000, batch: 32, steps: 6250, learningRate: 0.01, sweep: 600, commit: "ef" },
  };
  const line = (step: number) => ({
    step,
    loss: 1,
    learningRate: rateAt({ learningRate: 0.01, steps: 6250, recipe: RECIPE }, step),
    imagesPerSecond: 1,
  });
  const log = [line(50), line(5000)];
  const commentsOf = (parts: Partial<RunConfig>) => recordOf({ folder, config: { ...config, ...parts }, log }).commands.slice(1);
  expect(commentsOf({})).toEqual([]);
  expect(commentsOf({ commit: "ef+" })).toEqual(["# It began with changes to commit ef that were not committed."]);
  const originOf = (commit: string) => recordOf({ folder, config: { ...config, commit }, log }).origin;
  expect([originOf("ef")?.commit, originOf("ef+")?.commit]).toEqual(["ef", undefined]);
  expect(commentsOf({ recipe: { ...RECIPE, labelDropout: 0.2, adam: { ...RECIPE.adam, beta1: 0.5 } } })).toEqual([
    "# These values in config.json were changed; they have no flags: `recipe.labelDropout` 0.2, `recipe.adam.beta1` 0.5.",
  ]);
  expect(commentsOf({ learningRate: 0.005 })).toEqual([
    `# config.json was changed during the run: at step 50 its learning rate was ${line(50).learningRate}.`,
  ]);
});
