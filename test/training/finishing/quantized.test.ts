/** Int8 models whose images are finished by networks of their own. */
import { expect, it } from "vitest";
import { quantizedModel } from "../../../training/finishing/quantized.ts";
import { finisherCounts } from "../../../wasm-model/network/count.ts";
import { oracleFinisher } from "../../support/oracle.ts";
import { randomImage, withFinishers } from "../../support/random-finisher.ts";
import { randomModel, TINY } from "../../support/random-model.ts";
import { wasmBackend } from "../../support/wasm-backend.ts";

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
  const rounded = (await quantizedModel(await wasmBackend(), { ...fp32, card }, { imagesPerClass: 1 }))[name]!;
  expect(rounded.convolutions.size).toBe(finisherCounts(name).quantized.length);
  const image = randomImage(8, 8, 1).map((value) => Math.max(-1, Math.min(1, value)));
  const [exact, received] = [
    await oracleFinisher(name, fp32[name]!, image, { height: 8, width: 8 }),
    await oracleFinisher(name, rounded, image, { height: 8, width: 8 }),
  ];
  const rms = (values: ArrayLike<number>): number =>
    Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0) / values.length);
  expect(rms(Array.from(received, (value, i) => value - exact[i])) / rms(exact)).toBeLessThan(tolerance);
});
