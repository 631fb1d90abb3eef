/** Equal and near pictures of a folder. On both sides of a split they hide that a network copies. */
import type { Size } from "../../wasm-model/network/spec.ts";

/** A picture with its class. */
export interface LabelledPicture {
  readonly path: string;
  /** Index into the classes. */
  readonly label: number;
  /** RGB, [H, W, 3]. */
  readonly pixels: Uint8Array;
}

/** Cells of a thumbnail, 8x8. */
const SIDE = 8;
const CELLS = SIDE * SIDE;
/** Pictures are near if the root mean square difference of their thumbnails is below this, of 255. */
const NEAR = 4;

/** Grey means of each picture's cells (ITU-R BT.601), rounded: [N, CELLS]. */
function thumbnailsOf(pictures: readonly Pick<LabelledPicture, "pixels">[], { width, height }: Size): Uint8Array {
  const thumbnails = new Uint8Array(pictures.length * CELLS);
  /** From which to before which row or column; in an image of fewer than 8, cells share some. */
  const cells = (length: number): [from: number, to: number][] =>
    Array.from({ length: SIDE }, (_, k) => {
      const from = Math.floor((k * length) / SIDE);
      return [from, Math.max(from + 1, Math.floor(((k + 1) * length) / SIDE))];
    });
  const [rows, columns] = [cells(height), cells(width)];
  let at = 0;
  for (const { pixels } of pictures) {
    for (const [top, bottom] of rows) {
      for (const [left, right] of columns) {
        let sum = 0;
        for (let y = top; y < bottom; y++) {
          for (let i = 3 * (y * width + left); i < 3 * (y * width + right); i += 3)
            sum += 299 * pixels[i] + 587 * pixels[i + 1] + 114 * pixels[i + 2];
        }
        thumbnails[at++] = Math.round(sum / (1000 * (bottom - top) * (right - left)));
      }
    }
  }
  return thumbnails;
}

/** The pictures without those that equal an earlier one. `torn`: for each of these that is in another class, both paths. */
export function dropEqual<P extends LabelledPicture>(pictures: readonly P[], size: Size) {
  const thumbnails = thumbnailsOf(pictures, size);
  const found = new Map<string, P[]>();
  const [kept, torn]: [P[], string[]] = [[], []];
  for (const [i, picture] of pictures.entries()) {
    const key = String.fromCharCode(...thumbnails.subarray(i * CELLS, (i + 1) * CELLS));
    const alike = found.get(key) ?? [];
    const equal = alike.find(({ pixels }) => pixels.every((value, at) => value === picture.pixels[at]));
    if (equal && equal.label !== picture.label) torn.push(`"${picture.path}" is "${equal.path}"`);
    if (equal) continue;
    found.set(key, [...alike, picture]);
    kept.push(picture);
  }
  return { kept, torn };
}

/**
 * The pairs of near pictures, as indices. Only those whose means differ by less than NEAR can be near. Cells that differ most
 * are compared first: mostly one or two tell that pictures are not near.
 */
export function* nearPairs(pictures: readonly Pick<LabelledPicture, "pixels">[], size: Size): Generator<readonly [number, number]> {
  const count = pictures.length;
  const thumbnails = thumbnailsOf(pictures, size);
  const sums = new Int32Array(count);
  const [ofCell, squares] = [new Float64Array(CELLS), new Float64Array(CELLS)];
  for (let at = 0; at < thumbnails.length; at++) {
    const value = thumbnails[at];
    sums[Math.floor(at / CELLS)] += value;
    ofCell[at % CELLS] += value;
    squares[at % CELLS] += value ** 2;
  }
  const spread = squares.map((square, cell) => square - ofCell[cell] ** 2 / count);
  const cells = Array.from(spread.keys()).sort((a, b) => spread[b] - spread[a]);
  const order = Array.from(sums.keys()).sort((a, b) => sums[a] - sums[b]);
  const sorted = sums.toSorted();
  const values = new Uint8Array(count * CELLS);
  for (let a = 0; a < count; a++) for (let k = 0; k < CELLS; k++) values[a * CELLS + k] = thumbnails[order[a] * CELLS + cells[k]];
  const most = CELLS * NEAR ** 2;
  for (let a = 0; a < count; a++) {
    for (let b = a + 1; b < count && sorted[b] - sorted[a] < CELLS * NEAR; b++) {
      let square = 0;
      for (let k = 0; k < CELLS && square < most; k++) square += (values[a * CELLS + k] - values[b * CELLS + k]) ** 2;
      if (square < most) yield [order[a], order[b]];
    }
  }
}
