/** Tiny IDX files for tests. */

/** IDX bytes of the given dimensions and values, whether they fit together or not. */
export function idxBytes(shape: readonly number[], values: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * shape.length + values.length);
  bytes.set([0, 0, 8, shape.length]);
  for (const [axis, n] of shape.entries()) new DataView(bytes.buffer).setUint32(4 + 4 * axis, n);
  bytes.set(values, 4 + 4 * shape.length);
  return bytes;
}
