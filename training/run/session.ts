/** A training in Node: its folder keeps what is learned, until the end, Ctrl-C or a divergence. */
import { existsSync } from "node:fs";
import type { Backend } from "../backend/step.ts";
import { quoted } from "../cli/command-line.ts";
import { writeFileAtomically } from "../cli/files.ts";
import { hearCtrlC, Interruption, progress } from "../cli/progress.ts";
import { UserError } from "../cli/user-error.ts";
import type { TrainingState } from "../learning/checkpoint.ts";
import { Divergence, type LearningEvent, learn, threeDigits } from "../learning/learn.ts";
import { rateAt } from "../learning/recipe.ts";
import { coolDownIn, endOf } from "../learning/reports.ts";
import { Trainer } from "../learning/trainer.ts";
import { meanOf } from "../network/held-out.ts";
import { commandForLonger } from "../plan/config.ts";
import { secondThread } from "../plan/second-thread.ts";
import { CONCLUSION, conclude, wouldMoreHelp } from "./end.ts";
import { finish } from "./finishing.ts";
import { CONFIG, LOSS_CURVE, type Run, SHEET } from "./folder.ts";
import { lossCurve, timeAndPlace } from "./log.ts";
import { progressSheet } from "./sheet.ts";

export interface Session extends Run {
  readonly state: TrainingState;
  /** Seconds between checkpoints. */
  readonly checkpointEvery: number;
}

/** Steps per line of the log. */
const LOG_EVERY = 50;
const SHEET_EVERY_MS = 30_000;

/**
 * Trains to the run's end and returns true; on SIGINT saves, stops and returns false. Throws a UserError when the disk
 * is full or training has diverged. After a divergence it restores the last good checkpoint.
 */
export async function runToEnd(backend: Backend, session: Session): Promise<boolean> {
  const { run, config, dataset, log, state, pretrained } = session;
  const listen = hearCtrlC();
  const second = secondThread(backend, config, state, pretrained);
  const trainer = new Trainer(backend, config, state, { pretrained, otherThread: second?.of });
  const { bar, save, write } = writing(session, trainer);
  let phase: string | undefined; // after the last step
  try {
    const host = { log, best: () => run.readState(config.spec, "best"), pause: listen, sheetEvery: SHEET_EVERY_MS };
    for await (const event of learn(config, dataset, trainer, host)) write(event);
    phase = "while it learned to finish its images";
    await finish(backend, session, listen);
    phase = "while its end was measured";
    if (!existsSync(run.file(CONCLUSION))) await conclude(backend, session, listen);
  } catch (error) {
    if (error instanceof Divergence) throw diverged(session, trainer.step, error);
    if (!(error instanceof Interruption)) throw error;
    save();
    const where = phase === undefined ? `at step ${trainer.step} of ${endOf(log, config)}` : `after the last step, ${phase}`;
    console.log(`stopped ${where}; continue with: npx anneal train --out ${quoted(run.path)} --resume`);
    return false;
  } finally {
    bar.stop();
    await second?.stop();
  }
  const model = `models/${config.name}`;
  console.log(
    `trained${timeAndPlace(log, config)}: images in ${run.path}; next: npx anneal export ${quoted(run.path)} --out ${quoted(model)}`,
  );
  if (wouldMoreHelp(log, dataset.train.count))
    console.log(`to train it longer, then: ${commandForLonger(config, 2 * config.images, model, `${run.path}-longer`)}`);
  return true;
}

/** Writes what happens into the run's folder and onto the terminal. */
function writing({ run, config, dataset, log, checkpointEvery }: Session, trainer: Trainer) {
  const { spec, batch, steps, recipe } = config;
  const bar = progress("training", steps * batch, trainer.step * batch);
  let saved = performance.now();
  /** Losses since the last line of the log, and when that was. */
  let losses: number[] = [];
  let logged = performance.now();

  /** The log is written before the checkpoint: on resume surplus lines are dropped, but missing lines could not be recovered. */
  function save(): void {
    run.writeLog(log);
    run.writeState(spec, trainer.state());
    saved = performance.now();
  }

  function step({ step, loss, reportFollows }: Extract<LearningEvent, { type: "step" }>): void {
    losses.push(loss);
    const mean = meanOf(losses);
    const end = endOf(log, config);
    bar.update(step * batch, `loss ${mean.toFixed(4)}`, end * batch);
    if (step % LOG_EVERY === 0 || step === end) {
      const now = performance.now();
      const imagesPerSecond = threeDigits((losses.length * batch * 1000) / (now - logged));
      log.push({ step, loss: mean, learningRate: rateAt(config, step, coolDownIn(log)), imagesPerSecond });
      [logged, losses] = [now, []];
    }
    if (reportFollows || performance.now() - saved > checkpointEvery * 1000) save();
  }

  /** The checkpoint, and the one to fall back on, are written before the log: where the log has its line, they have gone back to the best report. */
  function coolDown(): void {
    run.writeState(spec, trainer.state());
    run.copyState("last", "previous");
    run.writeLog(log);
  }

  /** The checkpoint is that of the report's step. A report is in the written log when all that belongs to it is written. One that was interrupted is repeated on resume. */
  function report({ report, isBest, ratio }: Extract<LearningEvent, { type: "report" }>): void {
    if (report.step === endOf(log, config) && recipe.guidance.weight === 1 && ratio >= 1) {
      console.log(
        `the network denoises no better than an untrained one (its held-out loss is ${threeDigits(ratio)} times as large): increase --images or lower --learning-rate`,
      );
    }
    if (isBest) run.copyState("last", "best");
    writeFileAtomically(run.file(LOSS_CURVE), lossCurve(log, config));
    run.writeLog(log);
    run.copyState("last", "previous");
  }

  function write(event: LearningEvent): void {
    if (event.type === "done") bar.stop();
    if (event.type === "sheet") writeFileAtomically(run.file(SHEET), progressSheet(event.images, dataset));
    if (event.type === "report") report(event);
    if (event.type === "cool-down") coolDown();
    if (event.type === "step") step(event);
  }
  return { bar, save, write };
}

/** Restores the last good checkpoint and says how to continue. */
function diverged({ run, config: { spec, steps } }: Session, step: number, { message }: Divergence): UserError {
  const good = run.restoreState(spec);
  const goOn =
    good && `, or lower \`learningRate\` in \`${run.file(CONFIG)}\` and continue from step ${good.step}, the last good one, with --resume`;
  return new UserError(
    `${message} at step ${step} of ${steps}: training has diverged; start again with a lower --learning-rate${goOn ?? ""}`,
  );
}
