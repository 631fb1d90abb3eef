/** Float filters in the order in which the kernels read them: 8 outputs side by side, padded with zeros. */

/** [outputs][inputs] -> [outputs/8][inputs][8]. */
export function packRows(rows: Float32Array, outputs: number, inputs: number): Float32Array {
  const packed = new Float32Array(Math.ceil(outputs / 8) * 8 * inputs);
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) packed[((o >> 3) * inputs + i) * 8 + (o & 7)] = rows[o * inputs + i];
  }
  return packed;
}

/** [outputs][inputs][3][3] -> [outputs/8][3][3][inputs][8]. */
export function packFilters(filters: Float32Array, outputs: number, inputs: number): Float32Array {
  const rows = new Float32Array(filters.length);
  for (let filter = 0; filter < outputs; filter++) {
    for (let i = 0; i < inputs; i++) {
      for (let tap = 0; tap < 9; tap++) rows[(filter * 9 + tap) * inputs + i] = filters[(filter * inputs + i) * 9 + tap];
    }
  }
  return packRows(rows, outputs, 9 * inputs);
}
