/** The public API, with the reference as its runtime: the same in Node, workerd and browsers. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { decode } from "fast-png";
import { beforeAll, describe, expect, it } from "vitest";
import { loadModel, type Model, ModelError, OptionError, type Runtime, sample } from "../../wasm-model/index.ts";
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
      nfe: 3,
    });
    expect(pixels.length).toBe(64);
    expect(new Set(pixels).size).toBeGreaterThan(8); // a picture, no plain area
    expect(decode(png()).data).toEqual(pixels);
  });

  it.each(["langevin", "cas", "ald", "euler"])("draws the same bytes for the same seed, others for another: %s", async (sampler) => {
    const draw = async (seed: string) => hash((await sample(model, { seed, sampler, steps: 2 })).png());
    const first = await draw("7");
    expect(await draw("7")).toBe(first);
    expect(await draw("8")).not.toBe(first);
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
