/** The golden images: `anneal verify` on this machine. On others: `npm run verify`. */

import { describe, expect, it } from "vitest";
import { differences, optionsOf, queriesOf } from "../../training/verify/hashes.ts";
import { builds } from "../../wasm-model/engine/simd.ts";
import { RENDER_VERSION } from "../../wasm-model/model/model.ts";
import { headIn } from "../../wasm-model/model/onnx/reader.ts";
import { optionsOf as takenBy } from "../../wasm-model/request/options.ts";
import { SAMPLERS } from "../../wasm-model/sampling/settings.ts";
import { sha256Hex } from "../../wasm-model/sampling/sha256.ts";
import { FIXTURE, GOLDEN_NAMES, MODEL_NAMES, readGolden, shippedModel } from "../golden/golden.ts";
import { run, succeeded } from "../support/command-line.ts";
import { draw } from "../verify/task.ts";

describe.each(GOLDEN_NAMES)("the golden images of %s", (name) => {
  const { images, ...golden } = readGolden(name);
  const file = shippedModel(name);
  const card = headIn(file).card;

  it("belong to the model (else: npm run golden)", () => {
    expect(golden).toEqual({ model: sha256Hex(file), renderVersion: RENDER_VERSION });
    expect(Object.keys(images)).toEqual(queriesOf(card));
    expect(queriesOf(card)).toHaveLength(24);
  });

  it("use every option and every sampler", () => {
    const options = queriesOf(card).map(optionsOf);
    const used = new Set(options.flatMap((given) => Object.keys(given)));
    const isGrey = card.spec.channels === 1;
    const without = { frames: true, background: !isGrey && !card.cutOut, foreground: !isGrey, palette: !card.palette, sampler: true };
    const expected = takenBy("sample").filter((option) => !without[option as keyof typeof without]);
    expect(expected.filter((option) => !used.has(option))).toEqual([]);
    const samplers = new Set(options.map(({ sampler = card.sampling.sampler }) => sampler));
    expect(samplers).toEqual(new Set(SAMPLERS));
  });
});

it.each(["plain", "relaxed"] as const)("a model of cut-outs with a palette is drawn as released: %s SIMD", async (build) => {
  expect(await draw(shippedModel(FIXTURE), builds, build)).toEqual(readGolden(FIXTURE).images);
});

describe("anneal verify", () => {
  it("draws the released images on this machine, with each build", { timeout: 600_000 }, async () => {
    const { stdout } = await succeeded(run("verify", []));
    const lines = MODEL_NAMES.flatMap((model) => ["plain", "relaxed"].map((build) => `${model}, ${build} SIMD`));
    expect(stdout).toBe(lines.map((line) => `${line}: 24 of 24 images as released\n`).join(""));
  });

  it("names images with other bytes", () => {
    const { images } = readGolden();
    const other = { ...images, "seed=7&sampler=heun": { ...images["seed=0"] } };
    expect(differences(images, other)).toEqual(["seed=7&sampler=heun"]);
    expect(differences(images, images)).toEqual([]);
    expect(differences(images, {})).toEqual(Object.keys(images));
  });
});
