/** A training in Node: its folder keeps what is learned, until the model is written, a second Ctrl-C or a divergence. */
import type { Backend } from "../backend/step.ts";
import { quoteWord } from "../cli/command-line.ts";
import { writeFileAtomically } from "../cli/files.ts";
import { hearSignals, Interruption, progress } from "../cli/progress.ts";
import { UserError } from "../cli/user-error.ts";
import { planFinishing } from "../finishing/plan.ts";
import type { TrainingState } from "../learning/checkpoint.ts";
import { Divergence, type LearningEvent, learn, threeDigits } from "../learning/learn.ts";
import { rateAt } from "../learning/recipe.ts";
import { coolDownIn, coolDownWithin, endOf, isReported } from "../learning/reports.ts";
import { limitImages } from "../learning/settings.ts";
import { Trainer } from "../learning/trainer.ts";
import { progressSheet } from "../measure/sheets.ts";
import { meanLoss, meanOf } from "../network/held-out.ts";
import type { Parameters } from "../network/parameters.ts";
import { finishRun, timeAndPlace } from "./end.ts";
import { type Run, SHEET } from "./folder.ts";
import { secondThread } from "./second-thread.ts";

export interface Session extends Run {
  readonly state: TrainingState;
  /** Seconds between checkpoints. */
  readonly checkpointEvery: number;
}

/** Steps per line of the log. */
const LOG_EVERY = 50;
const SHEET_EVERY_MS = 30_000;
/** Seconds of the cool-down of a run that is stopped, and the steps that its speed is taken from. */
const [COOL_DOWN, STEPS_TIMED] = [12, 8];

/** Thrown where a run that was cooling down already is stopped, so many seconds later: it ends as it is. */
class Stopped extends Error {}

/**
 * Trains to the run's end and writes its model. After Ctrl-C it keeps its state, cools down for some seconds and writes the model
 * that it has; resumed before that it goes on as if it had not been stopped. Throws an Interruption when it has to leave at once, and
 * a UserError when the disk is full or training has diverged.
 */
export async function runToEnd(backend: Backend, session: Session): Promise<void> {
  const { run, config, dataset, log, state, pretrained } = session;
  const signals = hearSignals();
  const second = secondThread(backend, config, state, pretrained);
  const trainer = new Trainer(backend, config, state, { pretrained, otherThread: second?.gradientOf });
  const { bar, save, write, stopped } = runWriter(session, trainer);
  let [times, isCooling] = [[] as number[], coolDownIn(log) !== undefined];
  /** Of a run that was cooling down already when it was stopped: when that was, and its averaged weights at its end. */
  let [stoppedAt, unreported]: [number?, Parameters?] = [];

  function stop(): number | undefined {
    if (!signals.isStopping() || times.length === 0) return undefined;
    stopped.begin();
    return coolDownWithin(COOL_DOWN, meanOf(times), config, dataset.validation.count);
  }

  async function pause(): Promise<void> {
    await signals.pause();
    if (!signals.isStopping() || !isCooling) return;
    stopped.begin();
    stoppedAt ??= performance.now();
    if (performance.now() - stoppedAt > 1000 * COOL_DOWN) throw new Stopped();
  }

  try {
    const host = { log, best: () => run.readState(config.spec, "best"), stop, pause, sheetEvery: SHEET_EVERY_MS };
    for await (const event of learn(config, dataset, trainer, host)) {
      if (event.type === "step") times = [...times.slice(1 - STEPS_TIMED), event.seconds];
      if (event.type === "cool-down") isCooling = !stopped.has();
      write(event);
    }
  } catch (error) {
    if (error instanceof Divergence)
      throw new UserError(
        `${error.message} at step ${trainer.step} of ${config.steps}: training has diverged; start again with a lower --learning-rate`,
      );
    if (error instanceof Interruption) leave(`at step ${trainer.step} of ${endOf(log, config)}`);
    if (!(error instanceof Stopped)) throw error;
    unreported = trainer.parameters("average");
  } finally {
    bar.stop();
    await second?.stop();
  }
  const isStopped = stopped.has();
  const seen = limitImages(trainer.step * config.batch, config);
  const pictures = { cutOuts: config.matte?.pictures ?? 0, large: config.enlarger?.pictures ?? 0 };
  const ended = isStopped ? { ...seen, ...planFinishing(seen, pictures, "short") } : seen;
  const average = unreported ?? (stopped.best() ?? run.readState(config.spec, "best")).average;
  const needsTime = await finishRun(backend, { ...session, config: ended, average }, signals.pause).catch((error: unknown) => {
    if (error instanceof Interruption) leave("after the last step");
    throw error;
  });
  console.log(`\n${run.model}: a model, trained${timeAndPlace(log, config)}. Next: npx anneal dev ${quoteWord(run.model)}`);
  if (isStopped || needsTime)
    console.log(`to train it longer: npx anneal train --resume ${quoteWord(run.model)} --images ${2 * config.images}`);

  /** Saves what would be lost, and says how to continue. */
  function leave(where: string): void {
    save();
    console.log(`stopped ${where}; continue with: npx anneal train --resume ${quoteWord(run.model)}`);
  }
}

