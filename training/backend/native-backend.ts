/** The parts of tfjs-node's backend, and of the binding to TensorFlow's library below it, that are used here. */
import type * as TF from "@tensorflow/tfjs";

export interface NativeBackend {
  binding: {
    readonly TF_ATTR_STRING: number;
    readonly TF_ATTR_INT: number;
    readonly TF_ATTR_FLOAT: number;
    readonly TF_ATTR_BOOL: number;
    readonly TF_ATTR_TYPE: number;
    readonly TF_FLOAT: number;
    executeOp(name: string, attributes: readonly NativeAttribute[], inputs: readonly number[], outputs: number): NativeTensor[];
    createTensor(shape: readonly number[], type: number, values: ArrayBufferView): number;
    deleteTensor(id: number): void;
    loadSavedModel(folder: string, tags: string): number;
    deleteSavedModel(session: number): void;
    runSavedModel(session: number, inputs: readonly number[], inputNames: string, outputNames: string): NativeTensor[];
  };
  getInputTensorIds(tensors: readonly TF.TensorInfo[]): number[];
  getDTypeInteger(type: TF.DataType): number;
  createOutputTensor(output: NativeTensor): TF.Tensor;
}

export interface NativeAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

export interface NativeTensor {
  readonly id: number;
}
