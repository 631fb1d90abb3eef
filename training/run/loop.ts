/**
 * The loop of a run: steps, reports and checkpoints until its end, Ctrl-C or divergence. Training and distillation say
 * what a step and a report are.
 */
import { Interruption, progress } from "../cli/progress.ts";
import { UserError } from "../cli/user-error.ts";
import type { StateFormat } from "../learning/checkpoint.ts";
import { type AtStep, CONFIG, hasReport, type RunFolder, type SpeedLine } from "./folder.ts";

/** What learns in a loop. */
export interface Learning<State extends AtStep, Line extends AtStep> {
  /** What it is called in progress: `training`. */
  readonly title: string;
  /** Steps done, and of the whole run. */
  readonly step: number;
  readonly steps: number;
  /** Images of a step. */
  readonly batch: number;
  /** Steps of a line of the log. */
  readonly logEvery: number;
  readonly format: StateFormat<State>;
  state(): State;
  /** Does one step and returns its loss. After one that is not finite the weights can still tell why. */
  advance(): number;
  /** The learning rate of a step. */
  rateOf(step: number): number;
  /** The line of the log on steps of this mean loss. */
  lineOf(speed: SpeedLine, loss: number): Line;
  /** Whether a report follows the step that is done. */
  isReportStep(): boolean;
  /**
   * Measures and draws, and returns the line of the log, which does not have it yet. Throws a Divergence for a network
   * that is of no use.
   */
  report(log: readonly Line[]): Promise<Line>;
  /** The layer to blame for a divergence. */
  divergedLayer(of: Divergence["of"]): string;
}

/** Training has diverged: `message` tells what was expected. */
export class Divergence extends Error {
  readonly of: "weights" | "average";

  constructor(expectation: string, of: Divergence["of"]) {
    super(expectation);
    this.of = of;
  }
}

export interface Loop<Line> {
  /** Of the steps so far; it grows. */
  readonly log: Line[];
  /** Seconds between checkpoints. */
  readonly checkpointEvery: number;
  /** Called between two pieces of work; throws an Interruption to end it. */
  readonly listen: () => Promise<void>;
}

/** To three digits. */
export const rounded = (value: number): number => Number(value.toPrecision(3));

/**
 * Goes on to the run's end. Throws the Interruption of `listen`, when what was done is saved, and a UserError when the
 * disk is full or training has diverged: then it names the layer, and the last good checkpoint is in place.
 */
export async function runToEnd<State extends AtStep, Line extends AtStep>(
  folder: RunFolder<unknown, Line>,
  learning: Learning<State, Line>,
  { log, checkpointEvery, listen }: Loop<Line>,
): Promise<void> {
  const { title, steps, batch, logEvery, format } = learning;
  let saved = performance.now();
  // The log is written first: lines beyond the checkpoint are dropped on resume, but missing lines could not be
  // recovered.
  const save = (): void => {
    folder.writeLog(log);
    folder.writeState(format, learning.state());
    saved = performance.now();
  };
  // A report enters the log when it is complete: one that was cut short is made anew when the run goes on.
  const report = async (): Promise<void> => {
    save();
    log.push(await learning.report(log));
    folder.writeLog(log);
    folder.keepState();
    saved = performance.now();
  };
  const reportIsDue = (): boolean => learning.isReportStep() && !hasReport(log, learning.step);

  const bar = progress(title, steps * batch, learning.step * batch);
  try {
    if (reportIsDue()) await report();
    let logged = performance.now();
    let losses: number[] = [];
    while (learning.step < steps) {
      await listen();
      losses.push(learning.advance());
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
      if (reportIsDue()) await report();
      else if (performance.now() - saved > checkpointEvery * 1000) save();
    }
  } catch (error) {
    if (error instanceof Interruption) save();
    throw error instanceof Divergence ? diverged(folder, learning, error) : error;
  } finally {
    bar.stop();
  }
}

/** Puts the last good checkpoint in place and says how to go on. */
function diverged<State extends AtStep, Line extends AtStep>(
  folder: RunFolder<unknown, Line>,
  learning: Learning<State, Line>,
  { message, of }: Divergence,
): UserError {
  const layer = learning.divergedLayer(of);
  const good = folder.restoreState(learning.format);
  const goOn =
    good && `, or lower \`learningRate\` in \`${folder.file(CONFIG)}\` and go on from step ${good.step}, the last good one, with --resume`;
  return new UserError(
    `${message} at step ${learning.step} of ${learning.steps}: training has diverged, at the layer \`${layer}\`; start anew with a lower --learning-rate${goOn ?? ""}`,
  );
}
