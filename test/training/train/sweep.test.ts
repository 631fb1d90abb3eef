/** The search of sampling settings at a run's end, on a network of random weights. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Dataset } from "../../../training/data/dataset.ts";
import { loadDataset } from "../../../training/data/load.ts";
import { ownDistances } from "../../../training/measure/own-distance.ts";
import type { Tf } from "../../../training/network/score-network.ts";
import { readChosenSampling, readSweep, SAMPLING_DEFAULTS } from "../../../training/run/sampling.ts";
import { CANDIDATES, sweep } from "../../../training/train/sweep.ts";
import { referenceDenoiser } from "../../../wasm-model/network/reference.ts";
import { randomModel, TINY } from "../../support/random-model.ts";
import { writeTinyDataset } from "../../support/tiny-dataset.ts";
import { wasmBackend } from "../../support/wasm-backend.ts";

const root = mkdtempSync(join(tmpdir(), "anneal-sweep-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let tf: Tf;
let dataset: Dataset;
beforeAll(async () => {
  tf = await wasmBackend();
  dataset = await loadDataset(writeTinyDataset(join(root, "data"), 120));
});

const spec = { ...TINY, classes: 4 };
const model = randomModel(spec, 5, "fp32");
const { denoise } = referenceDenoiser(spec, model.weights);
const IMAGES = 6;

/** Returns the settings chosen and the number of evaluations that they took. */
async function run(folder: string, evaluate = denoise) {
  let evaluations = 0;
  const counted: typeof denoise = (x, sigma, labels) => {
    evaluations += labels.length / spec.classes;
    return evaluate(x, sigma, labels);
  };
  const distanceOf = ownDistances(tf, { dataset, model, images: IMAGES, seed: "s/sweep" });
  const chosen = await sweep({ folder, card: model.card, denoise: counted, distanceOf });
  return { chosen, evaluations };
}

describe("the sweep", () => {
  const folder = mkdtempSync(join(root, "whole-"));
  let whole: Awaited<ReturnType<typeof run>>;
  beforeAll(async () => {
    whole = await run(folder);
  });

  it("measures every candidate once, the defaults first, and takes the one with the smallest distance", () => {
    expect(whole.evaluations).toBe(CANDIDATES * IMAGES * SAMPLING_DEFAULTS.steps);
    const { measured, chosen } = readSweep(folder);
    expect(measured).toHaveLength(CANDIDATES);
    expect(measured[0].sampling).toEqual(SAMPLING_DEFAULTS);
    expect(new Set(measured.map(({ distance }) => distance)).size).toBeGreaterThan(CANDIDATES / 2);
    const nearest = Math.min(...measured.map(({ distance }) => distance));
    expect(measured.find(({ distance }) => distance === nearest)?.sampling).toEqual(chosen);
    expect(whole.chosen).toEqual(chosen);
  });

  it("continues with what it measured before it was cut off, to the same result", async () => {
    const cut = mkdtempSync(join(root, "cut-"));
    let left = 4 * SAMPLING_DEFAULTS.steps;
    const interrupted: typeof denoise = (...input) => {
      if (left-- === 0) throw new Error("Ctrl-C");
      return denoise(...input);
    };
    await expect(run(cut, interrupted)).rejects.toThrow("Ctrl-C");
    expect(readChosenSampling(cut)).toBeUndefined();
    const measured = readSweep(cut).measured.length;
    expect(measured).toBe(4);
    const { chosen, evaluations } = await run(cut);
    expect(chosen).toEqual(whole.chosen);
    expect(evaluations).toBe((CANDIDATES - measured) * IMAGES * SAMPLING_DEFAULTS.steps);
    expect(readFileSync(join(cut, "sampling.json"))).toEqual(readFileSync(join(folder, "sampling.json")));
    expect((await run(cut)).evaluations).toBe(0);
  });

  it("prefers settings that draw the training images to settings that draw noise", async () => {
    // A denoiser that knows the images: where extrapolation overshoots, it leaves them.
    const image = dataset.train.images(0, 1);
    const clean = Float32Array.from(image, (byte) => byte / 127.5 - 1);
    const oracle: typeof denoise = (x) => Float32Array.from(x, (_, i) => clean[i % clean.length]);
    const { chosen } = await run(mkdtempSync(join(root, "oracle-")), oracle);
    expect(chosen).toEqual(SAMPLING_DEFAULTS); // all draw that image: the first one stays
  });

  it("is refused if its file is damaged", async () => {
    const damaged = mkdtempSync(join(root, "damaged-"));
    for (const [content, message] of [
      ['{"measured":', /^Expected a complete `.*sampling.json` but /],
      [
        '{"measured": [{"sampling": {}, "distance": 1}]}',
        /^Expected .* for `measured.0.sampling.sampler` of `.*sampling.json` but received nothing$/,
      ],
    ] as const) {
      writeFileSync(join(damaged, "sampling.json"), content);
      await expect(run(damaged)).rejects.toThrow(message);
    }
  });
});
