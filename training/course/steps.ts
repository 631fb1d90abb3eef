/**
 * The steps of a run and its reports, the same in Node and in a page. It draws, writes and shows nothing.
 */
import type { Denoise } from "../../wasm-model/sampling/sampler.ts";
import type { Backend } from "../backend/step.ts";
import { BatchSource } from "../learning/batches.ts";
import type { TrainingState } from "../learning/checkpoint.ts";
import type { GradientOf } from "../learning/gradient.ts";
import { phaseAt, rateAt } from "../learning/recipe.ts";
import { Trainer } from "../learning/trainer.ts";
import { heldOutLoss, lossOverUntrained } from "../network/held-out.ts";
import type { Parameters } from "../network/parameters.ts";
import { tensorDenoiser } from "../network/score-network.ts";
import { paddedSplit, type Split } from "../network/split.ts";
import type { Course } from "./course.ts";
import { type Reports, reportsOf, type TrainingReport } from "./reports.ts";

export interface Report extends TrainingReport {
  /** The held-out loss in multiples of an untrained network's. */
  readonly ratio: number;
}

export class TrainingSteps {
  readonly course: Course;
  private readonly tf: Backend["tf"];
  private readonly trainer: Trainer;
  private readonly batches: BatchSource;
  private readonly heldOut: Split;
  private readonly reports: Reports;

  /** `there`: computes the first half of a batch's gradient, in another thread. */
  constructor(backend: Backend, course: Course, splits: { train: Split; validation: Split }, state: TrainingState, there?: GradientOf) {
    const { spec, recipe, batch, seed } = course;
    this.tf = backend.tf;
    this.course = course;
    this.trainer = new Trainer(backend, spec, recipe, state, there);
    this.batches = new BatchSource(splits.train, spec.classes, batch, recipe, seed, course);
    this.heldOut = paddedSplit(splits.validation, course);
    this.reports = reportsOf(course, this.heldOut.count);
  }

  get step(): number {
    return this.trainer.step;
  }

  state(): TrainingState {
    return this.trainer.state();
  }

  /** A copy of the averaged weights. */
  average(): Parameters {
    return this.trainer.parameters("average");
  }

  /** Does one step and returns its loss. */
  advance(): Promise<number> {
    const { trainer, course } = this;
    const next = trainer.step + 1;
    return trainer.train(this.batches.at(next), rateAt(course, next), phaseAt(next, course.steps, course.recipe));
  }

  isReportStep(): boolean {
    const { step, reports } = this;
    const { steps } = this.course;
    const interval = Math.max(1, Math.floor(steps / reports.count));
    return step === steps || (step > 0 && step % interval === 0 && steps - step >= interval / 2);
  }

  /** Measures the held-out loss, over the same images and noise each time. `denoise`: the averaged network. */
  async report(denoise: Denoise): Promise<Report> {
    const { step, heldOut, reports } = this;
    const { spec } = this.course;
    const { levels } = await heldOutLoss(denoise, spec, heldOut, { count: reports.images, draws: reports.draws });
    return { step, heldOut: levels, ratio: lossOverUntrained(levels, spec, heldOut, reports.images) };
  }

  /** The averaged network of now, for reports; valid until the next call or step. */
  averaged(): Denoise {
    return tensorDenoiser(this.tf, this.course.spec, this.trainer.average());
  }

  /** The layer where the weights or the average have diverged. */
  divergedLayer(of: "weights" | "average"): string {
    return this.trainer.divergedLayer(of, this.batches.at(this.step));
  }

  dispose(): void {
    this.trainer.dispose();
  }
}
