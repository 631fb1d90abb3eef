/** The models that travel with the Worker, by name: to deploy another, put it here. */
import fashionMnist from "../wasm-model/models/fashion-mnist/model.onnx";

export interface BundledModel {
  readonly name: string;
  /** Its `model.onnx`. */
  readonly file: Uint8Array<ArrayBuffer>;
}

export const MODELS: readonly BundledModel[] = [{ name: "fashion-mnist", file: new Uint8Array(fashionMnist) }];
