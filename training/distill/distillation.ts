/**
 * A distillation as the loop of a run sees it (run/loop.ts). In each step the student draws images with its whole
 * schedule and learns to reduce their Fréchet distance to training images.
 */
import type * as TF from "@tensorflow/tfjs";
import type { ModelCard } from "../../wasm-model/model/card.ts";
import { writeModel } from "../../wasm-model/model/onnx/writer.ts";
import type { Denoise } from "../../wasm-model/sampling/sampler.ts";
import type { Schedule } from "../../wasm-model/sampling/settings.ts";
import type { Backend } from "../backend/index.ts";
import { writeFileAtomically } from "../cli/files.ts";
import { oneHot } from "../data/batches.ts";
import { paddedSplit } from "../data/dataset.ts";
import { initialState, type StateFormat } from "../learning/checkpoint.ts";
import { divergedLayer } from "../learning/divergence.ts";
import { Learner } from "../learning/learner.ts";
import { moveAverage } from "../learning/optimizer.ts";
import { isQuantized, rateAt } from "../learning/recipe.ts";
import { sampleGrid } from "../network/draw.ts";
import { initialParameters, modelOf, storedParameters } from "../network/parameters.ts";
import { type Interpretation, tensorDenoiser } from "../network/score-network.ts";
import type { SpeedLine } from "../run/folder.ts";
import { type Divergence, type Learning, runToEnd } from "../run/loop.ts";
import type { MetricName } from "./config.ts";
import { classifierSpace, type FeatureSpace, jointSpace, realMoments, teacherSpace } from "./features.ts";
import {
  bestOf,
  bestReport,
  type DistillLogEntry,
  type DistillReport,
  type DistillState,
  distillationFormat,
  type OpenDistillation,
  STUDENT,
} from "./folder.ts";
import { emptyPopulation, FrechetLoss } from "./frechet.ts";
import { describeIndependent, describeMetric, type Metric } from "./metric.ts";
import { drawBatch, normals, randomClasses } from "./trajectory.ts";

export interface Distillation extends OpenDistillation {
  /** The metric that the configuration names. */
  readonly metric: Metric;
  /** Seconds between checkpoints. */
  readonly checkpointEvery: number;
  /** Images between reports. */
  readonly reportEvery: number;
  /** Called between two pieces of work; throws an Interruption to stop the run. */
  readonly listen: () => Promise<void>;
}

/** The teacher's card, with the schedule as the default of sampling. */
export function studentCard({ sampling, ...card }: ModelCard, schedule: Schedule): ModelCard {
  const steps = schedule.sigmas.length;
  const others = (sampling.schedules ?? []).filter(({ sigmas }) => sigmas.length !== steps);
  return { ...card, sampling: { ...sampling, sampler: "langevin", steps, schedules: [...others, schedule] } };
}

/**
 * The best student's file and the metric that chose it; beside the kernel distance, also the distance in other
 * features.
 */
export type BestStudent = { readonly student: string } & Readonly<Partial<Record<MetricName | "independentDistance", number>>>;

class Distilling implements Learning<DistillState, DistillLogEntry> {
  readonly title = "distilling";
  readonly logEvery = 10;
  readonly steps: number;
  readonly batch: number;
  readonly format: StateFormat<DistillState>;
  private readonly backend: Backend;
  private readonly distillation: Distillation;
  private readonly card: ModelCard;
  private readonly student: Learner;
  private readonly loss: FrechetLoss;
  /** Each part's distance at the start. */
  private scales: readonly number[];

  constructor(backend: Backend, distillation: Distillation, student: Learner, loss: FrechetLoss, scales: readonly number[]) {
    const { config, networks } = distillation;
    this.steps = config.steps;
    this.batch = config.batch;
    this.backend = backend;
    this.distillation = distillation;
    this.card = studentCard(networks.teacher.card, config.schedule);
    this.format = distillationFormat(this.card.spec);
    this.student = student;
    this.loss = loss;
    this.scales = scales;
  }

  get step(): number {
    return this.student.step;
  }

  state(): DistillState {
    const student = this.student.state();
    return { step: student.step, student, populations: this.loss.populations, scales: this.scales };
  }

  rateOf(step: number): number {
    return rateAt(this.distillation.config, step);
  }

  /** Draws images with the initial student until the running populations are full. */
  async begin(): Promise<void> {
    const { batch, backend, loss } = this;
    const { config, listen } = this.distillation;
    for (let k = 0; k * batch < config.window; k++) {
      await listen();
      const stream = `${config.seed}/fill/${k}`;
      backend.train(() =>
        backend.tf.tidy(() => {
          const { classes, label } = this.classesOf(stream);
          loss.admit(this.draw(stream, label), classes, stream);
        }),
      );
    }
    this.scales = loss.distances;
  }

  advance(): number {
    return this.backend.train(() => {
      const { student, steps } = this;
      const { tf } = this.backend;
      const { recipe } = this.distillation.config;
      const next = student.step + 1;
      const stream = this.streamOf(next);
      const { classes, label } = this.classesOf(stream);
      const interpretation = { fakeQuantization: isQuantized(next, steps, recipe) };
      const objective = (): TF.Scalar => this.loss.objective(this.draw(stream, label, interpretation), classes, stream, this.scales);
      const value = student.descend(objective, this.rateOf(next));
      moveAverage(tf, student.average, student.weights, 1 - Math.min(recipe.averageDecay, next / (next + 10)));
      tf.dispose(label);
      return value;
    });
  }

