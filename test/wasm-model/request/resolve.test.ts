import { describe, expect, it, vi } from "vitest";
import { simd } from "../../../wasm-model/engine/simd.ts"; // in workerd: simd.workerd.ts (test/worker/vitest.config.ts)
import { loadModel } from "../../../wasm-model/index.ts";
import type { ModelCard } from "../../../wasm-model/model/card.ts";
import type { NetworkSpec } from "../../../wasm-model/network/spec.ts";
import { toImage } from "../../../wasm-model/render/appearance.ts";
import { generate } from "../../../wasm-model/render/generate.ts";
import { OptionError } from "../../../wasm-model/request/option-error.ts";
import { MAX_PIXELS, type OptionName, type Requested } from "../../../wasm-model/request/options.ts";
import { imageSettingsOf, resolve } from "../../../wasm-model/request/resolve.ts";
import { SAMPLERS } from "../../../wasm-model/sampling/settings.ts";
import { cardOf, randomModelFile, SMALL, TINY, UNCONDITIONAL } from "../../support/random-model.ts";

const { sampling, ...rest } = cardOf({ ...SMALL, classes: 4 });
const card: ModelCard = {
  ...rest,
  labels: ["T-shirt/top", "Ankle boot", "3", "Bag"],
  sampling: { ...sampling, steps: 8, churn: 0.9, stepsPerLevel: 20 },
};

function mistake(options: Requested<"sample">): OptionError {
  try {
    resolve("sample", options, card);
  } catch (error) {
    if (error instanceof OptionError) return error;
  }
  throw new Error("Expected an OptionError");
}

