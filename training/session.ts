/** The part of a run that one process does: steps, reports and checkpoints until the run's end or Ctrl-C. */
import { setImmediate } from "node:timers/promises";
import { BatchSource } from "./batches.ts";
import { type TrainingState, writeCheckpoint } from "./checkpoint.ts";
import type { Dataset } from "./data/load.ts";
import { heldOutLoss, heldOutTable } from "./held-out.ts";
import { lossCurve, sampleGrid } from "./pictures.ts";
import { progress } from "./progress.ts";
import { type RunConfig, readLog, writeLog, writePictures } from "./run.ts";
import { SAMPLING_DEFAULTS } from "./sampling-defaults.ts";
import type { Tf } from "./score-network.ts";
import { tensorDenoiser } from "./tensor-denoiser.ts";
import { learningRate, Trainer } from "./trainer.ts";
import { UserError } from "./user-error.ts";

export interface Session {
  /** The run folder, which exists. */
  readonly folder: string;
  readonly config: RunConfig;
  readonly dataset: Dataset;
  readonly state: TrainingState;
  /** Seconds between checkpoints. */
  readonly checkpointEvery: number;
}

/** Steps per line of the log. */
const LOG_EVERY = 50;
/** Reports of held-out loss and sample grids over the run, and the test images each one uses; the last one uses all. */
const REPORTS = 20;
const REPORT_IMAGES = 500;

/** Trains to the run's end: true; or, on SIGINT, saves and stops early: false. Throws a UserError when the loss is not finite or the disk is full. */
export async function train(tf: Tf, { folder, config, dataset, state, checkpointEvery }: Session): Promise<boolean> {
  const { spec, steps, batch } = config;
  const trainer = new Trainer(tf, spec, state);
  const batches = new BatchSource(dataset.train, spec.classes, batch, config.seed);
  const log = readLog(folder, state.step);

  const save = (): void => {
    writeCheckpoint(folder, spec, trainer.state());
    writeLog(folder, log);
  };
  const report = async (): Promise<void> => {
    const images = trainer.step === steps ? dataset.test.count : REPORT_IMAGES;
    const denoise = tensorDenoiser(tf, spec, trainer.average);
    log.push({ step: trainer.step, heldOut: await heldOutLoss(denoise, spec, dataset.test, images) });
    const samples = await sampleGrid(spec, SAMPLING_DEFAULTS, denoise, config.seed);
    writePictures(folder, trainer.step, { loss: lossCurve(log, batch), samples });
  };

  let interrupted = false;
  process.once("SIGINT", () => {
    interrupted = true;
  });

  const bar = progress("training", steps * batch, trainer.step * batch);
  const reportEvery = Math.max(1, Math.floor(steps / REPORTS));
  let saved = performance.now();
  let logged = performance.now();
  let losses: number[] = [];
  while (trainer.step < steps && !interrupted) {
    const rate = learningRate(config.learningRate, trainer.step + 1, steps);
    losses.push(trainer.train(batches.at(trainer.step + 1), rate));
    const { step } = trainer;
    const loss = losses.reduce((sum, value) => sum + value, 0) / losses.length;
    if (!Number.isFinite(loss))
      throw new UserError(`Expected a finite loss but received ${loss} at step ${step}: start anew with a lower --learning-rate`);
    bar.update(step * batch, `loss ${loss.toFixed(4)}`);
    if (step % LOG_EVERY === 0 || step === steps) {
      const now = performance.now();
      log.push({ step, loss, learningRate: rate, imagesPerSecond: Math.round((losses.length * batch * 1000) / (now - logged)) });
      [logged, losses] = [now, []];
    }
    if (step % reportEvery === 0 || step === steps) await report();
    if (performance.now() - saved > checkpointEvery * 1000 || step === steps) {
      save();
      saved = performance.now();
    }
    // A turn of the event loop, in which signals arrive.
    await setImmediate();
  }
  bar.stop();
  if (trainer.step < steps) {
    save();
    console.log(`stopped at step ${trainer.step} of ${steps}; go on with --resume`);
    return false;
  }
  console.log(`finished: pictures in ${folder}; held-out loss of the averaged weights over ${dataset.test.count} images:`);
  console.log(heldOutTable(log.flatMap((entry) => ("heldOut" in entry ? [entry.heldOut] : [])).at(-1) ?? []));
  return true;
}
