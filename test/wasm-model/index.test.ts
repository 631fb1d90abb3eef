/** The public API, with the reference as its runtime: the same in Node, workerd and browsers. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { decode } from "fast-png";
import { beforeAll, describe, expect, it } from "vitest";
import { SAMPLERS } from "../../wasm-model/card.ts";
import {
  type InpaintRun,
  inpaint,
  loadModel,
  type Model,
  ModelError,
  OptionError,
  type Pixels,
  type Runtime,
  sample,
} from "../../wasm-model/index.ts";
import { readModel } from "../../wasm-model/onnx/reader.ts";
import { referenceDenoiser } from "../../wasm-model/reference/reference.ts";
import { randomModelFile, TINY } from "../support/random-model.ts";

/** Answers from one buffer, as a runtime may: a result is gone at the next call. */
const reference: Runtime = {
  name: "reference",
  async load(bytes) {
    const { card, weights } = readModel(bytes);
    const { denoise, ...rest } = referenceDenoiser(card.spec, weights);
    const buffer = new Float32Array(card.spec.channels * card.spec.height * card.spec.width);
    return {
      ...rest,
      denoise(x, sigma, labels) {
        buffer.set(denoise(x, sigma, labels) as Float32Array);
        return buffer;
      },
    };
  },
};

const file = randomModelFile(TINY, 3, "fp32");
let model: Model;

beforeAll(async () => {
  model = await loadModel(file, { runtime: reference });
});

const hash = (bytes: Uint8Array): string => bytesToHex(sha256(bytes));

describe("loadModel", () => {
  it("takes bytes, a buffer and URLs", async () => {
    const url = `data:application/octet-stream;base64,${btoa(String.fromCharCode(...file))}`;
    for (const source of [file, file.buffer, url, new URL(url)]) {
      expect((await loadModel(source, { runtime: reference })).card).toEqual(model.card);
    }
  });

  it("asks for a runtime", async () => {
    await expect((loadModel as (source: Uint8Array) => Promise<Model>)(file)).rejects.toThrow(
      "Expected a runtime, such as the package's `simd`, for `runtime` but received nothing",
    );
  });

  it("refuses what is no model", async () => {
    await expect(loadModel(new Uint8Array(100), { runtime: reference })).rejects.toThrow(ModelError);
  });
});

