/**
 * The loop of a run: steps, reports and checkpoints, until the end, Ctrl-C or divergence. The training
 * defines its steps and reports.
 */
import { Interruption, progress } from "../cli/progress.ts";
import { UserError } from "../cli/user-error.ts";
import type { StateFormat } from "../learning/checkpoint.ts";
import type { AtStep, SpeedLine } from "../learning/log.ts";
import { CONFIG, hasReport, type RunFolder } from "./folder.ts";

/** A training, as the loop sees it. */
export interface Learning<State extends AtStep, Line extends AtStep> {
  /** Its name in progress messages: `training`. */
  readonly title: string;
  /** Steps done, and steps in all. */
  readonly step: number;
  readonly steps: number;
  /** Images per step. */
  readonly batch: number;
  /** Steps per line of the log. */
  readonly logEvery: number;
  readonly format: StateFormat<State>;
  state(): State;
  /**
   * Does one step and returns its loss. If the loss is not finite, the weights keep their values, so that the cause can
   * be found.
   */
  advance(): Promise<number>;
  rateOf(step: number): number;
  /** The log's line for steps with this mean loss. */
  lineOf(speed: SpeedLine, loss: number): Line;
  /** Whether a report follows the current step. */
  isReportStep(): boolean;
  /** Whether the run is at its end: at its last step, or where more steps would not help. It depends on the log alone. */
  isOver(log: readonly Line[]): boolean;
  /** Whether the last report of the log is the best one so far. */
  isBest(log: readonly Line[]): boolean;
  /** Shows how far it is, now and then; nothing depends on it. */
  show(): Promise<void>;
  /**
   * Measures and draws, and returns a line for the log, without appending it. Throws a Divergence if the network is
   * useless.
   */
  report(log: readonly Line[]): Promise<Line>;
  /** The layer that caused a divergence. */
  divergedLayer(of: Divergence["of"]): string;
}

/** Training has diverged; `message` says what was expected. */
export class Divergence extends Error {
  readonly of: "weights" | "average";

  constructor(expectation: string, of: Divergence["of"]) {
    super(expectation);
    this.of = of;
  }
}

export interface Loop<Line> {
  /** The log so far; the loop appends to it. */
  readonly log: Line[];
  /** Seconds between checkpoints. */
  readonly checkpointEvery: number;
  /** Called between two pieces of work; throws an Interruption to stop the run. */
  readonly listen: () => Promise<void>;
}

const SHOW_EVERY_MS = 30_000;

/** To three digits. */
export const rounded = (value: number): number => Number(value.toPrecision(3));

/**
 * Runs to the end. Throws the Interruption of `listen` after saving. Throws a UserError when the disk is full or
 * training has diverged. After a divergence it names the layer and restores the last good checkpoint.
 */
export async function runToEnd<State extends AtStep, Line extends AtStep>(
  folder: RunFolder<unknown, Line>,
  learning: Learning<State, Line>,
  { log, checkpointEvery, listen }: Loop<Line>,
): Promise<void> {
  const { title, steps, batch, logEvery, format } = learning;
  let saved = performance.now();
  // The log is written before the checkpoint: on resume surplus lines are dropped, but missing lines could not be
  // recovered.
  const save = (): void => {
    folder.writeLog(log);
    folder.writeState(format, learning.state());
    saved = performance.now();
  };
  // A report enters the log when it is complete. One that was interrupted is repeated on resume.
  const report = async (): Promise<void> => {
    save();
    log.push(await learning.report(log));
    if (learning.isBest(log)) folder.keepBest();
    folder.writeLog(log);
    folder.keepState();
    saved = performance.now();
  };
  const reportIsDue = (): boolean => learning.isReportStep() && !hasReport(log, learning.step);

  let shown = Number.NEGATIVE_INFINITY;
  const show = async (): Promise<void> => {
    if (performance.now() - shown < SHOW_EVERY_MS) return;
    await learning.show();
    shown = performance.now();
  };

  const bar = progress(title, steps * batch, learning.step * batch);
  try {
    if (reportIsDue()) await report();
    let logged = performance.now();
    let losses: number[] = [];
    for (let isOver = learning.isOver(log); !isOver; ) {
      await show();
      await listen();
      losses.push(await learning.advance());
      const { step } = learning;
      const loss = losses.reduce((sum, value) => sum + value, 0) / losses.length;
      if (!Number.isFinite(loss)) throw new Divergence(`Expected a finite loss but received ${loss}`, "weights");
      bar.update(step * batch, `loss ${loss.toFixed(4)}`);
      if (step % logEvery === 0 || step === steps) {
        const now = performance.now();
        const imagesPerSecond = rounded((losses.length * batch * 1000) / (now - logged));
        log.push(learning.lineOf({ step, learningRate: learning.rateOf(step), imagesPerSecond }, loss));
        [logged, losses] = [now, []];
      }
      if (reportIsDue()) {
        await report();
        isOver = learning.isOver(log);
      } else if (performance.now() - saved > checkpointEvery * 1000) save();
    }
  } catch (error) {
    if (error instanceof Interruption) save();
    throw error instanceof Divergence ? diverged(folder, learning, error) : error;
  } finally {
    bar.stop();
  }
}

/** Restores the last good checkpoint and says how to continue. */
function diverged<State extends AtStep, Line extends AtStep>(
  folder: RunFolder<unknown, Line>,
  learning: Learning<State, Line>,
  { message, of }: Divergence,
): UserError {
  const layer = learning.divergedLayer(of);
  const good = folder.restoreState(learning.format);
  const goOn =
    good &&
    `, or lower \`learningRate\` in \`${folder.file(CONFIG)}\` and continue from step ${good.step}, the last good one, with --resume`;
  return new UserError(
    `${message} at step ${learning.step} of ${learning.steps}: training has diverged, at the layer \`${layer}\`; start again with a lower --learning-rate${goOn ?? ""}`,
  );
}
