/**
 * The steps of a run and its reports, the same in Node and in a page. It draws, writes and shows nothing.
 */
import type { Denoise } from "../../wasm-model/sampling/sampler.ts";
import type { Backend } from "../backend/step.ts";
import { heldOutLoss, lossOverUntrained } from "../network/held-out.ts";
import type { Parameters } from "../network/parameters.ts";
import { tensorDenoiser } from "../network/score-network.ts";
import { paddedSplit, type Split } from "../network/split.ts";
import { BatchSource } from "./batches.ts";
import type { TrainingState } from "./checkpoint.ts";
import type { GradientOf } from "./gradient.ts";
import { modeAt, rateAt } from "./recipe.ts";
import { type Reports, reportsOf, type TrainingReport } from "./reports.ts";
import type { TrainingSettings } from "./settings.ts";
import { Trainer } from "./trainer.ts";

export interface Report extends TrainingReport {
  /** The held-out loss in multiples of an untrained network's. */
  readonly ratio: number;
}

export class TrainingSteps {
  readonly settings: TrainingSettings;
  private readonly tf: Backend["tf"];
  private readonly trainer: Trainer;
  private readonly batches: BatchSource;
  private readonly heldOut: Split;
  private readonly reports: Reports;

  /** `there`: computes the first half of a batch's gradient, in another thread. */
  constructor(
    backend: Backend,
    settings: TrainingSettings,
    splits: { train: Split; validation: Split },
    state: TrainingState,
    otherThread?: GradientOf,
  ) {
    const { spec, recipe, batch, seed } = settings;
    this.tf = backend.tf;
    this.settings = settings;
    this.trainer = new Trainer(backend, spec, recipe, state, otherThread);
    this.batches = new BatchSource(splits.train, spec.classes, batch, recipe, seed, settings);
    this.heldOut = paddedSplit(splits.validation, settings);
    this.reports = reportsOf(settings, this.heldOut.count);
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
    const { trainer, settings } = this;
    const next = trainer.step + 1;
    return trainer.train(this.batches.at(next), rateAt(settings, next), modeAt(next, settings.steps, settings.recipe));
  }

  isReportStep(): boolean {
    const { step, reports } = this;
    const { steps } = this.settings;
    const interval = Math.max(1, Math.floor(steps / reports.count));
    return step === steps || (step > 0 && step % interval === 0 && steps - step >= interval / 2);
  }

  /** Measures the held-out loss, over the same images and noise each time. `denoise`: the averaged network. */
  async report(denoise: Denoise): Promise<Report> {
    const { step, heldOut, reports } = this;
    const { spec } = this.settings;
    const { levels } = await heldOutLoss(denoise, spec, heldOut, { count: reports.images, draws: reports.draws });
    return { step, heldOut: levels, ratio: lossOverUntrained(levels, spec, heldOut, reports.images) };
  }

  /** The averaged network of now, for reports; valid until the next call or step. */
  averaged(): Denoise {
    return tensorDenoiser(this.tf, this.settings.spec, this.trainer.average());
  }

  /** The layer where the weights or the average have diverged. */
  divergedLayer(of: "weights" | "average"): string {
    return this.trainer.divergedLayer(of, this.batches.at(this.step));
  }

  dispose(): void {
    this.trainer.dispose();
  }
}
