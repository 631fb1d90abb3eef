/** A run in the worker: step after step, a look at the network now and then, and what follows the last step. */
import type { Backend } from "../../../training/backend/step.ts";
import { UserError } from "../../../training/cli/user-error.ts";
import type { GradientOf } from "../../../training/learning/gradient.ts";
import { rateAt } from "../../../training/learning/recipe.ts";
import { bestReport, DIVERGED, isOver, isReported, type LogEntry } from "../../../training/learning/reports.ts";
import { cardFor, type TrainingSettings } from "../../../training/learning/settings.ts";
import { TrainingSteps } from "../../../training/learning/steps.ts";
import { withContrast } from "../../../training/measure/contrast.ts";
import { drawImages, requestedClasses } from "../../../training/measure/images.ts";
import { imagesToTest, memorization } from "../../../training/measure/memorization.ts";
import { nearestImages } from "../../../training/measure/neighbours.ts";
import { meanLoss } from "../../../training/network/held-out.ts";
import { modelOf, type Parameters } from "../../../training/network/parameters.ts";
import { classCountsOf } from "../../../training/network/split.ts";
import { quantizedModel, roughDenoiser } from "../../../training/quantize/model.ts";
import { loadModel, type Model } from "../../../wasm-model/index.ts";
import { type ModelContents, writeModel } from "../../../wasm-model/model/onnx/writer.ts";
import type { Pixels } from "../../../wasm-model/render/image/png.ts";
import { nextTurn } from "../../../wasm-model/render/turn.ts";
import { simd } from "../../../wasm-model/runtime/simd.ts";
import { aboutOf, type Dataset } from "./dataset.ts";
import { keep } from "./kept.ts";
import type { FromLearner, Outcome, Pictures, Run } from "./protocol.ts";

/** Images of the sheet; image k has the seed `yours/k`. */
const SHEET = 16;
const SEED = "yours";
/** Milliseconds between two sheets, at least, and in multiples of the time that one takes. */
const [SHEET_EVERY, SHEET_SHARE] = [4000, 5];
/** Milliseconds between two times that the run is kept, 35 MB each time. */
const KEEP_EVERY = 30_000;
/** The speed is that of so many steps. */
const STEPS_TIMED = 8;

export class Lesson {
  private readonly backend: Backend;
  private readonly pictures: Pictures;
  private readonly isFromRounded: boolean;
  private readonly settings: TrainingSettings;
  private readonly dataset: Dataset;
  private readonly own: TrainingSteps;
  private readonly tell: (message: FromLearner) => void;
  private readonly log: LogEntry[];
  private best: Parameters | undefined;
  private readonly stopped: AbortSignal;
  private paused: Promise<void> | undefined;
  private goOn: () => void = () => undefined;

  /** `stopped` ends it early. */
  constructor(
    backend: Backend,
    run: Run,
    dataset: Dataset,
    otherThread: GradientOf | undefined,
    tell: (message: FromLearner) => void,
    stopped: AbortSignal,
  ) {
    const { settings, pictures, isFromRounded, log, best, state } = run;
    this.backend = backend;
    this.dataset = dataset;
    this.tell = tell;
    this.stopped = stopped;
    this.log = [...log];
    this.best = best;
    [this.settings, this.pictures, this.isFromRounded] = [settings, pictures, isFromRounded];
    this.own = new TrainingSteps(backend, settings, dataset, state, otherThread);
  }

  pause(isPaused: boolean): void {
    this.goOn();
    this.paused = isPaused ? new Promise((resolve) => (this.goOn = resolve)) : undefined;
  }

  /** Learns to the end, or until it is stopped: then it throws the reason if it has learned nothing. */
  async learn(): Promise<void> {
    const { own, settings, isFromRounded, log, tell } = this;
    const { steps, batch } = settings;
    tell({ type: "begun", steps, batch, step: own.step, log, isFromRounded, alike: this.dataset.alike });
    let [kept, shown, cost] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
    let times: number[] = [];
    while (!isOver(log, settings) && own.step < steps) {
      await nextTurn(); // messages arrive
      if (this.paused) {
        tell({ type: "paused", isKept: await this.keep() });
        await this.paused;
        times = [];
      }
      if (this.stopped.aborted) break;
      if (performance.now() - shown > Math.max(SHEET_EVERY, SHEET_SHARE * cost)) {
        const before = performance.now();
        await this.show();
        shown = performance.now();
        cost = shown - before;
        times = [];
      }
      times.push(performance.now());
      const loss = await own.advance();
      if (!Number.isFinite(loss)) throw new UserError("Training has lost its way. Try it with other pictures, or more of them.");
      const timed = times.slice(-STEPS_TIMED);
      const imagesPerSecond = (1000 * batch * timed.length) / (performance.now() - timed[0]);
      log.push({ step: own.step, loss, learningRate: rateAt(settings, own.step), imagesPerSecond });
      tell({ type: "step", step: own.step, loss, imagesPerSecond });
      if (own.isReportStep()) await this.report();
      if (performance.now() - kept > KEEP_EVERY) {
        await this.keep();
        kept = performance.now();
      }
    }
    if (own.step === 0) this.stopped.throwIfAborted();
    if (!this.best) await this.report(); // it was stopped early
  }

