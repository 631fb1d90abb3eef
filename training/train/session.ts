/** The part of a run that one process does: steps, reports and checkpoints until the run's end or Ctrl-C. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Model } from "../../wasm-model/model/onnx/writer.ts";
import type { Backend } from "../backend/index.ts";
import { writeFileAtomically } from "../cli/files.ts";
import { hearCtrlC, Interruption } from "../cli/interruption.ts";
import { progress } from "../cli/progress.ts";
import { UserError } from "../cli/user-error.ts";
import { BatchSource } from "../data/batches.ts";
import type { Dataset } from "../data/dataset.ts";
import { paddedSplit } from "../data/pad.ts";
import { kernelMetric } from "../distill/metric.ts";
import { keepCheckpoint, readPreviousCheckpoint, restoreCheckpoint, type TrainingState, writeCheckpoint } from "../learning/checkpoint.ts";
import { isQuantized, learningRate, Trainer } from "../learning/trainer.ts";
import { drawImages } from "../measure/images.ts";
import { describeMemorization, LOOKED_AT, memorization } from "../measure/memorization.ts";
import { drawSettings } from "../measure/settings.ts";
import type { Denoise } from "../network/draw.ts";
import { sampleGrid } from "../network/draw.ts";
import { guidedTeacher } from "../network/guided-teacher.ts";
import { heldOutLoss, heldOutTable, lossOverUntrained } from "../network/held-out.ts";
import { tensorDenoiser } from "../network/tensor-denoiser.ts";
import { readChosenSampling } from "../run/sampling-file.ts";
import { type SweepRun, sweep, sweepForStudent } from "../tune/sweep.ts";
import { reportsOf } from "./budget.ts";
import { cardOf, type RunConfig, type StudentSettings, trainedModel } from "./config.ts";
import { hasReport, type LogEntry, NEIGHBOURS, writeLog, writePictures } from "./folder.ts";
import { lossCurve } from "./loss-curve.ts";
import { describeStudent, distillStudent, finishedStudent, STUDENT_FOLDER } from "./student.ts";
import { timeAndPlace } from "./training-time.ts";

export interface Session {
  /** The run folder, which exists. */
  readonly folder: string;
  readonly config: RunConfig;
  readonly dataset: Dataset;
  readonly state: TrainingState;
  /** Whom the network learns from, in a run that distils guidance. */
  readonly teacher?: Model | undefined;
  /** Of the steps so far. */
  readonly log: readonly LogEntry[];
  /** Seconds between checkpoints. */
  readonly checkpointEvery: number;
}

/** Steps per line of the log. */
const LOG_EVERY = 50;
/** A network whose held-out loss is this often that of an untrained one has diverged; one that learns soon falls below 1. */
const DIVERGED = 10;

/** To three digits. */
const rounded = (value: number): number => Number(value.toPrecision(3));

/**
 * Trains to the run's end: true; or, on SIGINT, saves and stops early: false. Throws a UserError when training has diverged, which names the layer and leaves the last good
 * checkpoint in place, or the disk is full.
 */
