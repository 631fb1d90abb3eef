/** The models in the Worker's bundle. To bundle another one, add it here. */
import fashionMnist from "../../wasm-model/models/fashion-mnist/model.onnx";

export interface ModelFile {
  readonly name: string;
  /** Its `model.onnx`. */
  readonly file: Uint8Array<ArrayBuffer>;
}

/** Ready when the Worker starts. The first of these, or of stored.ts if there are none, is the default model. */
export const BUNDLED: readonly ModelFile[] = [{ name: "fashion-mnist", file: new Uint8Array(fashionMnist) }];
