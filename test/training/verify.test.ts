/** The released hashes: `anneal verify` on this machine. On others: `npm run verify`. */

import { describe, expect, it } from "vitest";
import { compareWith, type Released } from "../../training/verify/hashes.ts";
import { loadModel } from "../../wasm-model/index.ts";
import { RENDER_VERSION } from "../../wasm-model/model/model.ts";
import { simd } from "../../wasm-model/runtime/simd.ts";
import { SAMPLERS } from "../../wasm-model/sampling/settings.ts";
import { sha256Hex } from "../../wasm-model/sampling/sha256.ts";
import { readGolden } from "../golden/golden.ts";
import { run } from "../support/command-line.ts";
import { shippedModels } from "../verify/release.ts";

const models = await shippedModels();

describe.each(models.map((model) => [model.name, model] as const))("the released hashes of %s", (_, { file, released }) => {
  it("belong to the shipped model and cover every sampler (else: npm run golden)", () => {
    expect(released).toMatchObject({ model: sha256Hex(file), renderVersion: RENDER_VERSION });
    const counts = SAMPLERS.map((sampler) => released?.images[sampler].length);
    expect(counts.toSorted((a = 0, b = 0) => b - a)).toEqual([1000, ...Array(SAMPLERS.length - 1).fill(50)]);
  });
});

it("equal those of the golden images for common seeds", async () => {
  const { model, images } = await readGolden();
  const released = models.find(({ file }) => sha256Hex(file) === model)?.released;
  for (let seed = 0; seed < 200; seed++) expect(released?.images.langevin[seed]).toBe(images[`seed=${seed}`].png);
});

describe("anneal verify", () => {
  it("draws the released images on this machine, with each build, one by one and in batches", { timeout: 600_000 }, async () => {
    const { code, stdout, stderr } = await run("verify", ["--images", "1", "--json"]);
    expect(code, stderr).toBe(0);
    const each = (name: string, build: string, batch: number) => ({
      model: name,
      build,
      batch,
      images: SAMPLERS.length,
      different: [],
    });
    expect(JSON.parse(stdout)).toEqual(
      models.flatMap(({ name }) => ["plain", "relaxed"].flatMap((build) => [1, 16].map((batch) => each(name, build, batch)))),
    );
    expect(stderr).toMatch(/^fashion-mnist, relaxed SIMD, 16 at a time: 4 of 4 images as released$/m);
  });

  it("names images with other bytes", async () => {
    const [{ file, released }] = models;
    const model = await loadModel(file, { runtime: simd });
    const images = { ...(released as Released).images };
    images.heun = images.heun.with(0, "0".repeat(64));
    expect(await compareWith({ ...(released as Released), images }, model, 1, 1)).toEqual({
      images: SAMPLERS.length,
      different: ["heun 0"],
    });
  });
});
