/** Configurations of distillations that earlier versions wrote go on, or are refused by one line. */
import { expect, it } from "vitest";
import { UserError } from "../../../training/cli/user-error.ts";
import { DISTILL_DEFAULTS, parseDistillConfig } from "../../../training/distill/config.ts";

const config = {
  ...{ teacher: "t", data: "d", schedule: { sigmas: [20, 1], churn: [0.5], extrapolation: [1] }, metric: "fid" },
  ...{ ...DISTILL_DEFAULTS, images: 256, steps: 2 },
};
const earlier = {
  ...{ ...config, method: "frechet", teacherMaps: true, featureClassifiers: [] as string[], init: [] as string[] },
  recipe: { ...config.recipe, auxiliary: { updates: 5, learningRate: 1e-3 } },
};

it("is read without settings that no longer exist", () => {
  expect(parseDistillConfig(earlier, "c")).toEqual({ ...config, scheduleFile: "schedules.json" });
  expect(parseDistillConfig({ ...earlier, init: ["a.onnx"] }, "c")).toMatchObject({ init: "a.onnx" });
});

it.each([
  [{ method: "matching" }, 'Expected the method frechet in `c`, which an earlier version wrote, but received "matching"'],
  [{ teacherMaps: false }, "Expected the teacher's maps in `c`, which an earlier version wrote, but received a distillation without them"],
  [
    { featureClassifiers: ["k.safetensors"] },
    "Expected the teacher's maps alone in `c`, which an earlier version wrote, but received a distillation that compares mean colours too",
  ],
  [{ init: ["a.onnx", "b.onnx"] }, "Expected one student to begin at in `c`, which an earlier version wrote, but received 2"],
])("is refused with %j", (changes, message) => {
  const parse = () => parseDistillConfig({ ...earlier, ...changes }, "c");
  expect(parse).toThrow(UserError);
  expect(parse).toThrow(`${message}: continue with that version, or start a new run`);
});

it.each([
  [{ batch: 1e9 }, "Expected an integer from 1 to 4096 for `batch` of `c` but received 1000000000"],
  [{ window: 1e12 }, "Expected an integer from 32 to 1000000 for `window` of `c` but received 1000000000000"],
  [{ method: 1, recipe: null }, "Expected the method frechet in `c`"],
])("refuses numbers out of bounds: %j", (changes, message) => {
  expect(() => parseDistillConfig({ ...config, ...changes }, "c")).toThrow(message);
});
