/** The models that travel with the Worker, by name. */
import { type ModelCard, modelCard, OPTIONS, OptionError } from "../wasm-model/index.ts";
import fashionMnist from "../wasm-model/models/fashion-mnist/model.onnx";

export interface BundledModel {
  readonly name: string;
  readonly card: ModelCard;
  /** Its `model.onnx`. */
  readonly file: Uint8Array<ArrayBuffer>;
}

export const MODELS: readonly BundledModel[] = [bundled("fashion-mnist", fashionMnist)];

/** Throws `OptionError` when there is no model of that name. */
export function modelNamed(name: string = OPTIONS.model.default): BundledModel {
  const found = MODELS.find((model) => model.name === name);
  if (!found) throw new OptionError("invalid-value", "model", `one of ${MODELS.map((model) => model.name).join(", ")}`, name);
  return found;
}

function bundled(name: string, bytes: ArrayBuffer): BundledModel {
  const file = new Uint8Array(bytes);
  return { name, card: modelCard(file), file };
}
