/** The public API: the same in Node and workerd. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { decode, decodeApng } from "fast-png";
import { describe, expect, it } from "vitest";
import { simd } from "../../wasm-model/engine/simd.ts"; // in workerd: simd.workerd.ts (test/worker/vitest.config.ts)
import { apng, type InpaintRun, inpaint, loadModel, OptionError, type Pixels, type Sample, sample, vary } from "../../wasm-model/index.ts";
import { enlargerFile, RENDER_VERSION } from "../../wasm-model/model/model.ts";
import { headIn, readModel } from "../../wasm-model/model/onnx/reader.ts";
import { SEAL_LENGTH, writeModel } from "../../wasm-model/model/onnx/writer.ts";
import { recipeIn } from "../../wasm-model/render/image/chunks.ts";
import { grid } from "../../wasm-model/render/image/pixels.ts";
import { foreign } from "../support/foreign.ts";
import { randomModelFile, TINY, withFinishers } from "../support/random-model.ts";

const file = randomModelFile(TINY, 3, "int8");

const model = await loadModel(file, { runtime: simd });

const hash = (bytes: Uint8Array): string => bytesToHex(sha256(bytes));

it("loadModel takes bytes and a buffer, of another realm too, and URLs", async () => {
  const url = `data:application/octet-stream;base64,${btoa(String.fromCharCode(...file))}`;
  for (const source of [file, file.buffer, foreign(file.slice()), foreign(file.slice().buffer), url, new URL(url)]) {
    expect((await loadModel(source, { runtime: simd })).card).toEqual(model.card);
  }
});

describe("sample", () => {
  it("gives pixels and the settings that made them", async () => {
    const image = await sample(model, { seed: "7", class: "class 2", steps: 3 });
    const { pixels, png, recipe, ...rest } = image;
    expect(rest).toEqual({
      width: 8,
      height: 8,
      channels: 1,
      seed: "7",
      class: 2,
      label: "Class 2",
      steps: 3,
      sampler: "langevin",
      temperature: 1,
      guidance: 1,
      nfe: 3,
    });
    expect(pixels.length).toBe(64);
    expect(new Set(pixels).size).toBeGreaterThan(8); // an image, no plain area
    expect(decode(png()).data).toEqual(pixels);
    expect(JSON.parse(recipeIn(png()) ?? "")).toEqual({
      model: "random",
      version: model.version,
      options: { seed: "7", class: "Class 2", steps: 3, sampler: "langevin" },
    });
    expect(recipe).toBe(recipeIn(png()));
  });

  it("draws a grid of the images of the seeds {seed}/{k}, each of its own class", async () => {
    const options = { steps: 2, size: 16, guidance: 2 };
    const told: number[][] = [];
    const image = await sample(model, {
      ...options,
      seed: "7",
      n: 5,
      onStep: ({ evaluations, nfe }) => void told.push([evaluations, nfe]),
    });
    expect([image.width, image.height, image.class, image.label, image.nfe]).toEqual([48, 32, undefined, undefined, 20]);
    expect(told).toEqual(Array.from({ length: 10 }, (_, i) => [2 * (i + 1), 20]));
    const images: Sample[] = [];
    for (let k = 0; k < 5; k++) images.push(await sample(model, { ...options, seed: `7/${k}` }));
    expect(image.pixels).toEqual(grid(images, 3).pixels);
    expect(new Set(images.map((image) => image.class)).size).toBeGreaterThan(1);
    expect((await sample(model, { seed: "7", n: 1 })).pixels).toEqual((await sample(model, { seed: "7/0" })).pixels);
  });

  it("draws images between two seeds, and exactly their images at the ends", async () => {
    const at = async (t: number, options = {}) =>
      (await sample(model, { seed: "a", to: "c", t, steps: 4, extrapolation: 1, ...options })).pixels;
    const [a, c] = await Promise.all(["a", "c"].map(async (seed) => (await sample(model, { seed, steps: 4, extrapolation: 1 })).pixels));
    expect(await at(0)).toEqual(a);
    expect(await at(1)).toEqual(c);
    const distance = (x: Uint8Array, y: Uint8Array) => x.reduce((sum, value, i) => sum + Math.abs(value - y[i]), 0);
    const [near, middle] = [await at(0.02), await at(0.5)];
    expect(distance(near, a)).toBeGreaterThan(0);
    expect(distance(near, a)).toBeLessThan(distance(middle, a));
    expect(hash(middle)).toBe(hash((await sample(model, { seed: "a", to: "c", steps: 4, extrapolation: 1 })).pixels)); // t = 0.5
    const both = await sample(model, { seed: "a", to: "c", t: 0.3, n: 2, steps: 2 });
    const second = await sample(model, { seed: "a/1", to: "c/1", t: 0.3, steps: 2 });
    expect([...both.pixels.subarray(8, 16)]).toEqual([...second.pixels.subarray(0, 8)]);
  });

  it("keeps images of the annealing: the first is noise, the last is the image", async () => {
    const image = await sample(model, { seed: "7", steps: 4, frames: 3, n: 2 });
    const decoded = decodeApng(apng(image), { checkCrc: true });
    expect(decoded.frames.length).toBe(3);
    expect([...decoded.frames[2].data]).toEqual([...image.pixels]);
    expect(decoded.frames.map(({ delayNumber }) => delayNumber)).toEqual([100, 100, 2000]);
    expect(new Set(decoded.frames.map(({ data }) => hash(new Uint8Array(data.buffer)))).size).toBe(3);
    expect(image.pixels).toEqual((await sample(model, { seed: "7", steps: 4, n: 2 })).pixels);
    expect(JSON.parse(recipeIn(apng(image)) ?? "").options).toMatchObject({ seed: "7", frames: 3, n: 2 });
    expect((await sample(model, { seed: "7" })).frames).toBeUndefined();
  });

  it("varies an image less if the strength is smaller", async () => {
    const image: Pixels = { pixels: Uint8Array.from({ length: 64 }, (_, i) => (i % 8 < 4 ? 20 : 230)), width: 8, height: 8, channels: 1 };
    const draw = (strength: number) => vary(model, { seed: "7", steps: 3, image, strength });
    const far = async (strength: number) => {
      const { pixels } = await draw(strength);
      return image.pixels.reduce((sum, value, i) => sum + Math.abs(value - pixels[i]), 0);
    };
    expect(await far(0.1)).toBeLessThan(await far(0.5));
    expect(await draw(0)).toMatchObject({ pixels: image.pixels, nfe: 0 });
    const again = await vary(model, { seed: "7", steps: 3, strength: 0.5, image: { ...image, pixels: foreign(image.pixels.slice()) } });
    expect((await draw(0.5)).pixels).toEqual(again.pixels);
    const { class: label, recipe, nfe } = await draw(0.5);
    expect([label, recipe, nfe]).toEqual([undefined, undefined, 3]);
    await expect(draw(2.1)).rejects.toThrow("Expected a number from 0 to 2 for `strength` but received 2.1");
    await expect(vary(model, { seed: "7", image: { ...image, width: 4, height: 16 } })).rejects.toThrow(OptionError);
  });

  it("notices an abort without a listener, and leaves other drawings their turn", async () => {
    const abort = new AbortController();
    const order: string[] = [];
    const drawing = sample(model, { seed: "7", n: 64, steps: 8, signal: abort.signal }).then(
      () => order.push("drawn"),
      (reason) => order.push(String(reason)),
    );
    setTimeout(() => {
      order.push("another's turn");
      abort.abort("enough");
    }, 0);
    await drawing;
    expect(order).toEqual(["another's turn", "enough"]);
  });

  it("answers an invalid request with an error of its own", async () => {
    const loop: Record<string, unknown> = {};
    loop.loop = loop;
    const image: Pixels = { pixels: new Uint8Array(64), width: 8, height: 8, channels: 1 };
    const calls: (() => Promise<unknown>)[] = [
      () => sample(model, undefined as never),
      () => sample(model, { seed: "7", class: loop } as never),
      () => sample(model, { seed: "7", steps: 10n } as never),
      () => sample(model, { seed: "7", signal: 5 } as never),
      () => sample(model, { seed: "7", onStep: 5 } as never),
      () => vary(model, { seed: "7" } as never),
      () => inpaint(model, { seed: "7", image } as never),
      async () => apng(await sample(model, { seed: "7", steps: 1 })),
    ];
    for (const call of calls) await expect(call()).rejects.toThrow(OptionError);
    await expect(loadModel(null as never, { runtime: simd })).rejects.toThrow("Expected a model's bytes or its URL for `source`");
    const nowhere = "http://127.0.0.1:1/model.onnx";
    await expect(loadModel(nowhere, { runtime: simd })).rejects.toThrow(`Expected a model at ${nowhere} but received none`);
  });
});

describe("modelVersion", () => {
  const versionOf = (facts: string): string => hash(new TextEncoder().encode(facts)).slice(0, 32);

  const checksumOf = (bytes: Uint8Array): string => hash(bytes.subarray(0, -SEAL_LENGTH));

  it("covers the model, the enlarger and RENDER_VERSION", async () => {
    const enlarger = await enlargerFile();
    const version = versionOf(`${checksumOf(file)} ${enlarger.length} ${hash(enlarger)} ${RENDER_VERSION}`);
    expect([headIn(file).version, model.version]).toEqual([version, version]);
  });

  it("covers the model's own enlarger, with the model's file, in place of the library's", () => {
    const model = readModel(file);
    const [first, second] = [1, 2].map((seed) => writeModel(withFinishers(model, seed, "enlarger")));
    expect(headIn(first).version).toBe(versionOf(`${checksumOf(first)} own ${RENDER_VERSION}`));
    expect(headIn(second).version).not.toBe(headIn(first).version);
  });
});

describe("inpaint", () => {
  const area = 64;
  const image: Pixels = { pixels: Uint8Array.from({ length: area }, (_, i) => 4 * i), width: 8, height: 8, channels: 1 };
  /** The right half is painted. */
  const mask: Pixels = { ...image, pixels: Uint8Array.from({ length: area }, (_, i) => (i % 8 < 4 ? 127 : 128)) };
  const run: InpaintRun = { seed: "7", class: 1, image, mask };

  it("keeps the mask's black part byte for byte and repaints the rest, the same for the same seed", async () => {
    const { pixels, nfe, label } = await inpaint(model, run);
    expect([nfe, label]).toEqual([4, "Class 1"]);
    const [left, right] = [0, 4].map((from) => (p: Uint8Array) => p.filter((_, i) => i % 8 >= from && i % 8 < from + 4));
    expect(left(pixels)).toEqual(left(image.pixels));
    expect(right(pixels)).not.toEqual(right(image.pixels));
    expect((await inpaint(model, run)).pixels).toEqual(pixels);
    expect(right((await inpaint(model, { ...run, seed: "8" })).pixels)).not.toEqual(right(pixels));
    const inverted = { ...image, pixels: image.pixels.map((byte, i) => (i % 8 < 4 ? 255 - byte : byte)) };
    expect(right((await inpaint(model, { ...run, image: inverted })).pixels)).not.toEqual(right(pixels)); // it goes with what is kept
  });

  it("equals `sample` with a white mask, and the image itself with a black one", async () => {
    const all = (byte: number) => ({ ...run, mask: { ...mask, pixels: new Uint8Array(area).fill(byte) } });
    expect((await inpaint(model, all(255))).pixels).toEqual((await sample(model, { seed: "7", class: 1 })).pixels);
    expect((await inpaint(model, all(0))).pixels).toEqual(image.pixels);
  });

  it.each<[string, Partial<InpaintRun>, string]>([
    [
      "image",
      { image: { ...image, channels: 3 } },
      "Expected 8 x 8 pixels with 1 channel for `image` but received 8 x 8 pixels with 3 channels",
    ],
    ["mask", { mask: { ...mask, height: 9 } }, "Expected 8 x 8 pixels with 1 channel for `mask` but received 8 x 9 pixels with 1 channel"],
    ["mask", { mask: { ...mask, pixels: new Uint8Array(63) } }, "Expected 64 bytes for `mask` but received 63 bytes"],
  ])("refuses another %s", async (option, change, message) => {
    const mistake = await inpaint(model, { ...run, ...change }).catch((error: unknown) => error);
    expect(mistake).toBeInstanceOf(OptionError);
    expect(mistake).toMatchObject({ option, message });
  });
});
