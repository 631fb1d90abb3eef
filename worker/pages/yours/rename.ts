/** Another name for a model, which both of its files have inside. */
import { nameLike } from "../../../wasm-model/model/card.ts";
import { readModel } from "../../../wasm-model/model/onnx/reader.ts";
import { writeModel } from "../../../wasm-model/model/onnx/writer.ts";
import type { Outcome } from "./protocol.ts";

export function renamed(outcome: Outcome, text: string): Outcome {
  const name = nameLike(text);
  const withName = (file: Uint8Array): Uint8Array<ArrayBuffer> => {
    const contents = readModel(file);
    return writeModel({ ...contents, card: { ...contents.card, name } });
  };
  return { ...outcome, name, model: withName(outcome.model), fp32: withName(outcome.fp32) };
}
