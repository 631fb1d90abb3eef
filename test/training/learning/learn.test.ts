/** The learner: the order of its events, and what it leaves on the device. */
import { expect, it, vi } from "vitest";
import { chooseBackend } from "../../../training/backend/index.ts";
import { fallFromBase } from "../../../training/finishing/outcome.ts";
import { initialState, type TrainingState } from "../../../training/learning/checkpoint.ts";
import { NETWORK } from "../../../training/learning/defaults.ts";
import { type LearningEvent, type LearningHost, learn } from "../../../training/learning/learn.ts";
import { RECIPE } from "../../../training/learning/recipe.ts";
import type { LogEntry } from "../../../training/learning/reports.ts";
import { SAMPLING_DEFAULTS } from "../../../training/learning/sampling.ts";
import { cardFor } from "../../../training/learning/settings.ts";
import { Trainer } from "../../../training/learning/trainer.ts";
import { initialParameters, modelOf } from "../../../training/network/parameters.ts";
import { memorySplit } from "../../../training/network/split.ts";
import { quantizeRoughly } from "../../../training/quantize/calibrate.ts";
import { simd } from "../../../wasm-model/engine/simd.ts";
import { loadModel, sample } from "../../../wasm-model/index.ts";
import { writeModel } from "../../../wasm-model/model/onnx/writer.ts";
import { TINY } from "../../support/random-model.ts";

const backend = await chooseBackend("wasm");

const STEPS = 16;
const pixels = Uint8Array.from({ length: 8 * TINY.height * TINY.width }, (_, i) => (i * 31) % 256);
const split = memorySplit(pixels, [0, 1, 2, 0, 1, 2, 0, 1]);
const pictures = { crop: "cover", background: "ffffff", transparent: false };
const images = { train: split, validation: split, pictures };
const labels = ["a", "b", "c"];
const settings = {
  ...{ spec: TINY, recipe: RECIPE, labels, network: "tiny", sampling: SAMPLING_DEFAULTS, seed: "s" },
  ...{ images: 4 * STEPS, batch: 4, steps: STEPS, learningRate: 1e-3 },
};
const first = initialState(TINY, initialParameters(TINY, "s"));
const HOST: Omit<LearningHost, "log"> = { best: () => undefined, pause: async () => {}, sheetEvery: 1e9 };

const nameOf = (event: LearningEvent): string => ("step" in event ? `${event.type} ${event.step}` : event.type);

/** A run until it ends, throws, or has had the event `until`. */
async function runOf({
  state = first,
  until,
  ...host
}: Partial<LearningHost> & { readonly state?: TrainingState; readonly until?: string } = {}) {
  const trainer = new Trainer(backend, settings, state);
  const events: LearningEvent[] = [];
  let error: unknown;
  try {
    for await (const event of learn(settings, images, trainer, { ...HOST, log: [], ...host })) {
      events.push(event);
      if (nameOf(event) === until) break;
    }
  } catch (thrown) {
    error = thrown;
  }
  return { events, error, trainer };
}

/** The names of steps `from` to `to`, with a report after every second one. */
const steps = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => [`step ${from + i}`, ...((from + i) % 2 === 0 ? ["report"] : [])]).flat();
/** The steps of a cool-down, whose one report is its last. */
const cooling = (from: number, to: number): string[] => [...Array.from({ length: to - from + 1 }, (_, i) => `step ${from + i}`), "report"];

it("shows a sheet, then steps, with a report after every second one, cools down after half of them for as many, with one at the end, and is done", async () => {
  const log: LogEntry[] = [];
  const { events, error } = await runOf({ log });
  expect(error).toBeUndefined();
  expect(events.map(nameOf)).toEqual(["sheet 0", ...steps(1, 8), "cool-down", ...cooling(9, 16), "done"]);
  expect(log.map((entry) => ("coolDown" in entry ? entry : entry.step))).toEqual([2, 4, 6, 8, { step: 8, coolDown: 8 }, 16]);
});

it("shows in its sheet what the model draws: pixel art in its colours, on its ground where it is to be cut out", async () => {
  const spec = { ...TINY, channels: 3 } as const;
  const palette = ["073642", "b58900", "eee8d5"];
  const ofArt = { ...settings, spec, palette };
  const sheetOn = async (given: typeof pictures): Promise<Uint8Array> => {
    const trainer = new Trainer(backend, ofArt, initialState(spec, initialParameters(spec, "s")));
    for await (const event of learn(ofArt, { ...images, pictures: given }, trainer, { ...HOST, log: [] }))
      if (event.type === "sheet") return event.images;
    throw new Error("Expected a sheet");
  };
  const coloursOf = (sheet: Uint8Array): string[] =>
    [...new Set(Array.from({ length: sheet.length / 3 }, (_, i) => Buffer.from(sheet.subarray(3 * i, 3 * i + 3)).toString("hex")))].sort();
  const sheet = await sheetOn(pictures);
  expect(coloursOf(sheet).every((colour) => palette.includes(colour))).toBe(true);
  const card = cardFor(ofArt, { name: "art", data: "art", dataLicence: "unknown", pictures });
  const rough = quantizeRoughly(modelOf(card, initialParameters(spec, "s")));
  const model = await loadModel(writeModel(rough), { runtime: simd });
  for (const k of [0, 1, 2]) {
    const { pixels } = await sample(model, { seed: `s/${k}`, class: labels[k] });
    expect(sheet.subarray(k * pixels.length, (k + 1) * pixels.length)).toEqual(pixels);
  }
  const cutOut = await sheetOn({ ...pictures, transparent: true });
  expect(coloursOf(cutOut).every((colour) => [...palette, "ffffff"].includes(colour))).toBe(true);
});

