/** The part of a distillation that one process does: steps, reports and checkpoints until its end. */
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type * as TF from "@tensorflow/tfjs";
import { grid } from "../../wasm-model/image/grid.ts";
import { toPixels } from "../../wasm-model/image/pixels.ts";
import { encodePng } from "../../wasm-model/image/png.ts";
import type { NetworkSpec } from "../../wasm-model/network.ts";
import { type Model, writeModel } from "../../wasm-model/onnx/writer.ts";
import type { Backend } from "../backend/index.ts";
import { BatchSource, oneHot, unitRange } from "../batches.ts";
import type { Dataset } from "../data/load.ts";
import type { Reference } from "../evaluate/reference.ts";
import { scheduleQuality } from "../evaluate/schedule-search.ts";
import { weightedLoss } from "../loss.ts";
import { effectiveParameters } from "../parameters.ts";
import { COLUMNS } from "../pictures.ts";
import { progress } from "../progress.ts";
import { denoise, placeWeights, type Weights } from "../score-network.ts";
import { tensorDenoiser } from "../tensor-denoiser.ts";
import { UserError } from "../user-error.ts";
import { writeFileAtomically } from "../write-file.ts";
import { Adversary } from "./adversary.ts";
import type { DistillConfig } from "./config.ts";
import { type FeatureSpace, realMoments } from "./features.ts";
import { emptyPopulation, FrechetLoss } from "./frechet.ts";
import { followPictures, matchingDirection, type Pictures } from "./matching.ts";
import { normals, randomClasses } from "./random.ts";
import { renoisedPictures } from "./rematch.ts";
import { inferenceParameters, initialReplica, Replica, type ReplicaState, withLossHead } from "./replica.ts";
import { type DistillLog, type DistillState, readDistillLog, readDistillState, writeDistillLog, writeDistillState } from "./state.ts";
import { drawTensors } from "./trajectory.ts";

/** Images of each report's FID. */
const REPORT_COUNT = 2000;
const LOG_EVERY = 10;
/** Steps over which the learning rate rises from 0. */
const WARMUP_STEPS = 20;

export interface Distillation {
  readonly folder: string;
  readonly config: DistillConfig;
  readonly teacher: Model;
  readonly dataset: Dataset;
  /** What students are measured with. */
  readonly reference: Reference;
  /** What `frechet` measures distances in. */
  readonly space: FeatureSpace | undefined;
  /** Seconds between checkpoints. */
  readonly checkpointEvery: number;
  /** Pictures between reports. */
  readonly reportEvery: number;
}

/** Share of the peak learning rate at step 1..total: constant, then linear to zero over the last `decay` of the run. */
export const fadeAt = (step: number, total: number, decay: number): number =>
  decay === 0 ? 1 : Math.min(1, (1 - (step - 1) / total) / decay);

/** The averaged weights as a model file has them. */
function studentModel({ card }: Model, { average }: ReplicaState): Model {
  const effective = effectiveParameters(card.spec, withLossHead(card.spec, average));
  const parameters = inferenceParameters(card.spec);
  return { card, weights: { floats: new Map([...effective].filter(([path]) => parameters.has(path))), convolutions: new Map() } };
}

