/** The part of a distillation that one process does: steps, reports and checkpoints until its end. */
import { join } from "node:path";
import type * as TF from "@tensorflow/tfjs";
import type { ModelCard } from "../../wasm-model/model/card.ts";
import { writeModel } from "../../wasm-model/model/onnx/writer.ts";
import type { Schedule } from "../../wasm-model/sampling/settings.ts";
import type { Backend } from "../backend/index.ts";
import { writeFileAtomically } from "../cli/files.ts";
import { Interruption } from "../cli/interruption.ts";
import { progress } from "../cli/progress.ts";
import { UserError } from "../cli/user-error.ts";
import { oneHot } from "../data/batches.ts";
import type { Dataset } from "../data/dataset.ts";
import { paddedSplit } from "../data/pad.ts";
import { keepCheckpoint } from "../learning/checkpoint.ts";
import { divergedLayer } from "../learning/divergence.ts";
import { moveAverage } from "../learning/ema.ts";
import { Learner } from "../learning/learner.ts";
import { initialState, isQuantized, learningRate } from "../learning/trainer.ts";
import type { Denoise } from "../network/draw.ts";
import { sampleGrid } from "../network/draw.ts";
import { initialParameters, modelOf, type Parameters, storedParameters } from "../network/parameters.ts";
import { type Interpretation, placeWeights, type Weights } from "../network/score-network.ts";
import { tensorDenoiser } from "../network/tensor-denoiser.ts";
import type { DistillConfig, MetricName } from "./config.ts";
import { classifierSpace, type FeatureSpace, jointSpace, pictureSpace, realMoments, teacherSpace } from "./features.ts";
import { emptyPopulation, FrechetLoss } from "./frechet.ts";
import { MatchingLoss } from "./matching.ts";
import { describeMetric, type Metric } from "./metric.ts";
import { normals, randomClasses } from "./random.ts";
import {
  bestOf,
  type DistillLogEntry,
  isReport,
  type Networks,
  readDistillLog,
  readDistillState,
  STUDENT,
  writeDistillLog,
  writeDistillState,
} from "./state.ts";
import { drawBatch } from "./trajectory.ts";

const LOG_EVERY = 10;

export interface Distillation {
  readonly folder: string;
  readonly config: DistillConfig;
  readonly networks: Networks;
  readonly dataset: Dataset;
  /** The one that the configuration names. */
  readonly metric: Metric;
  /** Seconds between checkpoints. */
  readonly checkpointEvery: number;
  /** Images between reports. */
  readonly reportEvery: number;
  /** Called between two pieces of work; throws an Interruption to end it. */
  readonly listen: () => Promise<void>;
}

/** The teacher's card for a network that draws by the schedule unless it is told otherwise. */
export function studentCard({ sampling, ...card }: ModelCard, schedule: Schedule): ModelCard {
  const steps = schedule.sigmas.length;
  const others = (sampling.schedules ?? []).filter(({ sigmas }) => sigmas.length !== steps);
  return { ...card, sampling: { ...sampling, sampler: "langevin", steps, schedules: [...others, schedule] } };
}

/** The best student's file, and the metric of the images of a report. */
export type BestStudent = { readonly student: string } & Readonly<Partial<Record<MetricName, number>>>;

/**
 * Goes on with the distillation in a folder to its end. Throws a UserError that names the layer when training has diverged, one when the disk is full, and the Interruption
 * of `listen`, when what was done is saved.
 */
