/** Int8 models whose images are finished by networks of their own. */
import { expect, it } from "vitest";
import { chooseBackend } from "../../../training/backend/index.ts";
import { finishedModel } from "../../../training/finishing/outcome.ts";
import { quantizedModel } from "../../../training/finishing/quantized.ts";
import { readModel } from "../../../wasm-model/model/onnx/reader.ts";
import { writeModel } from "../../../wasm-model/model/onnx/writer.ts";
import { finisherCounts } from "../../../wasm-model/network/count.ts";
import type { FinisherName } from "../../../wasm-model/network/finishers.ts";
import type { Weights } from "../../../wasm-model/network/quantization.ts";
import { oracleFinisher } from "../../support/oracle.ts";
import { randomImage, randomModel, TINY, withFinishers } from "../../support/random-model.ts";

const { tf } = await chooseBackend("wasm");

const colour = { ...TINY, channels: 3 } as const;
const cropped = { top: 1, left: 0, height: 6, width: 8 };

it.each([
  ["enlarger", TINY, undefined, 0.15],
  ["enlarger", colour, undefined, 0.15],
  ["matte", colour, undefined, 0.15],
  ["matte", colour, cropped, 0.15],
] as const)("the %s is in int8, too, near the fp32 one: %o, cropped to %o", async (name, spec, crop, tolerance) => {
  const fp32 = withFinishers(randomModel(spec, 4, "fp32"), 5, name);
  const card = { ...fp32.card, ...(crop && { crop }) };
  const rounded = (await quantizedModel(tf, { ...fp32, card }, { imagesPerClass: 1 }))[name]!;
  expect(rounded.convolutions.size).toBe(finisherCounts(name).quantized.length);
  const image = randomImage(8, 8, 1).map((value) => Math.max(-1, Math.min(1, value)));
  expect(await errorOf(name, fp32[name]!, rounded, image)).toBeLessThan(tolerance);
});

it("the enlarger's ranges hold the colours and opacities of cut-outs, though all that is drawn is near the ground", async () => {
  const { weights, ...model } = withFinishers(randomModel(colour, 4, "fp32"), 5, "enlarger", "matte");
  const dull = { ...model, weights: { ...weights, floats: new Map([...weights.floats, ["out.gain", Float32Array.of(0)]]) } };
  const { enlarger } = await quantizedModel(tf, dull, { imagesPerClass: 1 });
  const opacity = Float32Array.from({ length: 3 * 64 }, (_, i) => (((i % 8) + (i >> 3)) % 5 < 2 ? 1 : -1));
  expect(await errorOf("enlarger", model.enlarger!, enlarger!, opacity)).toBeLessThan(0.15);
});

it("a model on a key has no matte in its files, though its run or an earlier file had one", async () => {
  const { card, ...model } = withFinishers(randomModel(colour, 4, "fp32"), 5, "matte");
  const keyed = { ...card, palette: ["000000", "800080"], keyed: true } as const;
  const { fp32, int8 } = await finishedModel(tf, { card: keyed, ...model }, { imagesPerClass: 1 });
  for (const file of [writeModel(fp32), int8.bytes].map((bytes) => readModel(bytes)))
    expect([file.card, file.matte]).toEqual([keyed, undefined]);
});

/** Root mean square difference of what both make of an image [3, 8, 8], over that of the exact one. */
async function errorOf(name: FinisherName, weights: Weights, rounded: Weights, image: Float32Array): Promise<number> {
  const size = { height: 8, width: 8 };
  const [exact, received] = [await oracleFinisher(name, weights, image, size), await oracleFinisher(name, rounded, image, size)];
  const rms = (values: ArrayLike<number>): number =>
    Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0) / values.length);
  return rms(Array.from(received, (value, i) => value - exact[i])) / rms(exact);
}
