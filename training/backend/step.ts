/** A training step as a backend sees it. */
import type * as TF from "@tensorflow/tfjs";

/**
 * Reads its inputs and the variables, assigns variables, and returns scalars. It reads no value back. Whatever differs
 * from step to step is an input.
 */
export type TrainingStep = (inputs: TF.NamedTensorMap) => readonly TF.Scalar[];

/**
 * Runs the step and returns the values of its scalars. If the first one, the objective, is not finite, the variables
 * keep their values, so the cause can still be found.
 */
export type RunStep = (inputs: TF.NamedTensorMap) => number[];

/** One operation after the other. */
export function eagerStep(tf: typeof TF, variables: readonly TF.Variable[], step: TrainingStep): RunStep {
  return (inputs) => {
    const before = variables.map((variable) => variable.clone());
    const scalars = tf.tidy(() => step(inputs) as TF.Scalar[]);
    const numbers = scalars.map((scalar) => scalar.dataSync()[0]);
    if (!Number.isFinite(numbers[0])) for (const [i, variable] of variables.entries()) variable.assign(before[i]);
    tf.dispose([before, scalars]);
    return numbers;
  };
}
