/** PNG files that show images of a network, bytes [N, H, W, C], beside training images. */
import { nativeShape } from "../../wasm-model/model/card.ts";
import type { ImageShape } from "../../wasm-model/network/spec.ts";
import type { GenerativeModel } from "../../wasm-model/render/generate.ts";
import { type OnGround, onWhite } from "../data/cut-outs.ts";
import { encodeGrid, shownClasses } from "../network/draw.ts";
import type { LabelledImages } from "../network/shape.ts";
import { drawImages } from "./images.ts";

/** `pictures`: how the images were made, where some may be transparent. */
type Pictured = LabelledImages & Pick<Partial<OnGround>, "pictures">;

/** Samples of each class in a grid. */
export const SAMPLES_OF_CLASS = 8;

/** A PNG with a row of eight samples for each class (at most 16 classes); sample k has the seed `${seed}/${k}`. */
export async function sampleGrid(model: GenerativeModel, seed: string): Promise<Uint8Array> {
  const { card } = model;
  const { spec, palette, keyed, training } = card;
  const classes = shownClasses(spec.classes).flatMap((label) => Array<number>(SAMPLES_OF_CLASS).fill(label));
  const ground = training.pictures && { transparent: keyed === true, background: training.pictures.background };
  const shown = onWhite(await drawImages(model, { seed, classes }), { ...(palette && { palette }), ...(ground && { pictures: ground }) });
  const shape = { ...nativeShape(card), channels: spec.channels };
  const imageAt = cutterOf(shown, shape);
  return encodeGrid(
    classes.map((_, k) => imageAt(k)),
    shape,
    SAMPLES_OF_CLASS,
  );
}

/** Images of a sheet that a run shows while it learns. */
export const SHEET_IMAGES = 16;

/** The image of each index. */
const cutterOf = (images: Uint8Array, { width, height, channels }: ImageShape) => {
  const size = width * height * channels;
  return (i: number): Uint8Array => images.subarray(i * size, (i + 1) * size);
};

/** Two squares: images spread over the folder, and the first drawn ones. */
export function progressSheet(drawn: Uint8Array, dataset: Pictured): Uint8Array {
  const { train } = dataset;
  const columns = Math.sqrt(SHEET_IMAGES);
  const white = dataset.train.images(0, 1).map(() => 255);
  const drawnAt = cutterOf(onWhite(drawn, dataset), dataset);
  const realAt = (i: number): Uint8Array => {
    const spread = Math.floor((i * train.count) / SHEET_IMAGES);
    return onWhite(train.images(spread, spread + 1), dataset);
  };
  const rows = Array.from({ length: columns }, (_, row) => {
    const cells = Array.from({ length: columns }, (_, column) => row * columns + column);
    return [...cells.map(realAt), white, ...cells.map(drawnAt)];
  });
  return encodeGrid(rows.flat(), dataset, 2 * columns + 1);
}

const [ROWS, COLUMNS] = [8, 8];

/** Drawn images, eight in a row above the nearest training image of each. */
export function neighboursSheet(drawn: Uint8Array, nearest: readonly number[], dataset: Pictured): Uint8Array {
  const drawnAt = cutterOf(onWhite(drawn, dataset), dataset);
  const rows = Array.from({ length: ROWS }, (_, row) => {
    const cells = Array.from({ length: COLUMNS }, (_, column) => row * COLUMNS + column);
    return [...cells.map(drawnAt), ...cells.map((i) => onWhite(dataset.train.images(nearest[i], nearest[i] + 1), dataset))];
  });
  return encodeGrid(rows.flat(), dataset, COLUMNS);
}
