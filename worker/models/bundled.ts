/** The models that this Worker has, by name: to deploy another, put it here. */
import fashionMnist from "../../wasm-model/models/fashion-mnist/model.onnx";

export interface ModelFile {
  readonly name: string;
  /** Its `model.onnx`. */
  readonly file: Uint8Array<ArrayBuffer>;
}

/** Those that travel with the Worker and are ready when it starts. The first model, of these and then of those in stored-models.ts, is the default. */
export const BUNDLED: readonly ModelFile[] = [{ name: "fashion-mnist", file: new Uint8Array(fashionMnist) }];
