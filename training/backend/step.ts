/** A backend as a training sees it, and its steps. */
import type * as TF from "@tensorflow/tfjs";

/** Tensors from inputs and variables, which stay as they are. It reads no values back, and nothing else that changes. */
export type Computation = (inputs: TF.NamedTensorMap) => readonly TF.Tensor[];

/** A computation that a backend has prepared. */
export interface CompiledStep {
  /** Returns the values of the tensors. */
  (inputs: TF.NamedTensorMap): Float32Array[];
  /** Frees what was prepared. */
  dispose(): void;
}

export type BackendName = "native" | "wasm";

export interface Backend {
  readonly tf: typeof TF;
  readonly name: BackendName;
  /** One line for the user. */
  readonly describe: string;
  /** The fastest way to run a computation that reads these variables, with convolutions in bfloat16 if the processor has it. */
  compile(variables: readonly TF.Variable[], compute: Computation): CompiledStep;
}

/** One operation after the other. */
export function eager(tf: typeof TF, compute: Computation): CompiledStep {
  const run = (inputs: TF.NamedTensorMap): Float32Array[] => {
    const results = tf.tidy(() => compute(inputs) as TF.Tensor[]);
    const values = results.map((result) => result.dataSync() as Float32Array);
    tf.dispose(results);
    return values;
  };
  return Object.assign(run, { dispose() {} });
}
