/** The module for what drawing an image does beside its network. */
export { gaussians, quantiles } from "./noise";
export { choosePaletteColours } from "./pixel-art";
export { beginData, crc32, encodeRows } from "./png";

/** The first address that the module does not use itself. */
export const heapBase: usize = __heap_base;

/**
 * f32 [height, width] at `values` -> f32 [rows, columns] at `to`, and up to one value behind it; across first, then down. `across` has room
 * for f64 [height, columns + 1]. Tables: for each position the weights of its taps (f64), and behind all of them their places (i32).
 * Doubles in a fixed order: the same bits on every machine.
 */
export function resizePlane(
  values: usize, height: i32, width: i32, to: usize, across: usize,
  rows: i32, rowTaps: i32, rowTable: usize, columns: i32, columnTaps: i32, columnTable: usize,
): void {
  const line = <usize>((columns + 1) & ~1) << 3;
  for (let at = across, end = across + height * line; at < end; at += line, values += <usize>width << 2) {
    for (let x = 0, weight = columnTable, place = columnTable + (columns * columnTaps << 3); x < columns; x++) {
      let sum: f64 = 0;
      for (let k = 0; k < columnTaps; k++, weight += 8, place += 4) sum += load<f64>(weight) * <f64>load<f32>(values + (load<u32>(place) << 2));
      store<f64>(at + (x << 3), sum);
    }
  }
  for (let y = 0, weight = rowTable, place = rowTable + (rows * rowTaps << 3); y < rows; y++, weight += rowTaps << 3, place += rowTaps << 2) {
    for (let at: usize = 0; at < line; at += 16) {
      let sum = f64x2.splat(0);
      for (let k = 0; k < rowTaps; k++) {
        const two = v128.load(across + load<u32>(place + (k << 2)) * line + at);
        sum = f64x2.add(sum, f64x2.mul(v128.load64_splat(weight + (k << 3)), two));
      }
      v128.store64_lane(to + (at >> 1), f32x4.demote_f64x2_zero(sum), 0);
    }
    to += columns << 2;
  }
}
