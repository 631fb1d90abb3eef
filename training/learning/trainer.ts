/** Training by denoising. */
import type * as TF from "@tensorflow/tfjs";
import type { NetworkSpec } from "../../wasm-model/network/spec.ts";
import type { TrainingBatch } from "../data/batches.ts";
import { type BatchTensors, noisyImages, type Teach, taughtBatch, trainingObjective } from "../network/loss.ts";
import type { Interpretation, Tf } from "../network/score-network.ts";
import type { TrainingState } from "./checkpoint.ts";
import { divergedLayer } from "./divergence.ts";
import { Learner } from "./learner.ts";
import { averageStep } from "./optimizer.ts";
import type { TrainingRecipe } from "./recipe.ts";

export class Trainer extends Learner {
  private readonly spec: NetworkSpec;
  private readonly averageGamma: number;
  private readonly teach: Teach | undefined;

  /** With `teach` the network learns the teacher's images instead of the clean ones. */
  constructor(tf: Tf, spec: NetworkSpec, recipe: TrainingRecipe, state: TrainingState, teach?: Teach) {
    super(tf, spec, recipe, state);
    this.spec = spec;
    this.averageGamma = recipe.averageGamma;
    this.teach = teach;
  }

  /**
   * One step on one batch, which also updates the average. Returns the mean weighted loss (about 1 for an untrained
   * network) before the update.
   */
  train(batch: TrainingBatch, rate: number, interpretation?: Interpretation): number {
    const { tf, spec, groups } = this;
    const data = this.place(batch);
    let loss: TF.Scalar | undefined;
    this.descend(() => {
      const result = trainingObjective(tf, spec, groups.weights, data, interpretation);
      loss = tf.keep(result.loss);
      return result.objective;
    }, rate);
    averageStep(tf, groups.average, groups.weights, this.averageGamma, this.step);
    const mean = (loss as TF.Scalar).dataSync()[0] as number;
    tf.dispose([data as unknown as TF.NamedTensorMap, loss as TF.Scalar]);
    return mean;
  }

  /** The layer where the weights or the average have diverged, found by evaluating a batch. */
  divergedLayer(of: "weights" | "average", examples: TrainingBatch): string {
    const { tf, spec } = this;
    const batch = this.place(examples);
    const layer = tf.tidy(() => divergedLayer(tf, spec, this.groups[of], { ...batch, x: noisyImages(tf, batch) }));
    tf.dispose(batch as unknown as TF.NamedTensorMap);
    return layer;
  }

  private place({ clean, noise, sigma, label }: TrainingBatch): BatchTensors {
    const { tf, spec, teach } = this;
    const images = [sigma.length, spec.height, spec.width, spec.channels] as [number, number, number, number];
    const batch = {
      clean: tf.tensor(clean, images),
      noise: tf.tensor(noise, images),
      sigma: tf.tensor(sigma, [sigma.length, 1]),
      label: tf.tensor(label, [sigma.length, spec.classes]),
    };
    return teach ? taughtBatch(tf, batch, teach) : batch;
  }
}
