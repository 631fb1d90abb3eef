/** Models as files: what a file has inside, and another name for both files of a model. */
import { nameLike, nativeShape } from "../../../wasm-model/model/card.ts";
import { readModel } from "../../../wasm-model/model/onnx/reader.ts";
import { type ModelContents, writeModel } from "../../../wasm-model/model/onnx/writer.ts";
import { encodeSheet, mostInSheet, type SheetImage, type SheetOrigin } from "../../../wasm-model/render/sheet.ts";
import { VisitorError } from "../shared/dom.ts";
import { newKey } from "../shared/own-pictures.ts";
import type { Outcome } from "./protocol.ts";

/** What of a model decides how its images are shown. */
type Looks = Pick<Outcome, "labels" | "shape" | "isCutOut" | "isPixelArt">;
export const looksOf = ({ card, matte }: Pick<ModelContents, "card" | "matte">): Looks => ({
  labels: card.labels,
  shape: nativeShape(card),
  isCutOut: matte !== undefined,
  isPixelArt: card.palette !== undefined,
});

/** The model of a file that was not made here. Throws a VisitorError if it is none that draws. */
export function outcomeFromFile(file: Uint8Array<ArrayBuffer>): Outcome {
  const contents = contentsOf(file);
  if (contents.weights.convolutions.size === 0) throw new VisitorError("it is for learning more; the file without “-fp32” draws");
  const { name, training } = contents.card;
  return { key: newKey(), name, seed: training.seed, model: file, fp32: file, sheet: [], nearest: [], learned: 0, ...looksOf(contents) };
}

function contentsOf(file: Uint8Array): ModelContents {
  try {
    return readModel(file);
  } catch (error) {
    console.warn(error);
    throw new VisitorError("it is no model of Anneal");
  }
}

export function renameModel(outcome: Outcome, text: string): Outcome {
  const name = nameLike(text);
  const withName = (file: Uint8Array): Uint8Array<ArrayBuffer> => {
    const contents = readModel(file);
    return writeModel({ ...contents, card: { ...contents.card, name } });
  };
  return { ...outcome, name, model: withName(outcome.model), fp32: withName(outcome.fp32) };
}

/** Images of a model as one sheet, and what a game reads beside it. Throws a VisitorError for more than a file may have. */
export function sheetFor(
  { name, model, isPixelArt }: Outcome,
  file: string,
  images: readonly SheetImage[],
  options: SheetOrigin["options"],
) {
  const most = mostInSheet(images[0].image);
  if (images.length > most) throw new VisitorError(`A sheet has at most ${most} images of this size: choose fewer, or a smaller size.`);
  return encodeSheet(images, { file, model: name, version: readModel(model).version, options }, isPixelArt);
}
