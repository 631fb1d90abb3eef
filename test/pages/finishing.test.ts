/** "Your pictures": what finishes the visitor's images is learned in the time that there is. */
import { isDeepStrictEqual } from "node:util";
import { expect, it, vi } from "vitest";
import { chooseBackend } from "../../training/backend/index.ts";
import { firstMatte } from "../../training/cli/model-files.ts";
import { ENLARGER } from "../../training/finishing/enlarger.ts";
import { learnedWeights, stateFrom } from "../../training/finishing/finisher.ts";
import { planFinishing } from "../../training/finishing/plan.ts";
import { ownFinishers } from "../../worker/pages/yours/finishing.ts";
import { randomFinisher, randomModel, TINY } from "../support/random-model.ts";

const time = vi.hoisted(() => ({ turns: 0 }));
vi.mock("../../wasm-model/render/turn.ts", () => ({ nextTurn: async () => void time.turns++ }));

it.each([
  [0.1, false, { matte: 120, enlarger: 60 }],
  [0.25, false, { matte: 48 }], // what is left is too short for an enlarger
  [1, false, { matte: 40 }], // too long, but needed
  [0.1, true, { matte: 40 }],
])("by steps of %d s (stopped: %s) it learns as long as %o; else the model's own enlarger stays", async (each, isStopped, count) => {
  const [backend, enlarger] = [await chooseBackend("wasm"), randomFinisher("enlarger", 5, "fp32")];
  const spec = { ...TINY, channels: 3 } as const;
  const filled = (size: number, i: number) => new Uint8Array(4 * size * size).fill(8 * i);
  const pictures = Array.from({ length: 30 }, (_, i) => ({ small: filled(8, i), large: filled(32, i) })); // TINY's size, and four times that
  const large = { pictures, background: "ffffff", isCutOut: true };
  const cutOuts = { images: new Uint8Array(30 * 8 * 8 * 3), alpha: new Uint8Array(30 * 8 * 8).fill(255), ground: [255, 255, 255] };
  const settings = { spec, seed: "s", ...planFinishing({ spec, images: 64 }, { cutOuts: 30, large: pictures.length }, "short") };
  for (const name of ["matte", "enlarger"] as const) Object.assign(settings[name]!, { batch: 2, denoised: 1 });
  const run = { backend, settings, own: { enlarger, matte: firstMatte() }, dataset: { large, cutOuts } } as unknown as Parameters<
    typeof ownFinishers
  >[0];
  vi.spyOn(performance, "now").mockImplementation(() => 1000 * each * time.turns);
  const steps: Record<string, number> = {};
  const weights = new Map(randomModel(spec, 3, "fp32").weights.floats);
  const found = await ownFinishers(run, weights, isStopped, (what) => {
    steps[what] = (steps[what] ?? 0) + 1;
  });
  expect(steps).toEqual(count);
  expect(isDeepStrictEqual(found.enlarger, learnedWeights(ENLARGER, stateFrom(ENLARGER, enlarger)))).toBe(!("enlarger" in count));
});