export async function distill(backend: Backend, distillation: Distillation): Promise<void> {
  const { folder, config, teacher, dataset, reference, space, checkpointEvery, reportEvery } = distillation;
  const { tf } = backend;
  const { spec } = teacher.card;
  const { batch, schedule, seed } = config;
  const total = Math.ceil(config.images / batch);
  const usesAuxiliary = config.methods.some((method) => method === "matching" || method === "rematch");
  const isRenoised = config.methods.includes("rematch");
  const placedTeacher: Weights = placeWeights(tf, spec, teacher.weights.floats);
  const data = new BatchSource(dataset.train, spec.classes, batch, seed);
  const shape = [batch, spec.height, spec.width, spec.channels];

  const initial = (): DistillState => ({
    step: 0,
    student: initialReplica(spec, teacher.weights.floats),
    auxiliary: undefined,
    adversary: undefined,
    populations: undefined,
    scales: [],
    bestFid: Infinity,
  });
  const state = readDistillState(folder, spec) ?? initial();
  const student = new Replica(tf, spec, state.student, config.conditioningOnly ? ["conv"] : []);
  const auxiliary = usesAuxiliary ? new Replica(tf, spec, state.auxiliary ?? initialReplica(spec, teacher.weights.floats)) : undefined;
  const adversary = config.methods.includes("adversary") ? new Adversary(tf, teacher, state.adversary, seed) : undefined;
  const frechet =
    space &&
    new FrechetLoss(
      tf,
      space,
      backend.train(() => realMoments(tf, space, dataset)),
      state.populations ?? space.sizes.map((size) => emptyPopulation(size, spec.classes)),
      config,
    );
  const log: DistillLog[] = readDistillLog(folder, state.step);
  let { step, scales, bestFid } = state;

  /** Learning rate of the student: 0 during the head start, a short warm-up, constant, then linear to zero. */
  const rateAt = (step: number): number => {
    const own = Math.max(0, step - config.auxiliaryHeadStart);
    return config.learningRate * Math.min(1, own / WARMUP_STEPS, fadeAt(step, total, config.decay));
  };

  /** Classes of a step's pictures, and training images of these classes where pictures begin at such. */
  const subjects = (stream: string): { classes: Uint32Array; label: TF.Tensor2D; clean: TF.Tensor | undefined } => {
    const { classes, images } = isRenoised
      ? randomImages(dataset, stream, batch)
      : { classes: randomClasses(`${stream}/classes`, batch, spec.classes), images: undefined };
    const label = tf.tensor2d(oneHot(classes, spec.classes), [batch, spec.classes]);
    return { classes, label, clean: images && tf.tensor(images, shape) };
  };

  /** Pictures of a step, with the gradient to the weights where one is recorded. */
  const draw = (weights: Weights, stream: string, label: TF.Tensor, clean: TF.Tensor | undefined): TF.Tensor => {
    const interpretation = { fakeQuantization: config.fakeQuantization };
    const each = (x: TF.Tensor, sigma: TF.Tensor): TF.Tensor => denoise(tf, spec, weights, { x, sigma, label }, interpretation);
    if (clean) return renoisedPictures(tf, each, schedule, clean, stream);
    const noise = schedule.sigmas.map((_, i) => normals(tf, `${stream}/noise/${i}`, shape));
    return drawTensors(tf, (x, sigma) => each(x, tf.fill([batch, 1], sigma)), schedule, noise);
  };

  const save = (): void => {
    const all = {
      step,
      student: student.state(),
      auxiliary: auxiliary?.state(),
      adversary: adversary?.state(),
      populations: frechet?.populations,
      scales,
      bestFid,
    };
    writeDistillState(folder, spec, all);
    writeDistillLog(folder, log);
  };

  const report = async (): Promise<void> => {
    const denoiser = tensorDenoiser(tf, spec, student.average);
    const trial = { tf, reference, card: teacher.card, denoise: denoiser, count: REPORT_COUNT, seed: "distill/report" };
    const { fid, classAccuracy } = await scheduleQuality(trial, schedule);
    log.push({ step, images: step * batch, fid, classAccuracy });
    const relative = frechet?.distances.map((distance, p) => (distance / scales[p]).toFixed(3)).join(" ");
    console.log(
      `${step * batch} images: FID ${fid.toFixed(3)}${relative ? `, what it learns by ${relative}` : ""}, class accuracy ${(100 * classAccuracy).toFixed(1)} % (${REPORT_COUNT} images)`,
    );
    if (fid < bestFid) {
      bestFid = fid;
      writeFileAtomically(join(folder, "student-fp32.onnx"), writeModel(studentModel(teacher, student.state())));
    }
    const samples = await sampleGrid(backend, student.average, spec, config);
    writeFileAtomically(join(folder, "samples", `${String(step).padStart(6, "0")}.png`), samples);
    save();
  };

  const advance = (): Record<string, number> => {
    const stream = `${seed}/step/${step}`;
    const { classes, label, clean } = subjects(stream);
    const losses: Record<string, number> = {};
    const auxiliaryRate = config.auxiliaryRate * fadeAt(step, total, config.decay);
    let drawn: TF.Tensor | undefined;
    if (step > config.auxiliaryHeadStart) {
      const objective = (): TF.Scalar => {
        const pictures = draw(student.weights, stream, label, clean);
        const values = pictures.dataSync() as Float32Array;
        drawn = tf.keep(tf.tensor(values, shape));
        const terms: TF.Scalar[] = [];
        if (auxiliary) {
          const direction = matchingDirection(tf, spec, auxiliary.weights, placedTeacher, { images: drawn, label }, `${stream}/match`);
          losses.matching = (tf.mean(tf.abs(direction)).dataSync() as Float32Array)[0];
          terms.push(tf.mean(tf.mul(pictures, tf.tensor(direction.dataSync(), shape))) as TF.Scalar);
        }
        if (frechet) terms.push(tf.mul(frechet.objective(pictures, classes, stream, scales), config.frechetWeight) as TF.Scalar);
        if (adversary) {
          const loss = adversary.objective(pictures, label, `${stream}/adversary`);
          losses.adversarial = (loss.dataSync() as Float32Array)[0];
          terms.push(tf.mul(loss, config.adversaryWeight) as TF.Scalar);
        }
        if (config.denoisingWeight > 0) {
          const examples = data.at(step);
          const tensors = {
            clean: tf.tensor(examples.clean, shape),
            noise: tf.tensor(examples.noise, shape),
            sigma: tf.tensor(examples.sigma, [batch, 1]),
            label: tf.tensor(examples.label, [batch, spec.classes]),
          };
          const loss = tf.mean(weightedLoss(tf, spec, student.weights, tensors)) as TF.Scalar;
          losses.denoising = (loss.dataSync() as Float32Array)[0];
          terms.push(tf.mul(loss, config.denoisingWeight) as TF.Scalar);
        }
        return terms.reduce((sum, term) => tf.add(sum, term) as TF.Scalar);
      };
      student.descend(objective, rateAt(step), step);
      student.follow(Math.min(config.averageDecay, step / (step + 10)));
    } else {
      drawn = tf.tidy(() => draw(student.weights, stream, label, clean));
    }
    const pictures: Pictures = { images: drawn as TF.Tensor, label };
    if (auxiliary) {
      for (let k = 0; k < config.auxiliaryUpdates; k++) {
        const update = { rate: auxiliaryRate, step: (step - 1) * config.auxiliaryUpdates + k + 1 };
        losses.auxiliary = followPictures(tf, spec, auxiliary, placedTeacher, pictures, `${stream}/follow/${k}`, update);
      }
    }
    if (adversary) {
      for (let k = 0; k < config.auxiliaryUpdates; k++) {
        const { classes: realClasses, images: realImages } = randomImages(dataset, `${stream}/real/${k}`, batch);
        const real = { images: tf.tensor(realImages, shape), label: tf.tensor2d(oneHot(realClasses, spec.classes), [batch, spec.classes]) };
        const number = (step - 1) * config.auxiliaryUpdates + k + 1;
        losses.adversary = adversary.learn(pictures, real, `${stream}/adversary/${k}`, auxiliaryRate, number);
        tf.dispose([real.images, real.label]);
      }
    }
    tf.dispose([label, drawn as TF.Tensor, ...(clean ? [clean] : [])]);
    return losses;
  };

  const fill = (): void => {
    if (!frechet) return;
    for (let k = 0; k * batch < config.window; k++) {
      const stream = `${seed}/fill/${k}`;
      tf.tidy(() => {
        const { classes, label, clean } = subjects(stream);
        frechet.admit(draw(student.weights, stream, label, clean), classes, stream);
      });
    }
    scales = frechet.distances;
  };

  if (step === 0) {
    backend.train(fill);
    await report();
  }
  const bar = progress("distilling", total * batch, step * batch);
  let saved = performance.now();
  let logged = performance.now();
  let since = step;
  while (step < total) {
    await setImmediate();
    step++;
    const losses = backend.train(advance);
    const bad = Object.entries(losses).find(([, value]) => !Number.isFinite(value));
    if (bad)
      throw new UserError(`Expected finite losses but \`${bad[0]}\` is ${bad[1]} at step ${step}: start anew with a lower --learning-rate`);
    const note = Object.entries(losses).map(([name, value]) => `${name} ${value.toPrecision(4)}`);
    bar.update(step * batch, note.join(", "));
    if (step % LOG_EVERY === 0 || step === total) {
      const now = performance.now();
      const learningRate = rateAt(step);
      log.push({ step, losses, learningRate, imagesPerSecond: Math.round(((step - since) * batch * 1000) / (now - logged)) });
      [logged, since] = [now, step];
    }
    const isReport = Math.floor((step * batch) / reportEvery) > Math.floor(((step - 1) * batch) / reportEvery) || step === total;
    if (isReport) await report();
    else if (performance.now() - saved > checkpointEvery * 1000) save();
    else continue;
    saved = performance.now();
  }
  bar.stop();
}