  lineOf(speed: SpeedLine): DistillLogEntry {
    return speed;
  }

  isReportStep(): boolean {
    const { step, steps } = this;
    const reportsAt = (at: number): number => Math.floor((at * this.batch) / this.distillation.reportEvery);
    return step === 0 || step === steps || reportsAt(step) > reportsAt(step - 1);
  }

  async report(log: readonly DistillLogEntry[]): Promise<DistillReport> {
    const { step, card, student } = this;
    const { config, metric, run, listen } = this.distillation;
    const averaged = tensorDenoiser(this.backend.tf, card.spec, student.average);
    const denoise: Denoise = async (...input) => {
      await listen();
      return averaged(...input);
    };
    const { value, independentDistance, classAccuracy } = await metric.measure(card, denoise);
    const samples = await sampleGrid(card, denoise, config.seed);
    const distances = this.loss.distances.map((distance, p) => Number((distance / this.scales[p]).toFixed(3)));
    const accuracy = classAccuracy === undefined ? "" : `, class accuracy ${(100 * classAccuracy).toFixed(1)} %`;
    console.log(
      `${step * this.batch} images: ${describeMetric(metric.name, value)}${accuracy} (${metric.images} images), training distances ${distances.join(", ")} of those at the start`,
    );
    if (value < bestOf(log, config)) writeFileAtomically(run.file(STUDENT), writeModel(modelOf(card, student.state().average)));
    run.writeSamples(step, samples);
    return {
      ...{ step, [metric.name]: value },
      ...(independentDistance !== undefined && { independentDistance }),
      ...(classAccuracy !== undefined && { classAccuracy }),
      distances,
    };
  }

  divergedLayer(of: Divergence["of"]): string {
    const { batch, card, student } = this;
    const { tf } = this.backend;
    const stream = this.streamOf(this.step);
    const [sigma] = this.distillation.config.schedule.sigmas;
    return tf.tidy(() => {
      const x = tf.mul(normals(tf, `${stream}/noise/0`, [batch, card.spec.height, card.spec.width, card.spec.channels]), sigma);
      return divergedLayer(tf, card.spec, student[of], { x, sigma: tf.fill([batch, 1], sigma), label: this.classesOf(stream).label });
    });
  }

  /** Names the random numbers of a step. */
  private streamOf(step: number): string {
    return `${this.distillation.config.seed}/step/${step}`;
  }

  private classesOf(stream: string): { classes: Uint32Array; label: TF.Tensor2D } {
    const { classes: count } = this.card.spec;
    const classes = randomClasses(`${stream}/classes`, this.batch, count);
    return { classes, label: this.backend.tf.tensor2d(oneHot(classes, count), [this.batch, count]) };
  }

  /** The student's images, differentiable with respect to its weights. */
  private draw(stream: string, label: TF.Tensor, interpretation?: Interpretation): TF.Tensor {
    const { schedule } = this.distillation.config;
    return drawBatch(this.backend.tf, this.card.spec, this.student.weights, schedule, { label, stream }, interpretation);
  }
}

/**
 * Continues the distillation in a folder to its end. Throws the Interruption of `listen` after saving. Throws a
 * UserError when the disk is full or training has diverged; for a divergence it names the layer.
 */
export async function distill(backend: Backend, distillation: Distillation): Promise<BestStudent> {
  const { run, config, networks, metric, checkpointEvery, listen } = distillation;
  const { teacher, init = teacher } = networks;
  const { spec } = teacher.card;
  const before = run.hasState ? run.readStateToResume(distillationFormat(spec), console.log) : undefined;
  const weights = () => storedParameters(spec, new Map([...initialParameters(spec, config.seed), ...init.weights.floats]));
  const student = new Learner(backend.tf, spec, config.recipe, before?.student ?? initialState(spec, weights()));
  const loss = await openLoss(backend, distillation, before);
  const distilling = new Distilling(backend, distillation, student, loss, before?.scales ?? []);
  if (!before) await distilling.begin();
  const log = run.readLog(student.step);
  await runToEnd(run, distilling, { log, checkpointEvery, listen });
  const file = run.file(STUDENT);
  const { [metric.name]: best = Number.POSITIVE_INFINITY, independentDistance } = bestReport(log, config) ?? {};
  const figure =
    independentDistance === undefined
      ? `${describeMetric(metric.name, best)} by the tuning classifier, which chose it (\`npx anneal evaluate\` asks the judging one)`
      : describeIndependent(independentDistance);
  console.log(`the best student, ${figure}: ${file}`);
  return { student: file, [metric.name]: best, ...(independentDistance !== undefined && { independentDistance }) };
}

/** The student's loss. */
async function openLoss(backend: Backend, distillation: Distillation, before: DistillState | undefined): Promise<FrechetLoss> {
  const { config, networks, dataset, listen } = distillation;
  const { tf } = backend;
  const { teacher, featureClassifier } = networks;
  const { card } = teacher;
  const space = jointSpace([teacherSpace(tf, teacher), ...(featureClassifier ? [classifierSpace(tf, featureClassifier, card)] : [])]);
  const trained: FeatureSpace = { ...space, features: (...input) => backend.train(() => space.features(...input)) };
  const real = await realMoments(tf, trained, paddedSplit(dataset.train, card), card.spec, listen);
  const populations = before?.populations ?? space.sizes.map((size) => emptyPopulation(size, card.spec.classes));
  return new FrechetLoss(tf, space, real, populations, { window: config.window, classWeight: config.recipe.classWeight });
}
