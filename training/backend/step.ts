/** A backend as a training sees it, and its steps. */
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

export type BackendName = "native" | "wasm";

export interface Backend {
  readonly tf: typeof TF;
  readonly name: BackendName;
  /** One line for the user. */
  readonly describe: string;
  /** Runs f, a part of training, with convolutions in bfloat16 if the processor supports it. */
  train<R>(f: () => R): R;
  /** The fastest way to run a training step that assigns some of these variables. Convolutions are as in `train`. */
  compile(variables: readonly TF.Variable[], step: TrainingStep): RunStep;
}

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
