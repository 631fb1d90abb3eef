/** Training by denoising. */
import type * as TF from "@tensorflow/tfjs";
import { CHANGES } from "../../wasm-model/network/network.ts";
import type { NetworkSpec } from "../../wasm-model/network/spec.ts";
import type { Backend } from "../backend/index.ts";
import type { RunStep } from "../backend/step.ts";
import type { TrainingBatch } from "../data/batches.ts";
import { type BatchTensors, noisyImages, type Teacher, taughtBatch, trainingObjective } from "../network/loss.ts";
import type { TrainingState } from "./checkpoint.ts";
import { divergedLayer } from "./divergence.ts";
import { Learner } from "./learner.ts";
import { moveAverage, stepInputs } from "./optimizer.ts";
import type { TrainingRecipe } from "./recipe.ts";

type Trains = Pick<Backend, "tf" | "compile">;

export class Trainer extends Learner {
  private readonly spec: NetworkSpec;
  private readonly averageGamma: number;
  private readonly teacher: Teacher | undefined;
  private readonly exactStep: RunStep;
  private readonly roundedStep: RunStep;

  /** If there is a `teacher`, the network learns its images instead of the clean ones. */
  constructor(backend: Trains, spec: NetworkSpec, recipe: TrainingRecipe, state: TrainingState, teacher?: Teacher) {
    super(backend.tf, spec, recipe, state);
    this.spec = spec;
    this.averageGamma = recipe.averageGamma;
    this.teacher = teacher;
    this.exactStep = this.stepOf(backend, false);
    this.roundedStep = this.stepOf(backend, true);
  }

  /**
   * One step on one batch, which also updates the average; `fakeQuantization` as in `Interpretation`. Returns the mean
   * weighted loss (about 1 for an untrained network) before the update.
   */
  train(batch: TrainingBatch, learningRate: number, fakeQuantization = false): number {
    const { tf, recipe, averageGamma } = this;
    this.step += 1;
    const inputs = { ...this.place(batch), ...stepInputs(tf, { ...recipe, averageGamma }, learningRate, this.step) };
    const [, loss] = (fakeQuantization ? this.roundedStep : this.exactStep)(inputs) as [number, number];
    tf.dispose(inputs);
    return loss;
  }

  private stepOf({ tf, compile }: Trains, fakeQuantization: boolean): RunStep {
    const { spec, groups, variables, teacher } = this;
    return compile([...variables, ...(teacher?.weights ?? [])], ({ rate, correction, share, ...inputs }) => {
      const placed = inputs as unknown as BatchTensors;
      const batch = teacher ? taughtBatch(tf, placed, teacher) : placed;
      let loss: TF.Scalar | undefined;
      const objective = this.update(
        () => {
          const result = trainingObjective(tf, spec, groups.weights, batch, { fakeQuantization });
          loss = tf.keep(result.loss);
          return result.objective;
        },
        { rate: rate as TF.Scalar, correction: correction as TF.Scalar },
      );
      moveAverage(tf, groups.average, groups.weights, share as TF.Scalar);
      return [objective, loss as TF.Scalar];
    });
  }

  /** The layer where the weights or the average have diverged, found by evaluating a batch. */
  divergedLayer(of: "weights" | "average", examples: TrainingBatch): string {
    const { tf, spec } = this;
    const batch = this.place(examples) as unknown as BatchTensors & TF.NamedTensorMap;
    const layer = tf.tidy(() => divergedLayer(tf, spec, this.groups[of], { ...batch, x: noisyImages(tf, batch) }));
    tf.dispose(batch as TF.NamedTensorMap);
    return layer;
  }

  private place({ clean, noise, sigma, label, change }: TrainingBatch): BatchTensors {
    const { tf, spec } = this;
    const images = [sigma.length, spec.height, spec.width, spec.channels] as [number, number, number, number];
    return {
      clean: tf.tensor(clean, images),
      noise: tf.tensor(noise, images),
      sigma: tf.tensor(sigma, [sigma.length, 1]),
      label: tf.tensor(label, [sigma.length, spec.classes]),
      ...(change && { change: tf.tensor(change, [sigma.length, CHANGES]) }),
    };
  }
}