describe("sample", () => {
  it("gives pixels and the settings that made them", async () => {
    const image = await sample(model, { seed: "7", class: "class 2", steps: 3 });
    const { pixels, png, ...rest } = image;
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
    expect(new Set(pixels).size).toBeGreaterThan(8); // a picture, no plain area
    expect(decode(png()).data).toEqual(pixels);
  });

  it.each(SAMPLERS)("draws the same bytes for the same seed, others for another: %s", async (sampler) => {
    const draw = async (seed: string) => hash((await sample(model, { seed, sampler, steps: 2 })).png());
    const first = await draw("7");
    expect(await draw("7")).toBe(first);
    expect(await draw("8")).not.toBe(first);
  });

  it("gives the same bytes as ever for the default temperature and guidance, others for others", async () => {
    const plain = hash((await sample(model, { seed: "7" })).pixels);
    expect(hash((await sample(model, { seed: "7", temperature: 1, guidance: "1" })).pixels)).toBe(plain);
    for (const change of [{ temperature: 0.5 }, { temperature: 0 }, { guidance: 2 }, { guidance: 0 }]) {
      expect(hash((await sample(model, { seed: "7", ...change })).pixels)).not.toBe(plain);
    }
  });

  it("without guidance shows no class", async () => {
    const draw = async (label: number) => hash((await sample(model, { seed: "7", class: label, guidance: 0 })).pixels);
    expect(await draw(1)).toBe(await draw(2));
  });

  it("counts both evaluations of a guided step", async () => {
    const told: number[] = [];
    const { nfe } = await sample(model, { seed: "7", steps: 3, guidance: 2, onStep: ({ evaluations }) => void told.push(evaluations) });
    expect([nfe, told]).toEqual([6, [2, 4, 6]]);
  });

  it("draws images at the same time without mixing them up", async () => {
    const seeds = ["a", "b", "c"];
    const alone: string[] = [];
    for (const seed of seeds) alone.push(hash((await sample(model, { seed })).pixels));
    const together = await Promise.all(seeds.map((seed) => sample(model, { seed, onStep: () => Promise.resolve() })));
    expect(together.map(({ pixels }) => hash(pixels))).toEqual(alone);
  });

  it("enlarges whole multiples exactly and others smoothly, of the same image", async () => {
    const native = await sample(model, { seed: "7" });
    const double = await sample(model, { seed: "7", size: 16 });
    for (let y = 0; y < 16; y++) {
      for (let x = 0; x < 16; x++) expect(double.pixels[y * 16 + x]).toBe(native.pixels[(y >> 1) * 8 + (x >> 1)]);
    }
    const { width, height, pixels } = await sample(model, { seed: "7", size: 21 });
    expect([width, height, pixels.length]).toEqual([21, 21, 441]);
  });

  it.each([
    { width: 8, height: 12, smooth: [11, 17] },
    { width: 12, height: 4, smooth: [14, 5] },
  ])("draws oblong images: $width x $height", async ({ width, height, smooth: [smoothWidth, smoothHeight] }) => {
    const oblong = await loadModel(randomModelFile({ ...TINY, width, height }, 3, "fp32"), { runtime: reference });
    const draw = (size?: number) => sample(oblong, { seed: "7", steps: 2, size });
    const native = await draw();
    expect([native.width, native.height, native.pixels.length]).toEqual([width, height, width * height]);
    const double = await draw(2 * width);
    expect([double.width, double.height]).toEqual([2 * width, 2 * height]);
    for (const [i, pixel] of double.pixels.entries()) {
      const x = i % double.width;
      const y = (i - x) / double.width;
      expect(pixel).toBe(native.pixels[(y >> 1) * width + (x >> 1)]);
    }
    const smooth = decode((await draw(smoothWidth)).png());
    expect([smooth.width, smooth.height]).toEqual([smoothWidth, smoothHeight]);
  });

  it("tells of every network evaluation, from the noisiest level down", async () => {
    const told: { evaluations: number; nfe: number; sigma: number }[] = [];
    await sample(model, { seed: "7", steps: 4, onStep: ({ evaluations, nfe, sigma }) => void told.push({ evaluations, nfe, sigma }) });
    expect(told.map(({ evaluations, nfe }) => [evaluations, nfe])).toEqual([1, 2, 3, 4].map((i) => [i, 4]));
    expect(told.map(({ sigma }) => sigma)).toEqual(told.map(({ sigma }) => sigma).toSorted((a, b) => b - a));
  });

  it("stops when it is told to", async () => {
    const abort = new AbortController();
    let evaluations = 0;
    const run = sample(model, {
      seed: "7",
      steps: 10,
      signal: abort.signal,
      onStep: () => {
        evaluations++;
        if (evaluations === 2) abort.abort(new Error("enough"));
      },
    });
    await expect(run).rejects.toThrow("enough");
    expect(evaluations).toBe(2);
  });

  it("refuses bad options before any work", async () => {
    let evaluations = 0;
    const count = () => void evaluations++;
    await expect(sample(model, { seed: "7", steps: 0, onStep: count })).rejects.toThrow(OptionError);
    await expect(sample(model, { seed: "7", class: "Class 3", onStep: count })).rejects.toThrow(OptionError);
    expect(evaluations).toBe(0);
  });
});

describe("inpaint", () => {
  const area = 64;
  const image: Pixels = { pixels: Uint8Array.from({ length: area }, (_, i) => 4 * i), width: 8, height: 8, channels: 1 };
  /** The right half is painted. */
  const mask: Pixels = { ...image, pixels: Uint8Array.from({ length: area }, (_, i) => (i % 8 < 4 ? 127 : 128)) };
  const run: InpaintRun = { seed: "7", class: 1, image, mask };

  it("keeps what is black in the mask to the byte and paints the rest, the same for the same seed", async () => {
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

  it("with a white mask is sample, with a black one the image itself", async () => {
    const all = (byte: number) => ({ ...run, mask: { ...mask, pixels: new Uint8Array(area).fill(byte) } });
    expect((await inpaint(model, all(255))).pixels).toEqual((await sample(model, { seed: "7", class: 1 })).pixels);
    expect((await inpaint(model, all(0))).pixels).toEqual(image.pixels);
  });

  it.each(["cas", "ald", "heun", "ipndm4", "kinetic"])("goes with every sampler, guidance and size: %s", async (sampler) => {
    const { width, pixels } = await inpaint(model, { ...run, sampler, steps: 2, guidance: 1.5, temperature: 0.5, size: 16 });
    expect(width).toBe(16);
    for (let y = 0; y < 16; y++) for (let x = 0; x < 8; x++) expect(pixels[16 * y + x]).toBe(image.pixels[8 * (y >> 1) + (x >> 1)]);
  });

  it.each<[string, Partial<InpaintRun>, string]>([
    [
      "image",
      { image: { ...image, width: 16, height: 4 } },
      "Expected 8 x 8 pixels with 1 channel for `image` but received 16 x 4 pixels with 1 channel",
    ],
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