describe("resolve", () => {
  it("takes everything but the seed from the card", () => {
    const { class: label, ...settings } = resolve("sample", { seed: "7" }, card);
    expect(settings).toEqual({
      operation: "sample",
      seed: "7",
      steps: 8,
      sampler: "langevin",
      sampling: card.sampling,
      temperature: 1,
      guidance: 1,
      width: 28,
      height: 28,
      nfe: 8,
    });
    expect([0, 1, 2, 3]).toContain(label);
  });

  it("takes whole numbers as seeds for their digits", () => {
    expect(resolve("sample", { seed: 7, to: -8 }, card)).toEqual(resolve("sample", { seed: "7", to: "-8" }, card));
    for (const seed of [7.5, Number.NaN, 2 ** 53]) expect(mistake({ seed }).option).toBe("seed");
  });

  it("accepts numbers and their digits, as people write them", () => {
    const numbers = { seed: "7", class: 1, steps: 12, sampler: "heun", temperature: 0.5, guidance: 1.25, size: 100 };
    const { size, ...rest } = numbers;
    const expected = { operation: "sample", ...rest, sampling: card.sampling, width: size, height: size, nfe: 46 };
    expect(resolve("sample", numbers, card)).toEqual(expected);
    const digits = Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, String(value)]));
    expect(resolve("sample", { seed: "7", ...digits }, card)).toEqual(expected);
    const written = resolve("sample", { seed: "7", size: "56.0", to: "8", t: ".3", background: "#FDE", foreground: "#402060" }, card);
    expect(written).toEqual(resolve("sample", { seed: "7", size: 56, to: "8", t: 0.3, background: "ffddee", foreground: "402060" }, card));
  });

  it("keeps how an image is enlarged, where it is", () => {
    const enlargeOf = (options: object) => resolve("sample", { seed: "7", ...options }, card).enlarge;
    expect(enlargeOf({ size: 56, enlarge: "pixels" })).toBe("pixels");
    for (const options of [{ size: 56 }, { size: 56, enlarge: "smooth" }, { enlarge: "pixels" }, { size: 28, enlarge: "pixels" }])
      expect(enlargeOf(options)).toBeUndefined();
  });

  it("chooses the class by the seed: always the same one, and each about equally often", () => {
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 2000; i++) {
      const seed = `seed ${i}`;
      const label = resolve("sample", { seed }, card).class;
      expect(resolve("sample", { seed, steps: 3 }, card).class).toBe(label);
      counts[label as number]++;
    }
    for (const count of counts) expect(Math.abs(count - 500)).toBeLessThan(5 * Math.sqrt(375)); // five standard deviations
  });

  it.each([
    ["Ankle boot", 1],
    ["aNKLE BOOT", 1],
    ["t-shirt/TOP", 0],
    ["0", 0],
    [3, 3],
    ["3", 2], // the class called "3"
  ])("finds class %s", (given, index) => {
    expect(resolve("sample", { seed: "7", class: given }, card).class).toBe(index);
  });

  it.each<[OptionName, readonly unknown[], string]>([
    ["class", ["ankle", "4", "", -1, Number.NaN], "an index from 0 to 3 or one of T-shirt/top, Ankle boot, 3, Bag"],
    ["steps", [0, 65, 1.5, Number.NaN, "1e9", "8.", "+8", " 8", ""], "an integer from 1 to 64"],
    ["temperature", [-0.1, 2.1, Number.NaN, "-0", ".", "1e0", ""], "a number from 0 to 2"],
    ["churn", [-0.1, 1.1, "1e0", ""], "a number from 0 to 1"],
    ["extrapolation", [-1, 10.5, "x", ""], "a number from 0 to 10"],
    ["n", [0], "an integer from 1 to 1024"],
    ["frames", [1], "an integer from 2 to 64"],
    ["to", ["", "x".repeat(257)], "Unicode text of 1 to 256 bytes in UTF-8"],
    ["background", ["##fff", "", "ff", "ffff", "ggg", "fff\n"], "a colour of three or six hexadecimal digits, or transparent"],
    ["foreground", ["transparent"], "a colour of three or six hexadecimal digits"],
    ["radius", [51], "an integer from 0 to 50"],
    ["enlarge", ["bicubic"], "one of smooth, pixels"],
  ])("refuses the %s %j, used by the sampler or not", (option, values, expected) => {
    for (const value of values) {
      for (const sampler of ["langevin", "heun"])
        expect(mistake({ seed: "7", sampler, [option]: value })).toMatchObject({ code: "invalid-value", option, expected });
    }
  });

  it.each([
    [28, 32, 100, 114], // 114.3
    [32, 12, 36, 14], // 13.5
  ])("keeps the proportions of %i x %i images at the size %i: %i pixels high", (width, height, size, expectedHeight) => {
    const oblong = { ...card, spec: { ...card.spec, width, height } };
    expect(resolve("sample", { seed: "7", size }, oblong)).toMatchObject({ width: size, height: expectedHeight });
  });

  it("bounds the pixels of an image, summed over its frames", () => {
    const largest = (options: Omit<Requested<"sample">, "seed">): number => {
      const { expected } = mistake({ seed: "7", ...options, size: 100_000 });
      const size = Number(/^an integer from 28 to (\d+)$/.exec(expected)?.[1]);
      expect(resolve("sample", { seed: "7", ...options, size }, card).width).toBe(size);
      return size;
    };
    expect([{}, { n: 4 }, { n: 5 }, { n: 1024 }, { frames: 9 }, { n: 4, frames: 9 }].map(largest)).toEqual([448, 448, 418, 32, 341, 170]);
    expect(6 * 418 * 418).toBeLessThan(MAX_PIXELS); // the grid of 5 has 6 places
    expect(6 * 419 * 419).toBeGreaterThan(MAX_PIXELS);
  });

  it("keeps at most one frame for each evaluation, and the final image", () => {
    expect(resolve("sample", { seed: "7", steps: 3, frames: 64 }, card).frames).toBe(4);
    expect(resolve("sample", { seed: "7", steps: 3, frames: 2 }, card).frames).toBe(2);
  });

  it.each<[{ seed: string; to?: string; t?: number; n?: number }, string, string]>([
    [{ seed: "x".repeat(255), n: 2 }, "seed", "Unicode text of 1 to 254 bytes in UTF-8"],
    [{ seed: "7", to: "x".repeat(250), n: 1001 }, "to", "Unicode text of 1 to 251 bytes in UTF-8"],
    [{ seed: "7", t: 0.5 }, "to", "Unicode text of 1 to 256 bytes in UTF-8"],
    [{ seed: "7", to: "8", t: 1.01 }, "t", "a number from 0 to 1"],
  ])("refuses %j", (options, option, expected) => {
    if (options.to?.length === 250) expect(resolve("sample", options, card).to?.seed).toBe(options.to);
    else expect(mistake(options)).toMatchObject({ code: "invalid-value", option, expected });
  });

  it("refuses colours for colour models", () => {
    const coloured: ModelCard = { ...card, spec: { ...card.spec, channels: 3 } };
    const refused = (options: object, message: string) =>
      expect(() => resolve("sample", { seed: "7", ...options }, coloured)).toThrow(message);
    refused({ foreground: "f00" }, "`foreground` works with grey models only");
    for (const background of ["f00", "transparent"]) refused({ background }, "`background` works with grey models and cut-outs only");
  });

  it.each([
    ["heun", 8, undefined, 15],
    ["heun", 1, 2, 2],
    ["langevin", 8, "1.0", 8],
    ["langevin", 8, 0, 16],
    ["ald", 25, 2, 1000],
  ])("counts what %s at %i levels costs with the guidance %j: %i evaluations", (sampler, steps, guidance, nfe) => {
    expect(resolve("sample", { seed: "7", sampler, steps, guidance }, card).nfe).toBe(nfe);
  });

  it("refuses more than 1000 evaluations of an image", () => {
    const expected = "steps that take at most 1000 evaluations";
    expect(mistake({ seed: "7", sampler: "ald", steps: 51 })).toMatchObject({ option: "steps", expected });
    expect(mistake({ seed: "7", sampler: "ald", steps: 26, guidance: 2 })).toMatchObject({ expected });
  });

  it.each(["churn", "extrapolation"] as const)("takes %s for langevin", (name) => {
    const of = (options: object) => resolve("sample", { seed: "7", ...options }, card)[name];
    expect([of({ [name]: "0" }), of({ [name]: 0.5 }), of({})]).toEqual([0, 0.5, undefined]);
    expect(of({ sampler: "heun", [name]: 0 })).toBeUndefined(); // it has no effect there
  });

  it("counts a seed's bytes in UTF-8, not its code units", () => {
    expect(resolve("sample", { seed: "🧥".repeat(64) }, card).seed).toBe("🧥".repeat(64));
    expect(mistake({ seed: "🧥".repeat(65) })).toMatchObject({ option: "seed", expected: "Unicode text of 1 to 256 bytes in UTF-8" });
    expect(mistake({ seed: "" }).option).toBe("seed");
    expect(mistake({ seed: "\ud83e" }).option).toBe("seed"); // half a surrogate pair is no text
  });
});

