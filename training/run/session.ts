/** A training in Node: its folder keeps what is learned, until the end, Ctrl-C or a divergence. */
import { existsSync } from "node:fs";
import type { Backend } from "../backend/step.ts";
import { writeFileAtomically } from "../cli/files.ts";
import { hearCtrlC, Interruption, progress } from "../cli/progress.ts";
import { UserError } from "../cli/user-error.ts";
import type { TrainingData } from "../data/dataset.ts";
import type { TrainingState } from "../learning/checkpoint.ts";
import { Divergence, interruptible, type LearningEvent, learn, rounded } from "../learning/learn.ts";
import { rateAt } from "../learning/recipe.ts";
import { coolDownIn, endOf, type LogEntry } from "../learning/reports.ts";
import { Trainer } from "../learning/trainer.ts";
import { sampleGrid } from "../network/draw.ts";
import type { Parameters } from "../network/parameters.ts";
import { tensorDenoiser } from "../network/score-network.ts";
import { cardOf, type RunConfig } from "../train/config.ts";
import { secondThread } from "../train/second-thread.ts";
import { CONCLUSION, conclude } from "./end.ts";
import { learnToEnlarge } from "./enlarger.ts";
import { CONFIG, LOSS_CURVE, type RunFolder, SHEET } from "./folder.ts";
import { lossCurve, timeAndPlace } from "./log.ts";
import { progressSheet } from "./sheet.ts";

export interface Session {
  /** The run's folder, which exists. */
  readonly run: RunFolder;
  readonly config: RunConfig;
  readonly dataset: TrainingData;
  readonly state: TrainingState;
  readonly pretrained?: Parameters | undefined;
  /** The log so far. */
  readonly log: readonly LogEntry[];
  /** Seconds between checkpoints. */
  readonly checkpointEvery: number;
}

/** Steps per line of the log. */
const LOG_EVERY = 50;
const SHEET_EVERY_MS = 30_000;

/**
 * Trains to the run's end and returns true; on SIGINT saves, stops and returns false. Throws a UserError when the disk
 * is full or training has diverged. After a divergence it names the layer and restores the last good checkpoint.
 */
export async function train(backend: Backend, session: Session): Promise<boolean> {
  const { run, config, dataset, state, pretrained } = session;
  const log = [...session.log];
  const listen = hearCtrlC();
  const second = secondThread(backend, config, state, pretrained);
  const trainer = new Trainer(backend, config, state, { pretrained, otherThread: second?.of });
  const writer = new Writer(session, trainer, log, listen);
  try {
    const host = { log, best: () => run.readBest(config.spec), pause: listen, sheetEvery: SHEET_EVERY_MS };
    for await (const event of learn(config, dataset, trainer, host)) await writer.write(event);
    await learnToEnlarge(backend, { run, config, dataset }, listen);
    if (!existsSync(run.file(CONCLUSION))) await conclude(backend, { run, config, dataset, log, pretrained }, listen);
  } catch (error) {
    if (error instanceof Divergence) throw diverged(session, trainer.step, error);
    if (!(error instanceof Interruption)) throw error;
    writer.save();
    console.log(`stopped at step ${trainer.step} of ${config.steps}; continue with: npx anneal train --out ${run.path} --resume`);
    return false;
  } finally {
    writer.bar.stop();
    await second?.stop();
  }
  console.log(
    `trained${timeAndPlace(log, config)}: images in ${run.path}; next: npx anneal export ${run.path} --out models/${config.name}`,
  );
  return true;
}

/** Writes what happens into the run's folder and onto the terminal. */
class Writer {
  readonly bar: ReturnType<typeof progress>;
  private readonly session: Session;
  private readonly trainer: Trainer;
  private readonly log: LogEntry[];
  private readonly listen: () => Promise<void>;
  private saved = performance.now();
  /** Losses since the last line of the log, and when that was. */
  private losses: number[] = [];
  private logged = performance.now();

  constructor(session: Session, trainer: Trainer, log: LogEntry[], listen: () => Promise<void>) {
    const { batch, steps } = session.config;
    this.session = session;
    this.trainer = trainer;
    this.log = log;
    this.listen = listen;
    this.bar = progress("training", steps * batch, trainer.step * batch);
  }

  async write(event: LearningEvent): Promise<void> {
    const { run, config, dataset, checkpointEvery } = this.session;
    if (event.type === "done") this.bar.stop();
    if (event.type === "sheet") writeFileAtomically(run.file(SHEET), progressSheet(event.images, dataset));
    if (event.type === "report") await this.report(event);
    if (event.type === "cool-down") this.coolDown(event.entry);
    if (event.type !== "step") return;
    const { step, loss } = event;
    const mean = this.losses.push(loss) && this.losses.reduce((sum, value) => sum + value, 0) / this.losses.length;
    const end = endOf(this.log, config);
    this.bar.update(step * config.batch, `loss ${mean.toFixed(4)}`, end * config.batch);
    if (step % LOG_EVERY === 0 || step === end) {
      const now = performance.now();
      const imagesPerSecond = rounded((this.losses.length * config.batch * 1000) / (now - this.logged));
      this.log.push({ step, loss: mean, learningRate: rateAt(config, step, coolDownIn(this.log)), imagesPerSecond });
      [this.logged, this.losses] = [now, []];
    }
    if (event.reportFollows || performance.now() - this.saved > checkpointEvery * 1000) this.save();
  }

  /** The log is written before the checkpoint: on resume surplus lines are dropped, but missing lines could not be recovered. */
  save(): void {
    const { run, config } = this.session;
    run.writeLog(this.log);
    run.writeState(config.spec, this.trainer.state());
    this.saved = performance.now();
  }

  /** The checkpoint, and the one to fall back on, are written before the log: where the log has its line, they have gone back to the best report. */
  private coolDown(entry: LogEntry): void {
    const { run, config } = this.session;
    run.writeState(config.spec, this.trainer.state());
    run.keepState();
    this.log.push(entry);
    run.writeLog(this.log);
  }

  /** The checkpoint is that of the report's step. A report enters the log when all that belongs to it is written. One that was interrupted is repeated on resume. */
  private async report({ report, isBest, ratio }: Extract<LearningEvent, { type: "report" }>): Promise<void> {
    const { trainer, log, listen } = this;
    const { run, config } = this.session;
    const { spec, seed, recipe } = config;
    if (report.step === endOf(log, config) && recipe.guidance.weight === 1 && ratio >= 1) {
      console.log(
        `the network denoises no better than an untrained one (its held-out loss is ${rounded(ratio)} times as large): increase --images or lower --learning-rate`,
      );
    }
    const denoise = interruptible(tensorDenoiser(trainer.tf, spec, trainer.average()), listen);
    run.writeSamples(report.step, await sampleGrid(cardOf(config), denoise, seed));
    if (isBest) run.keepBest();
    log.push(report);
    writeFileAtomically(run.file(LOSS_CURVE), lossCurve(log, config));
    run.writeLog(log);
    run.keepState();
  }
}

/** Restores the last good checkpoint and says how to continue. */
function diverged({ run, config: { spec, steps } }: Session, step: number, { message, layer }: Divergence): UserError {
  const good = run.restoreState(spec);
  const goOn =
    good && `, or lower \`learningRate\` in \`${run.file(CONFIG)}\` and continue from step ${good.step}, the last good one, with --resume`;
  return new UserError(
    `${message} at step ${step} of ${steps}: training has diverged, at the layer \`${layer}\`; start again with a lower --learning-rate${goOn ?? ""}`,
  );
}