export async function train(
  backend: Backend,
  { folder, config, dataset, state, teacher, log: before, checkpointEvery }: Session,
): Promise<boolean> {
  const { tf } = backend;
  const { spec, recipe, steps, batch, guidance } = config;
  const trainer = new Trainer(tf, spec, recipe, state, teacher && guidance && guidedTeacher(tf, teacher, guidance));
  const mirrored = config.mirror ? { ...spec, ...config.crop } : undefined;
  const batches = new BatchSource(dataset.train, spec.classes, batch, recipe, config.seed, mirrored, config);
  const test = paddedSplit(dataset.test, config);
  const reports = reportsOf(config, test.count);
  const log = [...before];

  const listen = hearCtrlC();
  let saved = performance.now();
  // The log is written first: lines beyond the checkpoint are dropped on resume, but missing lines could not be recovered.
  const save = (): void => {
    writeLog(folder, log);
    writeCheckpoint(folder, spec, trainer.state());
    saved = performance.now();
  };
  const diverged = (expectation: string, of: "weights" | "average"): UserError => {
    const layer = trainer.divergedLayer(of, batches.at(trainer.step));
    const good = readPreviousCheckpoint(folder, spec);
    if (good) restoreCheckpoint(folder);
    const goOn = `, or lower \`learningRate\` in \`${join(folder, "config.json")}\` and go on from step ${good?.step}, the last good one, with --resume`;
    return new UserError(
      `${expectation} at step ${trainer.step} of ${steps}: training has diverged, at the layer \`${layer}\`; start anew with a lower --learning-rate${good ? goOn : ""}`,
    );
  };
  /** The averaged network, during whose work Ctrl-C is heard. */
  const listening = (): ((...input: Parameters<Denoise>) => Promise<Float32Array>) => {
    const denoise = tensorDenoiser(tf, spec, trainer.average);
    return async (...input) => {
      await listen();
      return denoise(...input);
    };
  };
  // A report enters the log when it is complete: one that was cut short is made anew when the run goes on.
  const report = async (): Promise<void> => {
    save();
    const { step } = trainer;
    const images = step === steps ? reports.lastImages : reports.images;
    const denoise = listening();
    const heldOut = await heldOutLoss(denoise, spec, test, images);
    const ratio = lossOverUntrained(heldOut, spec, test, images);
    if (!(ratio < DIVERGED)) {
      throw diverged(
        `Expected a held-out loss below ${DIVERGED} times that of an untrained network but received ${rounded(ratio)} times that`,
        "average",
      );
    }
    if (step === steps && !guidance && ratio >= 1) {
      console.log(
        `the network denoises no better than an untrained one, whose held-out loss it has ${rounded(ratio)} times: take more --images or a lower --learning-rate`,
      );
    }
    const samples = await sampleGrid(cardOf(config), denoise, config.seed);
    log.push({ step, heldOut, testImages: images });
    writePictures(folder, step, { loss: lossCurve(log, config), samples });
    writeLog(folder, log);
    keepCheckpoint(folder);
    saved = performance.now();
  };
  const reportEvery = Math.max(1, Math.floor(steps / reports.count));
  let opened: SweepRun | undefined;
  /** What settings, and the student, are measured with; of a run that has a sweep. */
  const search = (pictures: number): SweepRun => {
    if (opened) return opened;
    const model = trainedModel(config, trainer.state().average);
    const metric = kernelMetric(tf, { dataset, model, pictures, seed: `${config.seed}/sweep` });
    opened = { folder, card: model.card, denoise: listening(), metric };
    return opened;
  };
  /** Tunes the sampling settings, and draws the last grid with them. */
  const tune = async (pictures: number): Promise<void> => {
    if (readChosenSampling(folder)) return;
    const sampling = await sweep(search(pictures));
    const samples = await sampleGrid(cardOf(config, sampling), listening(), config.seed);
    writePictures(folder, steps, { loss: lossCurve(log, config), samples });
  };
  /** Distills the student, for whose few evaluations other settings are best. */
  const teachStudent = async (pictures: number, student: StudentSettings): Promise<void> => {
    if (finishedStudent(folder)) return;
    const { metric } = search(pictures);
    const sampling = await sweepForStudent(search(pictures), student.evaluations);
    const teacher = trainedModel(config, trainer.state().average, readChosenSampling(folder));
    await distillStudent(backend, { folder, config, student, dataset, teacher, sampling, metric, checkpointEvery, listen });
  };
  /** Pictures of the finished network beside their nearest training images. */
  const showNeighbours = async (): Promise<void> => {
    const path = join(folder, NEIGHBOURS);
    if (existsSync(path)) return;
    const card = cardOf(config, readChosenSampling(folder));
    const imageSet = { settings: drawSettings(card, {}), count: LOOKED_AT, seed: config.seed };
    const pictures = await drawImages({ card, denoiser: { denoise: listening() } }, imageSet);
    const found = await memorization(tf, dataset, pictures);
    writeFileAtomically(path, found.sheet);
    console.log(`${describeMemorization(found, dataset.train.count)}: see ${path}`);
  };
  const reportIsDue = (): boolean =>
    trainer.step > 0 && (trainer.step % reportEvery === 0 || trainer.step === steps) && !hasReport(log, trainer.step);

  const bar = progress("training", steps * batch, trainer.step * batch);
  try {
    if (reportIsDue()) await report();
    let logged = performance.now();
    let losses: number[] = [];
    while (trainer.step < steps) {
      await listen();
      const rate = learningRate(config.learningRate, trainer.step + 1, steps, recipe);
      const examples = batches.at(trainer.step + 1);
      const fakeQuantization = isQuantized(trainer.step + 1, steps, recipe);
      losses.push(backend.train(() => trainer.train(examples, rate, { fakeQuantization })));
      const { step } = trainer;
      const loss = losses.reduce((sum, value) => sum + value, 0) / losses.length;
      if (!Number.isFinite(loss)) throw diverged(`Expected a finite loss but received ${loss}`, "weights");
      bar.update(step * batch, `loss ${loss.toFixed(4)}`);
      if (step % LOG_EVERY === 0 || step === steps) {
        const now = performance.now();
        log.push({ step, loss, learningRate: rate, imagesPerSecond: rounded((losses.length * batch * 1000) / (now - logged)) });
        [logged, losses] = [now, []];
      }
      if (reportIsDue()) await report();
      else if (performance.now() - saved > checkpointEvery * 1000) save();
    }
    bar.stop();
    const { sweep: pictures, student } = config;
    if (pictures !== undefined) await tune(pictures);
    await showNeighbours();
    if (pictures !== undefined && student) await teachStudent(pictures, student);
  } catch (error) {
    if (!(error instanceof Interruption)) throw error;
    bar.stop();
    save();
    const stage = existsSync(join(folder, STUDENT_FOLDER)) ? ", while the student learns" : "";
    console.log(`stopped at step ${trainer.step} of ${steps}${stage}; go on with --resume`);
    return false;
  }
  console.log(`trained${timeAndPlace(log, config)}`);
  console.log(`finished: pictures in ${folder}; held-out loss of the averaged weights over ${reports.lastImages} images:`);
  console.log(heldOutTable(log.flatMap((entry) => ("heldOut" in entry ? [entry.heldOut] : [])).at(-1) ?? []));
  const student = config.student && finishedStudent(folder);
  if (student) console.log(describeStudent(student));
  return true;
}
