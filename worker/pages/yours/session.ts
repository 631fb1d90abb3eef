/** A training in the worker: the page is told what happens, the device keeps it, and what was learned becomes files. */

import type { Backend } from "../../../training/backend/step.ts";
import { UserError } from "../../../training/cli/user-error.ts";
import { onWhite } from "../../../training/data/cut-outs.ts";
import { fallFromBase, finishedModel } from "../../../training/finishing/outcome.ts";
import { Divergence, learn } from "../../../training/learning/learn.ts";
import { rateAt } from "../../../training/learning/recipe.ts";
import { coolDownIn, coolDownWithin, endOf, type LogEntry } from "../../../training/learning/reports.ts";
import { cardFor, limitImages } from "../../../training/learning/settings.ts";
import type { Trainer } from "../../../training/learning/trainer.ts";
import type { ContrastElsewhere } from "../../../training/measure/contrast.ts";
import { SHEET_IMAGES } from "../../../training/measure/sheets.ts";
import { judgeModel, verdictOn } from "../../../training/measure/verdict.ts";
import { modelOf, type Parameters } from "../../../training/network/parameters.ts";
import { simd } from "../../../wasm-model/engine/simd.ts";
import { writeModel } from "../../../wasm-model/model/onnx/writer.ts";
import type { Pixels } from "../../../wasm-model/render/image/png.ts";
import { nextTurn } from "../../../wasm-model/render/turn.ts";
import { aboutOf, type ChosenImages } from "./dataset.ts";
import { looksOf } from "./files.ts";
import { ownFinishers } from "./finishing.ts";
import type { Folder, KeptRun, LearnerProgress, Outcome, RunKey } from "./protocol.ts";
import { keepRun, newKey } from "./store.ts";

/** Milliseconds between two sheets, at least; and between two times that the run is kept, 35 MB. */
const [SHEET_EVERY, KEEP_EVERY] = [6000, 10_000];
/** The speed is that of so many steps. */
const STEPS_TIMED = 8;
/** Seconds from the visitor's wish to stop to the last report; what makes the files takes some nine more. */
const COOL_DOWN = 3;

/** Writes into the browser's timeline what the thread has done since the last part of its work: `npm run bench -- yours` reads it. */
export function noteTime(part: string): void {
  performance.measure(part, { start: noted });
  noted = performance.now();
}
let noted = 0;

/** What the visitor wants of a run that is on its way. */
export interface Control {
  /** Has it cool down now or, if it does already, ends it. Its reason is thrown by a run that has learned nothing yet. */
  readonly stopped: AbortSignal;
  /** While it is paused: until it goes on, and who waits for all to be kept. */
  paused: { readonly until: Promise<void>; readonly onKept: () => void } | undefined;
}

/** What a run has learned: averaged weights, how many steps they took, its log, and whether the visitor has ended it early. */
export interface LearnedRun {
  readonly best: Parameters;
  readonly step: number;
  readonly log: readonly LogEntry[];
  readonly isStopped: boolean;
}

/** A run that is about to learn. Its first state is in the trainer alone, so that it is forgotten as soon as it changes. */
export interface PreparedRun extends Omit<KeptRun, "state"> {
  readonly backend: Backend;
  readonly key: RunKey;
  readonly folder: Folder;
  readonly dataset: ChosenImages;
  readonly trainer: Trainer;
}

