/** PNG files that show images of a network, bytes [N, H, W, C], beside training images. */
import { encodeGrid } from "../network/draw.ts";
import type { LabelledImages } from "../network/shape.ts";

/** Images of a sheet that a run shows while it learns. */
export const SHEET_IMAGES = 16;

/** The image of each index. */
const cutterOf = (images: Uint8Array, { width, height, channels }: LabelledImages) => {
  const size = width * height * channels;
  return (i: number): Uint8Array => images.subarray(i * size, (i + 1) * size);
};

/** Two squares: images spread over the folder, and the first drawn ones. */
export function progressSheet(drawn: Uint8Array, dataset: LabelledImages): Uint8Array {
  const { train } = dataset;
  const columns = Math.sqrt(SHEET_IMAGES);
  const white = dataset.train.images(0, 1).map(() => 255);
  const drawnAt = cutterOf(drawn, dataset);
  const realAt = (i: number): Uint8Array => {
    const spread = Math.floor((i * train.count) / SHEET_IMAGES);
    return train.images(spread, spread + 1);
  };
  const rows = Array.from({ length: columns }, (_, row) => {
    const cells = Array.from({ length: columns }, (_, column) => row * columns + column);
    return [...cells.map(realAt), white, ...cells.map(drawnAt)];
  });
  return encodeGrid(rows.flat(), dataset, 2 * columns + 1);
}

const [ROWS, COLUMNS] = [8, 8];

/** Drawn images, eight in a row above the nearest training image of each. */
export function neighboursSheet(drawn: Uint8Array, nearest: readonly number[], dataset: LabelledImages): Uint8Array {
  const drawnAt = cutterOf(drawn, dataset);
  const rows = Array.from({ length: ROWS }, (_, row) => {
    const cells = Array.from({ length: COLUMNS }, (_, column) => row * COLUMNS + column);
    return [...cells.map(drawnAt), ...cells.map((i) => dataset.train.images(nearest[i], nearest[i] + 1))];
  });
  return encodeGrid(rows.flat(), dataset, COLUMNS);
}