  /** Makes the files, which are kept in place of the run. */
  async finish(): Promise<{ readonly outcome: Outcome; readonly isKept: boolean }> {
    const outcome = await this.outcome();
    return { outcome, isKept: await keep({ run: undefined, outcome }) };
  }

  private async report(): Promise<void> {
    const { own, log, settings, tell } = this;
    const { ratio, ...report } = await own.report(own.averaged());
    if (!(ratio < DIVERGED)) throw new UserError("Training has lost its way. Try it with other pictures, or more of them.");
    log.push(report);
    if (bestReport(log, settings)?.step === report.step) this.best = own.average();
    tell({ type: "report", step: report.step, heldOut: meanLoss(report.heldOut) });
  }

  private keep(): Promise<boolean> {
    const { own, settings, pictures, isFromRounded, log, best } = this;
    return keep({ run: { settings, pictures, isFromRounded, log, best, state: own.state() } });
  }

  private modelOf(weights: Parameters, step: number): ModelContents {
    const { settings, pictures } = this;
    return modelOf(cardFor({ ...settings, images: Math.min(settings.images, step * settings.batch) }, aboutOf(pictures)), weights);
  }

  /** Shows the network as it is: an int8 model, in the engine that draws every image. */
  private async show(): Promise<void> {
    const { own, backend } = this;
    const fp32 = this.modelOf(own.average(), own.step);
    const denoiser = await roughDenoiser(backend.tf, fp32);
    this.tell({ type: "sheet", step: own.step, images: await this.sheetOf({ card: fp32.card, denoiser }) });
    await denoiser.dispose();
  }

  private async sheetOf(model: Pick<Model, "card" | "denoiser">): Promise<Pixels[]> {
    const images = await drawImages(model, { count: SHEET, seed: SEED, classCounts: this.settings.labels.map(() => 1) });
    return this.pixelsOf(images, SHEET);
  }

  private pixelsOf(images: Uint8Array, count: number): Pixels[] {
    const { width, height, channels } = this.dataset;
    const size = width * height * channels;
    return Array.from({ length: count }, (_, k) => ({ width, height, channels, pixels: images.slice(k * size, (k + 1) * size) }));
  }

  private async outcome(): Promise<Outcome> {
    const { backend, dataset, settings, tell, log } = this;
    const { tf } = backend;
    const { train, labels, width, height, channels } = dataset;
    const isOwnEnd = !this.stopped.aborted;
    const learned = this.modelOf(this.best!, isOwnEnd ? settings.steps : this.own.step);
    const fp32 = await withContrast(tf, learned, settings.contrast);
    const onProgress = (done: number, total: number) => tell({ type: "doing", what: "calibrating", share: done / total });
    const file = writeModel(await quantizedModel(tf, fp32, { onProgress }));
    tell({ type: "doing", what: "comparing" });
    const model = await loadModel(file, { runtime: simd });
    const sheet = await this.sheetOf(model);
    tell({ type: "sheet", step: log.findLast(isReported)!.step, images: sheet });
    const size = width * height * channels;
    const found = await nearestImages(tf, Uint8Array.from(sheet.flatMap(({ pixels }) => [...pixels])), train, size);
    const nearest = found.map(({ index }) => this.pixelsOf(train.images(index, index + 1), 1)[0]);
    const set = { seed: settings.seed, ...imagesToTest(classCountsOf(dataset)) };
    const { distance, real } = await memorization(tf, dataset, await drawImages(model, set), requestedClasses(set));
    await model.denoiser.dispose();
    const ratio = real === undefined ? undefined : distance / real;
    return {
      labels,
      name: learned.card.name,
      seed: settings.seed,
      ...{ model: file, fp32: writeModel(fp32), sheet, nearest, ratio },
      learned: train.count,
    };
  }
}