/** Learns to the end, or until it is stopped. Throws a UserError if training has diverged. */
export async function train(
  { backend: _, folder: __, key, dataset, trainer, ...run }: PreparedRun,
  control: Control,
  tell: (progress: LearnerProgress) => void,
): Promise<LearnedRun> {
  const { settings } = run;
  const { steps, batch } = settings;
  const log = [...run.log];
  let { best } = run;
  let times: number[] = [];
  /** By itself, and because the visitor has stopped it. */
  let [isCooling, isStopping] = [coolDownIn(log) !== undefined, false];
  let lastKept = Number.NEGATIVE_INFINITY;

  async function keep(): Promise<boolean> {
    lastKept = performance.now();
    const isKept = await keepRun(key, { ...run, log: [...log], best, state: trainer.state() });
    if (isKept) tell({ isKept });
    return isKept;
  }

  async function pause(): Promise<void> {
    await nextTurn(); // messages arrive
    const { paused } = control;
    if (paused) {
      tell({ isPauseKept: await keep() });
      paused.onKept();
      await paused.until;
    }
    if (trainer.step === 0 || isCooling) control.stopped.throwIfAborted();
  }

  let asked = performance.now();
  control.stopped.addEventListener("abort", () => (asked = performance.now()));

  /** Steps of the cool-down that the visitor has asked for. */
  function stop(): number | undefined {
    if (!control.stopped.aborted || times.length === 0) return undefined;
    isStopping = true;
    const left = COOL_DOWN - (performance.now() - asked) / 1000; // a report may have come first
    return coolDownWithin(left, batch / imagesPerSecond(), settings, dataset.validation.count);
  }

  const imagesPerSecond = (): number => (batch * times.length) / times.reduce((sum, time) => sum + time, 0);

  tell({ steps, batch, step: trainer.step, download: undefined });
  try {
    for await (const event of learn(settings, dataset, trainer, { log, best: () => best, stop, pause, sheetEvery: SHEET_EVERY })) {
      noteTime(event.type === "step" && coolDownIn(log) ? "cooling step" : event.type);
      if (event.type === "sheet") tell({ sheet: sheetPixels(event.images, dataset) });
      if (event.type === "report" && event.isBest) best = trainer.state();
      if (event.type === "cool-down") {
        isCooling = !isStopping;
        tell({ steps: endOf(log, settings), ...(isStopping && { coolingFrom: trainer.step }) });
      }
      if (event.type !== "step") continue;
      const { step, loss, seconds } = event;
      times = [...times.slice(1 - STEPS_TIMED), seconds];
      const speed = { imagesPerSecond: imagesPerSecond() };
      log.push({ step, loss, learningRate: rateAt(settings, step, coolDownIn(log)), ...speed });
      tell({ step, ...speed });
      if (!isStopping && performance.now() - lastKept > KEEP_EVERY) keep(); // beside the next steps
    }
  } catch (error) {
    if (error instanceof Divergence) throw new UserError("Training has lost its way. Try it with other pictures, or more of them.");
    if (error !== control.stopped.reason || trainer.step === 0) throw error;
    best = undefined; // what has cooled down since the last report is better
  }
  return { best: best?.average ?? trainer.parameters("average"), step: trainer.step, log, isStopped: control.stopped.aborted };
}

/** Shares of the work after the last step that are done once the contrast is found, and once the network is calibrated and rounded. */
const [CONTRAST, ROUNDED] = [0.4, 0.8];

/** Makes the files of a run, with what it learns to finish its images, measured on its pictures. */
export async function makeOutcome(
  run: PreparedRun,
  { best, step, log, isStopped }: LearnedRun,
  tell: (progress: LearnerProgress) => void,
  contrastElsewhere: ContrastElsewhere | undefined,
): Promise<Outcome> {
  const { backend, settings, folder, pretrained, dataset } = run;
  const { tf } = backend;
  const { train } = dataset;
  const own = await ownFinishers(run, best, isStopped, (_, share, secondsLeft) => tell({ work: { share, secondsLeft } }));
  const began = performance.now();
  noteTime("own finishers");
  const progress = (what: "calibrating" | "comparing", from: number, to: number) => (done: number, total: number) => {
    const share = from + (to - from) * (done / total);
    if (done === total) noteTime(`${what} until ${to}`);
    tell({ work: { share, secondsLeft: ((performance.now() - began) / 1000) * (1 / share - 1) } });
  };
  const card = cardFor(limitImages(step * settings.batch, settings), aboutOf(folder, dataset, run.model));
  const learned = { ...modelOf(card, best), ...own };
  const calibration = { onProgress: progress("calibrating", CONTRAST, ROUNDED) };
  const { fp32, int8 } = await finishedModel(tf, learned, calibration, progress("calibrating", 0, CONTRAST), contrastElsewhere);
  noteTime("rounding");
  const comparing = progress("comparing", ROUNDED, 1);
  comparing(0, 1);
  const { seed, likeness } = settings;
  const facts = { seed, likeness, fell: await fallFromBase(tf, pretrained, settings, dataset.validation, log) };
  noteTime("the base's loss");
  const drawing = { card: int8.card, denoiser: await simd.load(int8) };
  const { drawn, ...found } = await judgeModel(tf, drawing, dataset, facts, comparing);
  const sheet = sheetPixels(drawn, dataset);
  tell({ sheet });
  const indices = found.memorization.nearest.slice(0, sheet.length);
  const nearest = indices.flatMap((index) => sheetPixels(train.images(index, index + 1), dataset));
  const files = { model: int8.bytes, fp32: writeModel(fp32) };
  noteTime("files");
  const { name } = card;
  const verdict = { kind: verdictOn({ ...found, ...facts }), details: found.verdict };
  return { key: newKey(), name, seed, ...looksOf(card), ...files, sheet, nearest, verdict, learned: train.count };
}

/** The first images of a sheet. */
function sheetPixels(drawn: Uint8Array, dataset: ChosenImages): Pixels[] {
  const { width, height, channels } = dataset;
  const images = onWhite(drawn, dataset);
  const size = width * height * channels;
  const count = Math.min(SHEET_IMAGES, images.length / size);
  return Array.from({ length: count }, (_, k) => ({ width, height, channels, pixels: images.slice(k * size, (k + 1) * size) }));
}