/** A random model in the engine, whose evaluations are seen. */
async function loaded(spec: NetworkSpec) {
  const { card, denoiser } = await loadModel(randomModelFile(spec, 1, "int8"), { runtime: simd });
  return { card, denoiser, denoise: vi.spyOn(denoiser, "denoise") };
}

describe("resolve, more", () => {
  it("resolves an interpolation's ends to the images themselves", () => {
    const [a, b] = ["a", "b"].map((seed) => resolve("sample", { seed }, card));
    expect(resolve("sample", { seed: "a", to: "b", t: 0 }, card)).toEqual(a);
    expect(resolve("sample", { seed: "a", to: "b", t: "1.0" }, card)).toEqual(b);
    const between = resolve("sample", { seed: "a", to: "b" }, card);
    expect(between).toEqual({ ...a, to: { seed: "b", class: b!.class, t: 0.5 } });
    expect(imageSettingsOf(between, card)).toEqual([{ seed: "a", class: a!.class, to: { seed: "b", class: b!.class, t: 0.5 } }]);
  });

  it("does not guide without a class, at no cost, but checks the value", () => {
    expect(resolve("vary", { seed: "7", guidance: 2 }, card)).toMatchObject({ guidance: 1, nfe: 8 });
    expect(resolve("vary", { seed: "7", guidance: 2, class: 1 }, card)).toMatchObject({ guidance: 2, nfe: 16 });
    expect(() => resolve("vary", { seed: "7", guidance: 11 }, card)).toThrow(
      "Expected a number from 0 to 10 for `guidance` but received 11",
    );
  });

  it("does not guide an unconditional network, at no cost", async () => {
    const { card, denoiser, denoise } = await loaded(UNCONDITIONAL);
    const settings = resolve("sample", { seed: "7", guidance: 2 }, card);
    expect(settings).toMatchObject({ guidance: 1, nfe: 4 });
    await generate({ card, denoiser }, settings, imageSettingsOf(settings, card));
    expect(denoise).toHaveBeenCalledTimes(4);
    const { unconditional: _, ...spec } = card.spec;
    expect(resolve("sample", { seed: "7", guidance: 2 }, { ...card, spec })).toMatchObject({ guidance: 2, nfe: 8 });
  });

  it.each(SAMPLERS)("counts the evaluations of a guided variation that are run: %s", async (sampler) => {
    const { card: random, denoiser, denoise } = await loaded(TINY);
    const few = { ...random, sampling: { ...random.sampling, stepsPerLevel: 3 } };
    const image = { width: 8, height: 8, channels: 1, pixels: new Uint8Array(64).fill(90) } as const;
    for (const strength of [0.5, 2]) {
      denoise.mockClear();
      const settings = resolve("vary", { seed: "7", class: 1, guidance: 2, sampler, strength }, few);
      await generate({ card: few, denoiser }, settings, imageSettingsOf(settings, few), { image });
      expect(denoise).toHaveBeenCalledTimes(settings.nfe);
    }
  });

  it("leaves what new images start from out of a variation", () => {
    const start = { sigmaMax: 4, ...{ squares: 1, spread: 1, extrapolation: 1, means: card.labels.map(() => [0]), factor: [1] } };
    const started = { ...card, sampling: { ...card.sampling, start } };
    expect(resolve("sample", { seed: "7" }, started).sampling.start).toEqual(start);
    expect(resolve("vary", { seed: "7" }, started).sampling).toEqual(resolve("vary", { seed: "7" }, card).sampling);
  });

  it("takes a variation of less strength than changes a byte for the image itself, however little it is", async () => {
    const { card: random, denoiser } = await loaded(TINY);
    const image = { width: 8, height: 8, channels: 1, pixels: Uint8Array.from({ length: 64 }, (_, i) => 4 * i) } as const;
    for (const strength of [1e-6, 9.9e-7, 1e-30, 1e-39, 5e-324]) {
      const settings = resolve("vary", { seed: "7", strength }, random);
      const values = await generate({ card: random, denoiser }, settings, imageSettingsOf(settings, random), { image });
      expect(toImage(values, image, random).pixels, `${strength}`).toEqual(image.pixels);
    }
  });

  it("refuses options that it does not know, by name", () => {
    for (const options of [{ foo: 1 }, { strength: 0.5 }, { sigma: 1 }, { format: "png" }, { __proto__: null, constructor: 1 }]) {
      const error = mistake({ seed: "7", ...options });
      expect(error).toMatchObject({ code: "unknown-option", option: Object.keys(options)[0] });
    }
    expect(() => resolve("sample", { seed: "7", foo: undefined } as { seed: string }, card)).not.toThrow();
  });

  it("replaces a missing colour with black or white, whichever contrasts more", () => {
    const coloursOf = (options: object) => resolve("sample", { seed: "7", ...options }, card).colours;
    const [black, white] = [
      [0, 0, 0],
      [255, 255, 255],
    ];
    expect(coloursOf({ background: "fff" })).toEqual({ background: white, foreground: black });
    expect(coloursOf({ foreground: "000" })).toEqual({ background: white, foreground: black });
    expect(coloursOf({ background: "000" })).toEqual({ background: black, foreground: white });
    expect(coloursOf({ foreground: "f00" })).toEqual({ background: black, foreground: [255, 0, 0] });
    expect(coloursOf({ background: "transparent" })).toEqual({ background: "transparent", foreground: white });
    expect(coloursOf({ background: "transparent", foreground: "000" })).toEqual({ background: "transparent", foreground: black });
    expect(coloursOf({ background: "00f" })).toEqual({ background: [0, 0, 255], foreground: white });
  });
});
