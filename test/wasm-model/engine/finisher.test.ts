/** The chain of oracles for finishers: SIMD, all builds <-> onnxruntime; over odd sizes. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createFinisher } from "../../../wasm-model/engine/finisher.ts";
import { enlargerFile } from "../../../wasm-model/model/model.ts";
import { readFinisher } from "../../../wasm-model/model/onnx/reader.ts";
import { writeFinisher } from "../../../wasm-model/model/onnx/writer.ts";
import { FINISHER_NAMES, type FinisherName } from "../../../wasm-model/network/finishers.ts";
import { oracleFinisher } from "../../support/oracle.ts";
import { randomFinisher, randomImage } from "../../support/random-model.ts";
import { plain, VARIANTS } from "./modules.ts";

/** Height and width. */
const SIZES = {
  enlarger: [
    [1, 1],
    [2, 3],
    [5, 8],
    [17, 7],
    [7, 31],
  ],
  matte: [
    [8, 8],
    [16, 24],
    [40, 8],
  ],
} as const satisfies Record<FinisherName, readonly (readonly [number, number])[]>;
const CASES = FINISHER_NAMES.flatMap((name) => SIZES[name].map((size) => [name, ...size] as const));

describe.each(CASES)("the %s of an image of %i x %i pixels", (name, height, width) => {
  const weights = randomFinisher(name, 3, "int8");
  const image = randomImage(height, width, 5);

  it("computes what onnxruntime computes, and the same bits in every build", async () => {
    const engines = await Promise.all(
      VARIANTS.map(({ module, convolution }) => createFinisher(name, module, weights, { height, width }, convolution)),
    );
    const errors: number[] = [];
    for (let seed = 0; seed < 8; seed++) {
      const image = randomImage(height, width, seed);
      const [first, ...others] = engines.map((engine) => engine.finish(image));
      for (const other of others) expect(other).toEqual(first);
      const expected = await oracleFinisher(name, weights, image, { height, width });
      expect(first.length).toBe(expected.length);
      const largest = Math.max(...expected.map(Math.abs));
      errors.push(Math.max(...first.map((value, i) => Math.abs(value - expected[i]))) / largest);
    }
    // Every code of every layer is onnxruntime's, or all that follows it would differ by more. A value in the middle between two codes may get either: seldom.
    expect(errors.filter((error) => error < 1e-6).length).toBeGreaterThanOrEqual(6);
    expect(Math.max(...errors)).toBeLessThan(0.1);
  });

  it("depends on no earlier image", async () => {
    const engine = await createFinisher(name, plain, weights, { height, width });
    const first = engine.finish(image);
    engine.finish(randomImage(height, width, 6));
    expect(engine.finish(image)).toEqual(first);
  });
});

describe("a finisher's file", () => {
  it.each(FINISHER_NAMES.flatMap((name) => [[name, "fp32"] as const, [name, "int8"] as const]))("has its weights: %s, %s", (name, form) => {
    const weights = randomFinisher(name, 4, form);
    expect(readFinisher(name, writeFinisher(name, weights))).toEqual(weights);
  });

  it("is, of the library's enlarger, carried as it is in the repository, at most 150 KB", async () => {
    const stored = new Uint8Array(readFileSync(new URL("../../../wasm-model/models/enlarger/model.onnx", import.meta.url)));
    expect(await enlargerFile()).toEqual(stored);
    expect(writeFinisher("enlarger", readFinisher("enlarger", stored))).toEqual(stored);
    expect(stored.length).toBeLessThan(150e3);
  });
});
