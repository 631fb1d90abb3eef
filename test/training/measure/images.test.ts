import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EvaluatedModel, openEvaluatedModel } from "../../../training/measure/evaluated-model.ts";
import { drawImages, drawnImages } from "../../../training/measure/images.ts";
import { drawSettings } from "../../../training/record/settings.ts";
import { randomModelFile, TINY } from "../../support/random-model.ts";
import { wasmBackend } from "../../support/wasm-backend.ts";

const folder = mkdtempSync(join(tmpdir(), "anneal-images-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SIZE = 64;
const COUNT = 350;

let model: EvaluatedModel;
let right: Uint8Array;
beforeAll(async () => {
  const file = join(folder, "model.onnx");
  writeFileSync(file, randomModelFile(TINY, 5, "int8"));
  model = await openEvaluatedModel(await wasmBackend(), file);
  right = await drawImages(model, setOf(COUNT));
});

const setOf = (count: number) => ({ settings: drawSettings(model.card, { steps: 1 }), count, seed: "images" });

describe("images that are kept", () => {
  it("are right if two processes draw into one folder at the same time, and stay right", async () => {
    const cache = join(folder, "shared");
    const both = await Promise.all([drawnImages(cache, model, setOf(COUNT)), drawnImages(cache, model, setOf(COUNT))]);
    for (const images of [...both, await drawnImages(cache, model, setOf(COUNT))]) expect(Buffer.compare(images, right)).toBe(0);
  });

  it("are drawn again if a file was cut off, and more are drawn if a later count needs them", async () => {
    const cache = join(folder, "cut");
    await drawnImages(cache, model, setOf(130));
    truncateSync(join(cache, "images-0.u8"), 99 * SIZE + 5);
    const images = await drawnImages(cache, model, setOf(COUNT));
    expect(Buffer.compare(images, right)).toBe(0);
    expect(readFileSync(join(cache, "images-0.u8"))).toHaveLength(100 * SIZE);
    expect(Buffer.compare(await drawnImages(cache, model, setOf(64)), right.subarray(0, 64 * SIZE))).toBe(0);
  });
});