export async function distill(
  backend: Backend,
  { folder, config, networks, dataset, metric, checkpointEvery, reportEvery, listen }: Distillation,
): Promise<BestStudent> {
  const { tf } = backend;
  const { teacher, init = teacher, featureClassifiers = [] } = networks;
  const { batch, schedule, seed, recipe, steps } = config;
  const card = studentCard(teacher.card, schedule);
  const { spec } = card;
  const shape = [batch, spec.height, spec.width, spec.channels];

  const before = readDistillState(folder, spec);
  const weights = (): Parameters => storedParameters(spec, new Map([...initialParameters(spec, seed), ...init.weights.floats]));
  const learner = (state = initialState(spec, weights())): Learner => new Learner(tf, spec, recipe, state);
  const student = learner(before?.student);
  const matching =
    config.method === "matching"
      ? new MatchingLoss(tf, spec, learner(before?.auxiliary), placeWeights(tf, spec, teacher.weights.floats))
      : undefined;
  const frechet = config.method === "frechet" ? await openFrechet() : undefined;
  const log: DistillLogEntry[] = readDistillLog(folder, student.step);
  let scales = before?.scales ?? [];

  async function openFrechet(): Promise<FrechetLoss> {
    const space = jointSpace([
      ...(config.teacherMaps ? [teacherSpace(tf, teacher)] : []),
      ...(featureClassifiers.length > 0 ? [pictureSpace(tf, card)] : []),
      ...featureClassifiers.map((one) => classifierSpace(tf, one, card)),
    ]);
    const trained: FeatureSpace = { ...space, features: (...input) => backend.train(() => space.features(...input)) };
    const real = await realMoments(tf, trained, paddedSplit(dataset.train, card), spec, listen);
    const populations = before?.populations ?? space.sizes.map((size) => emptyPopulation(size, spec.classes));
    return new FrechetLoss(tf, space, real, populations, { window: config.window, classWeight: recipe.classWeight });
  }

  const classesOf = (stream: string): { classes: Uint32Array; label: TF.Tensor2D } => {
    const classes = randomClasses(`${stream}/classes`, batch, spec.classes);
    return { classes, label: tf.tensor2d(oneHot(classes, spec.classes), [batch, spec.classes]) };
  };

  /** Images of a step, with the gradient to the weights where one is recorded. */
  const draw = (weights: Weights, stream: string, label: TF.Tensor, interpretation?: Interpretation): TF.Tensor =>
    drawBatch(tf, spec, weights, schedule, { label, stream }, interpretation);

  const save = (): void => {
    const state = { student: student.state(), auxiliary: matching?.auxiliary.state(), populations: frechet?.populations ?? [] };
    writeDistillLog(folder, log);
    writeDistillState(folder, spec, { ...state, scales });
  };

  // Saved first: one that is killed in the middle is made anew when the run goes on.
  const report = async (): Promise<void> => {
    save();
    const { step } = student;
    const averaged = tensorDenoiser(tf, spec, student.average);
    const listening: Denoise = async (...input) => {
      await listen();
      return averaged(...input);
    };
    const { value, classAccuracy } = await metric.measure(card, listening);
    const samples = await sampleGrid(card, listening, seed);
    const distances = frechet?.distances.map((distance, p) => Number((distance / scales[p]).toFixed(3)));
    const isBest = value < bestOf(log, config);
    log.push({ step, [metric.name]: value, ...(classAccuracy !== undefined && { classAccuracy }), ...(distances && { distances }) });
    const accuracy = classAccuracy === undefined ? "" : `, class accuracy ${(100 * classAccuracy).toFixed(1)} %`;
    const learnedBy = distances ? `, distances that it learns by ${distances.join(", ")} of those at the start` : "";
    console.log(`${step * batch} images: ${describeMetric(metric.name, value)}${accuracy} (${metric.images} images)${learnedBy}`);
    if (isBest) writeFileAtomically(join(folder, STUDENT), writeModel(modelOf(card, student.state().average)));
    writeFileAtomically(join(folder, "samples", `${String(step).padStart(6, "0")}.png`), samples);
    save();
    keepCheckpoint(folder);
  };

  /** One step of the student; returns the last loss of the auxiliary denoiser, where there is one. */
  const advance = (): number | undefined => {
    const next = student.step + 1;
    const stream = `${seed}/step/${next}`;
    const { classes, label } = classesOf(stream);
    const interpretation = { fakeQuantization: isQuantized(next, steps, recipe) };
    let drawn: TF.Tensor | undefined;
    const value = student.descend(
      () => {
        const images = draw(student.weights, stream, label, interpretation);
        if (frechet) return frechet.objective(images, classes, stream, scales);
        drawn = tf.keep(tf.tensor(images.dataSync(), shape));
        return (matching as MatchingLoss).objective(images, label, stream);
      },
      learningRate(config.learningRate, next, steps, recipe),
    );
    moveAverage(tf, student.average, student.weights, Math.min(recipe.averageDecay, next / (next + 10)));
    let loss: number | undefined;
    const rate = learningRate(recipe.auxiliary.learningRate, next, steps, recipe);
    for (let k = 0; matching && k < recipe.auxiliary.updates; k++) {
      loss = matching.follow({ images: drawn as TF.Tensor, label }, `${stream}/follow/${k}`, rate);
    }
    tf.dispose([label, ...(drawn ? [drawn] : [])]);
    if (Number.isFinite(value + (loss ?? 0))) return loss;
    throw Number.isFinite(value) ? diverged((matching as MatchingLoss).auxiliary, "auxiliary denoiser") : diverged(student, "student");
  };

  /** The checkpoint stays that of the last save, which was good. */
  const diverged = ({ weights }: Learner, name: string): UserError => {
    const stream = `${seed}/step/${student.step}`;
    const [sigma] = schedule.sigmas;
    const layer = tf.tidy(() => {
      const x = tf.mul(normals(tf, `${stream}/noise/0`, shape), sigma);
      return divergedLayer(tf, spec, weights, { x, sigma: tf.fill([batch, 1], sigma), label: classesOf(stream).label });
    });
    return new UserError(
      `Expected a finite loss but it is not at step ${student.step} of ${steps}: training has diverged, at the layer \`${layer}\` of the ${name}; start anew with a lower --learning-rate, or lower \`learningRate\` in \`${join(folder, "config.json")}\` and go on from the last checkpoint with --resume`,
    );
  };

  /** Images of the student as it begins, until the running populations are complete. */
  const fill = async (loss: FrechetLoss): Promise<void> => {
    for (let k = 0; k * batch < config.window; k++) {
      await listen();
      const stream = `${seed}/fill/${k}`;
      backend.train(() =>
        tf.tidy(() => {
          const { classes, label } = classesOf(stream);
          loss.admit(draw(student.weights, stream, label), classes, stream);
        }),
      );
    }
  };

  if (!before) {
    if (frechet) await fill(frechet);
    scales = frechet?.distances ?? [];
  }
  const reportsAt = (step: number): number => Math.floor((step * batch) / reportEvery);
  const reportIsDue = (): boolean => {
    const { step } = student;
    const isDue = step === 0 || step === steps || reportsAt(step) > reportsAt(step - 1);
    return isDue && !log.some((entry) => entry.step === step && isReport(entry));
  };
  const bar = progress("distilling", steps * batch, student.step * batch);
  try {
    if (reportIsDue()) await report();
    let saved = performance.now();
    let [logged, since] = [saved, student.step];
    while (student.step < steps) {
      await listen();
      const auxiliaryLoss = backend.train(advance);
      const { step } = student;
      bar.update(step * batch);
      if (step % LOG_EVERY === 0 || step === steps) {
        const now = performance.now();
        const imagesPerSecond = Math.round(((step - since) * batch * 1000) / (now - logged));
        const rate = learningRate(config.learningRate, step, steps, recipe);
        log.push({ step, learningRate: rate, imagesPerSecond, ...(auxiliaryLoss !== undefined && { auxiliaryLoss }) });
        [logged, since] = [now, step];
      }
      if (reportIsDue()) await report();
      else if (performance.now() - saved > checkpointEvery * 1000) save();
      else continue;
      saved = performance.now();
    }
  } catch (error) {
    if (error instanceof Interruption) save(); // a report that was cut short is made anew
    throw error;
  } finally {
    bar.stop();
  }
  const [file, best] = [join(folder, STUDENT), bestOf(log, config)];
  console.log(`the best student, ${describeMetric(metric.name, best)}: ${file}`);
  return { student: file, [metric.name]: best };
}