/** Writes what happens into the run's folder and onto the terminal; nothing into the folder once the run is stopped. */
function runWriter({ run, config, dataset, log, checkpointEvery }: Session, trainer: Trainer) {
  const { spec, batch, steps } = config;
  const bar = progress("training", steps * batch, trainer.step * batch);
  let saved = performance.now();
  /** Losses since the last line of the log, and when that was. */
  let losses: number[] = [];
  let logged = performance.now();
  let isStopped = false;
  /** Of a report after the run was stopped. */
  let best: TrainingState | undefined;

  /** The log is written before the checkpoint: on resume surplus lines are dropped, but missing lines could not be recovered. */
  function save(): void {
    if (isStopped) return;
    run.writeLog(log);
    run.writeState(spec, trainer.state());
    saved = performance.now();
  }

  const stopped = {
    /** From here on the folder stays as it is now. */
    begin: (): void => {
      if (isStopped) return;
      save();
      isStopped = true;
      console.log("\nstopping: it ends what it has learned in a model; Ctrl-C again leaves at once");
    },
    has: (): boolean => isStopped,
    best: (): TrainingState | undefined => best,
  };

  function step({ step, loss, reportFollows }: Extract<LearningEvent, { type: "step" }>): void {
    losses.push(loss);
    const mean = meanOf(losses);
    const end = endOf(log, config);
    const heldOut = log.findLast(isReported)?.heldOut;
    bar.update(step * batch, `loss ${mean.toFixed(4)}${heldOut ? `, held out ${meanLoss(heldOut).toFixed(4)}` : ""}`, end * batch);
    if (step % LOG_EVERY === 0 || step === end) {
      const now = performance.now();
      const imagesPerSecond = threeDigits((losses.length * batch * 1000) / (now - logged));
      log.push({ step, loss: mean, learningRate: rateAt(config, step, coolDownIn(log)), imagesPerSecond });
      [logged, losses] = [now, []];
    }
    if (reportFollows || performance.now() - saved > checkpointEvery * 1000) save();
  }

  /** The checkpoint is that of the report's step. A report is in the written log when all that belongs to it is written. One that was interrupted is repeated on resume. */
  function report({ isBest }: Extract<LearningEvent, { type: "report" }>): void {
    if (isStopped) {
      if (isBest) best = trainer.state();
      return;
    }
    if (isBest) run.keepBest();
    run.writeLog(log);
  }

  function write(event: LearningEvent): void {
    if (event.type === "done") bar.stop();
    if (event.type === "sheet") writeFileAtomically(run.file(SHEET), progressSheet(event.images, dataset));
    if (event.type === "report") report(event);
    if (event.type === "cool-down" && !isStopped) {
      run.writeState(spec, trainer.state()); // before the log: where that has its line, the checkpoint has gone back to the best report
      run.writeLog(log);
    }
    if (event.type === "step") step(event);
  }
  return { bar, save, write, stopped };
}
