/** 1x1 convolution and its gradients: matrix products. Maps are matrices [pixels, channels]. */
import { byColumns, byRows, COLUMNS, loadColumn, storeLanes, up } from "./product";

/** Pixels that are added to a gradient at once: their channels fit into the first cache. */
const GROUP: i32 = 64;

export function convolutionScratch(inputs: i32): usize {
  return <usize>(inputs + 4) * (4 * COLUMNS);
}

export function gradientScratch(inputs: i32, outputs: i32): usize {
  return <usize>(up(inputs, 4) * up(outputs, COLUMNS)) << 2;
}

/** y = x w for w [inputs, outputs]; or, if `isTurned`, y = x w^T for w [outputs, inputs]. */
export function convolve(x: usize, w: usize, y: usize, pixels: i32, inputs: i32, outputs: i32, isTurned: bool, scratch: usize): void {
  const xRow = <usize>inputs << 2, yRow = <usize>outputs << 2, strip = scratch + (inputs << 5);
  for (let o = 0; o < outputs; o += COLUMNS, y += 32) {
    const columns = outputs - o;
    pack(w, inputs, outputs, o, isTurned, scratch);
    let from = x, to = y, p = 0;
    for (; p <= pixels - 4; p += 4, from += xRow << 2, to += yRow << 2) {
      if (columns >= COLUMNS) byRows(from, xRow, inputs, scratch, to, yRow);
      else {
        byRows(from, xRow, inputs, scratch, strip, 32);
        for (let r = 0; r < 4; r++) storeRow(strip + (r << 5), to + <usize>r * yRow, columns);
      }
    }
    for (; p < pixels; p++, from += xRow, to += yRow) {
      byRows(from, 0, inputs, scratch, strip, 32); // the same row four times
      storeRow(strip, to, columns);
    }
  }
}

@inline
function storeRow(from: usize, to: usize, columns: i32): void {
  storeLanes(to, v128.load(from), columns);
  storeLanes(to + 16, v128.load(from, 16), columns - 4);
}

/** w of the outputs from `o` on: [inputs][8]. */
function pack(w: usize, inputs: i32, outputs: i32, o: i32, isTurned: bool, to: usize): void {
  const step: usize = isTurned ? <usize>inputs << 2 : 4, next: usize = isTurned ? 4 : <usize>outputs << 2;
  w += <usize>o * step;
  for (const end = to + (inputs << 5); to < end; to += 32, w += next) {
    v128.store(to, loadColumn(w, step, outputs - o));
    v128.store(to, loadColumn(w + 4 * step, step, outputs - o - 4), 16);
  }
}

/** dw [inputs, outputs] = x^T dy. */
export function filterGradient(x: usize, dy: usize, dw: usize, pixels: i32, inputs: i32, outputs: i32, scratch: usize): void {
  const i = up(inputs, 4), o = up(outputs, COLUMNS);
  const xRow = <usize>inputs << 2, dyRow = <usize>outputs << 2, row = <usize>o << 2;
  memory.fill(scratch, 0, <usize>i * row);
  for (let p = 0; p < pixels; p += GROUP) {
    const count = min(GROUP, pixels - p), xGroup = x + <usize>p * xRow, dyGroup = dy + <usize>p * dyRow;
    for (let c = 0; c < i; c += 4) {
      for (let d = 0; d < o; d += COLUMNS) {
        byColumns(xGroup + (c << 2), xRow, count, dyGroup + (d << 2), dyRow, scratch + <usize>c * row + (d << 2), row);
      }
    }
  }
  for (let c = 0; c < inputs; c++, scratch += row, dw += dyRow) memory.copy(dw, scratch, dyRow);
}
