/** "Your pictures": an enlarger of the visitor's own, which a slow device does not learn. */
import { isDeepStrictEqual } from "node:util";
import { expect, it, vi } from "vitest";
import { chooseBackend } from "../../training/backend/index.ts";
import { ENLARGER } from "../../training/finishing/enlarger.ts";
import { learnedWeights, stateFrom } from "../../training/finishing/finisher.ts";
import { planFinishing } from "../../training/finishing/plan.ts";
import { ownEnlarger, STEPS } from "../../worker/pages/yours/enlarging.ts";
import { randomFinisher } from "../support/random-finisher.ts";
import { randomModel, TINY } from "../support/random-model.ts";

it.each([
  [0.3, 58, false],
  [0.6, 3, true],
])("where a step takes %d s, it has %d steps after a start of two, and the model's own stays as it was: %j", async (each, count, stays) => {
  const [backend, enlarger] = [await chooseBackend("wasm"), randomFinisher("enlarger", 5, "fp32")];
  const large = Array.from({ length: 30 }, (_, i) => new Uint8Array(32 * 32).fill(8 * i)); // four times TINY's size
  const settings = {
    spec: TINY,
    seed: "s",
    ...planFinishing({ spec: TINY, images: 64 }, { cutOuts: 0, large: large.length }, { enlarger: STEPS }),
  };
  const run = { backend, settings, enlarger, dataset: { large } } as unknown as Parameters<typeof ownEnlarger>[0];
  let steps = 0;
  vi.spyOn(performance, "now").mockImplementation(() => 1000 * each * steps);
  const found = await ownEnlarger(run, new Map(randomModel(TINY, 3, "fp32").weights.floats), () => steps++);
  expect([steps, isDeepStrictEqual(found, learnedWeights(ENLARGER, stateFrom(ENLARGER, enlarger)))]).toEqual([count, stays]);
});
