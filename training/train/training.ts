/**
 * A training as the loop of a run sees it (run/loop.ts): steps on batches of noisy images, reports with held-out loss
 * and samples, and then the work after the last step.
 */
import { existsSync } from "node:fs";
import type { Denoise } from "../../wasm-model/sampling/sampler.ts";
import type { Backend } from "../backend/step.ts";
import { writeFileAtomically } from "../cli/files.ts";
import { hearCtrlC, Interruption } from "../cli/progress.ts";
import type { TrainingData } from "../data/dataset.ts";
import { type StateFormat, type TrainingState, trainingFormat } from "../learning/checkpoint.ts";
import type { SpeedLine } from "../learning/log.ts";
import { rateAt } from "../learning/recipe.ts";
import { bestReport, DIVERGED, isOver, type LogEntry, type TrainingReport } from "../learning/reports.ts";
import { TrainingSteps } from "../learning/steps.ts";
import { constantsOf } from "../learning/trainer.ts";
import { progressSheet, sampleGrid } from "../network/draw.ts";
import type { Split } from "../network/split.ts";
import { Divergence, type Learning, rounded, runToEnd } from "../run/loop.ts";
import { cardOf, type RunConfig } from "./config.ts";
import { conclude, interruptible } from "./end.ts";
import { CONCLUSION, LOSS_CURVE, SHEET, type TrainingRun } from "./folder.ts";
import { lossCurve, timeAndPlace } from "./log.ts";
import { type SecondThread, secondThread } from "./second-thread.ts";

export interface Session {
  /** The run's folder, which exists. */
  readonly run: TrainingRun;
  readonly config: RunConfig;
  readonly dataset: TrainingData;
  readonly state: TrainingState;
  /** The log so far. */
  readonly log: readonly LogEntry[];
  /** Seconds between checkpoints. */
  readonly checkpointEvery: number;
}

class Training implements Learning<TrainingState, LogEntry> {
  readonly title = "training";
  readonly logEvery = 50;
  readonly steps: number;
  readonly batch: number;
  readonly format: StateFormat<TrainingState>;
  private readonly run: TrainingRun;
  private readonly config: RunConfig;
  private readonly own: TrainingSteps;
  private readonly train: Split;
  private readonly listen: () => Promise<void>;
  private readonly second: SecondThread | undefined;

  constructor(backend: Backend, { run, config, dataset, state }: Session, listen: () => Promise<void>) {
    const { spec, recipe, steps, batch } = config;
    this.steps = steps;
    this.batch = batch;
    this.format = trainingFormat(spec);
    this.run = run;
    this.config = config;
    this.second = secondThread(backend, steps - state.step, { spec, constants: constantsOf(state), guidance: recipe.guidance });
    this.own = new TrainingSteps(backend, config, dataset, state, this.second?.of);
    this.train = dataset.train;
    this.listen = listen;
  }

  get step(): number {
    return this.own.step;
  }

  state(): TrainingState {
    return this.own.state();
  }

  rateOf(step: number): number {
    return rateAt(this.config, step);
  }

  advance(): Promise<number> {
    return this.own.advance();
  }

  lineOf({ step, ...speed }: SpeedLine, loss: number): LogEntry {
    return { step, loss, ...speed };
  }

  isOver(log: readonly LogEntry[]): boolean {
    return isOver(log, this.config);
  }

  isBest(log: readonly LogEntry[]): boolean {
    return bestReport(log, this.config)?.step === this.step;
  }

  async show(): Promise<void> {
    const { run, config, train } = this;
    writeFileAtomically(run.file(SHEET), await progressSheet(cardOf(config), this.averaged(), train, config.seed));
  }

  isReportStep(): boolean {
    return this.own.isReportStep();
  }

  async report(log: readonly LogEntry[]): Promise<TrainingReport> {
    const { config, run, steps } = this;
    const denoise = this.averaged();
    const { ratio, ...report } = await this.own.report(denoise);
    if (!(ratio < DIVERGED)) {
      throw new Divergence(
        `Expected a held-out loss below ${DIVERGED} times an untrained network's but received ${rounded(ratio)} times that`,
        "average",
      );
    }
    if (report.step === steps && config.recipe.guidance.weight === 1 && ratio >= 1) {
      console.log(
        `the network denoises no better than an untrained one (its held-out loss is ${rounded(ratio)} times as large): increase --images or lower --learning-rate`,
      );
    }
    run.writeSamples(report.step, await sampleGrid(cardOf(config), denoise, config.seed));
    writeFileAtomically(run.file(LOSS_CURVE), lossCurve([...log, report], config));
    return report;
  }

  divergedLayer(of: Divergence["of"]): string {
    return this.own.divergedLayer(of);
  }

  async stop(): Promise<void> {
    await this.second?.stop();
  }

  /** The averaged network; Ctrl-C is checked between its evaluations. */
  averaged(): Denoise {
    return interruptible(this.own.averaged(), this.listen);
  }
}

/**
 * Trains to the run's end and returns true; on SIGINT saves, stops and returns false. Throws a UserError when the disk
 * is full or training has diverged. After a divergence it names the layer and keeps the last good checkpoint.
 */
export async function train(backend: Backend, session: Session): Promise<boolean> {
  const { run, config, checkpointEvery } = session;
  const log = [...session.log];
  const listen = hearCtrlC();
  const training = new Training(backend, session, listen);
  try {
    await runToEnd(run, training, { log, checkpointEvery, listen });
    await training.show();
    if (!existsSync(run.file(CONCLUSION))) await conclude(backend, { ...session, log }, listen);
  } catch (error) {
    if (!(error instanceof Interruption)) throw error;
    console.log(`stopped at step ${training.step} of ${config.steps}; continue with --resume`);
    return false;
  } finally {
    await training.stop();
  }
  console.log(
    `trained${timeAndPlace(log, config)}: images in ${run.path}; next: npx anneal export ${run.path} --out models/${config.name}`,
  );
  return true;
}