/** Training images, each as likely, with their classes. */
function randomImages({ train }: Dataset, stream: string, count: number): { classes: Uint32Array; images: Float32Array } {
  const size = train.images.length / train.count;
  const indices = randomClasses(`${stream}/images`, count, train.count);
  const images = new Float32Array(count * size);
  for (const [b, i] of indices.entries()) images.set(unitRange(train.images.subarray(i * size, (i + 1) * size)), b * size);
  return { classes: Uint32Array.from(indices, (i) => train.labels[i]), images };
}

/** A PNG of eight pictures of each class, a class a row, of the same noise in every report. */
async function sampleGrid({ tf }: Backend, weights: Weights, spec: NetworkSpec, { schedule, seed }: DistillConfig): Promise<Uint8Array> {
  const { channels, height, width } = spec;
  const count = spec.classes * COLUMNS;
  const classes = Uint32Array.from({ length: count }, (_, k) => Math.floor(k / COLUMNS));
  const values = tf.tidy(() => {
    const label = tf.tensor2d(oneHot(classes, spec.classes), [count, spec.classes]);
    const noise = schedule.sigmas.map((_, i) => normals(tf, `${seed}/samples/${i}`, [count, height, width, channels]));
    const pictures = drawTensors(
      tf,
      (x, sigma) => denoise(tf, spec, weights, { x, sigma: tf.fill([count, 1], sigma), label }),
      schedule,
      noise,
    );
    return tf.transpose(pictures, [0, 3, 1, 2]).dataSync() as Float32Array;
  });
  const size = channels * height * width;
  const images = Array.from(classes, (_, k) => ({
    pixels: toPixels(values.subarray(k * size, (k + 1) * size), channels),
    width,
    height,
    channels,
  }));
  return encodePng(grid(images, COLUMNS));
}