it("tells by how much its loss fell below the base's where objects take shape, before guidance raised it", async () => {
  const { events } = await runOf();
  const reports = events.flatMap((event) => (event.type === "report" ? [event.report] : []));
  const halved = reports.map(({ step, heldOut }) => ({ step, heldOut: heldOut.map(({ sigma, loss }) => ({ sigma, loss: loss / 2 })) }));
  const base = { ...settings, network: NETWORK as string };
  const fall = (log: readonly LogEntry[], of: typeof settings = base) => fallFromBase(backend.tf, first.weights, of, split, log);
  const [{ heldOut: untrained }] = (await runOf({ until: "report" })).events.flatMap((event) =>
    event.type === "report" ? [event.report] : [],
  );
  expect(await fall([{ step: 2, heldOut: untrained }])).toBeLessThan(0.05);
  const before = (await fall(reports))!;
  expect(1 - (await fall(halved))!).toBeCloseTo((1 - before) / 2, 6);
  const raised = reports.map(({ step, heldOut }) => ({
    step,
    heldOut: heldOut.map(({ sigma, loss }) => ({ sigma, loss: step > 8 ? 9 * loss : loss })),
  }));
  expect(await fall([...raised, { step: 8, coolDown: 8 }])).toBeCloseTo((await fall(reports.filter(({ step }) => step <= 8)))!, 6);
  expect(await fall(reports, settings)).toBeUndefined();
  const otherClasses = new Map([...first.weights, ["emb.class", first.weights.get("emb.class")!.map((value) => -3 * value)]]);
  expect(await fallFromBase(backend.tf, otherClasses, base, split, reports)).toBeCloseTo(before, 6); // it is told none
});

it("cools down as soon as its host wants to stop, in as many steps as there is time for", async () => {
  let asked = 0;
  const { events } = await runOf({ stop: () => (++asked > 5 ? 1 : undefined) });
  expect(events.map(nameOf)).toEqual(["sheet 0", ...steps(1, 6), "cool-down", "step 7", "report", "done"]);
});

it("cools down from the state of its best report, at a rate that falls to zero, with int8 rounding", async () => {
  const { events, trainer } = await runOf({ until: "step 4" });
  const best = trainer.state();
  const reports = events.flatMap((event) => (event.type === "report" ? [event.report] : []));
  const bad = { ...reports[0], heldOut: reports[0].heldOut.map(({ sigma, loss }) => ({ sigma, loss: 2 * loss })) };
  const log = [2, 4, 5, 6, 7, 8, 9].map((step, i) => (i === 1 ? { ...reports[0], step } : { ...bad, step }));
  const train = vi.spyOn(Trainer.prototype, "advance");
  const cooled = await runOf({ state: { ...first, step: 9 }, log, best: () => best });
  expect(cooled.events.map(nameOf)).toEqual(["cool-down", "sheet 9", ...cooling(10, 16), "done"]);
  const calls = train.mock.calls.map(([, rate, mode]) => [Math.round(7e3 * rate), mode]);
  expect(calls).toEqual([7, 6, 5, 4, 3, 2, 1].map((sevenths) => [sevenths, { fakeQuantization: true, isGuided: false }]));
});

it("begins with the report of its step if that is missing", async () => {
  const { events, trainer } = await runOf({ until: "step 4" });
  const reports = events.flatMap((event) => (event.type === "report" ? [event.report] : []));
  const more = await runOf({ state: trainer.state(), log: reports, until: "step 5" });
  expect(more.events.map(nameOf)).toEqual(["report", "sheet 4", "step 5"]);
});

const withGain = (path: string, gain: number): TrainingState =>
  initialState(TINY, new Map([...first.weights, [path, Float32Array.of(gain)]]));

it.each([
  ["ends", {}, undefined],
  ["is left on the way", { until: "step 3" }, undefined],
  ["is ended by its host, in a step or a report", { pause: () => Promise.reject(new Error("enough")) }, "enough"],
  ["diverges in a step", { state: withGain("logVariance.gain", -1e4) }, "Expected a finite loss"],
  ["diverges in a report", { state: withGain("out.gain", 1e3) }, "Expected a held-out loss"],
] as const)("keeps no tensors where it %s", async (_, how, message) => {
  await runOf({ until: "step 1" }); // what a backend keeps for all runs
  const before = backend.tf.memory().numTensors;
  const { error } = await runOf(how);
  expect((error as Error | undefined)?.message).toEqual(message && expect.stringContaining(message));
  expect(backend.tf.memory().numTensors).toBe(before);
});
