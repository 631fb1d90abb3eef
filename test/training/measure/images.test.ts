import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EvaluatedModel, openEvaluatedModel } from "../../../training/measure/evaluated-model.ts";
import { drawImages, drawnImages, imageFolder, requestedClasses } from "../../../training/measure/images.ts";
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

describe("the classes of images", () => {
  it("come in turn, and as often as in a training set", () => {
    expect([...requestedClasses(7, model.card)]).toEqual([0, 1, 2, 0, 1, 2, 0]);
    expect([...requestedClasses(7, model.card, [5, 5, 5])]).toEqual([0, 1, 2, 0, 1, 2, 0]);
    const classes = [...requestedClasses(30, model.card, [100, 900, 500])];
    expect([0, 1, 2].map((label) => classes.filter((one) => one === label).length)).toEqual([2, 18, 10]);
    expect(classes.slice(0, 6)).toEqual([1, 2, 1, 1, 2, 1]);
  });

  it("decide what is drawn, and the folder where it is kept", async () => {
    const classCounts = [0, 1, 0];
    const settings = drawSettings(model.card, {});
    const drawn = await drawImages(model, { settings, count: 6, seed: "images", classCounts });
    const inTurn = await drawImages(model, { settings, count: 6, seed: "images" });
    const same = Array.from(
      { length: 6 },
      (_, i) => Buffer.compare(drawn.subarray(i * SIZE, (i + 1) * SIZE), inTurn.subarray(i * SIZE, (i + 1) * SIZE)) === 0,
    );
    expect(same).toEqual([false, true, false, false, true, false]);
    expect(imageFolder("cache", model, { settings, seed: "images", classCounts })).not.toBe(
      imageFolder("cache", model, { settings, seed: "images" }),
    );
  });
});

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
