/** Sums of products of float64 values, each added in a fixed order: the same bits on every machine. */

/** Rows and columns of a tile of sums, which stays in vector registers. */
const TILE: i32 = 4;

@inline
function at(vector: usize, index: i32): usize {
  return vector + ((<usize>index) << 3);
}

/**
 * sums[i, j] += a[i] b[j] for each of `count` rows of a [count, m] and b [count, n] in turn: the first `rows` and `columns` of sums [m, n]. All
 * are multiples of 4. If `isUpper`, tiles below the diagonal are left alone.
 */
export function addProducts(
  a: usize, b: usize, count: i32, m: i32, n: i32, sums: usize, rows: i32, columns: i32, isUpper: bool,
): void {
  for (let i = 0; i < rows; i += TILE) {
    for (let j = isUpper ? i : 0; j < columns; j += TILE) {
      const r0 = at(sums, i * n + j);
      const r1 = at(r0, n);
      const r2 = at(r1, n);
      const r3 = at(r2, n);
      let a0 = v128.load(r0), b0 = v128.load(r0, 16);
      let a1 = v128.load(r1), b1 = v128.load(r1, 16);
      let a2 = v128.load(r2), b2 = v128.load(r2, 16);
      let a3 = v128.load(r3), b3 = v128.load(r3, 16);
      let row = at(a, i);
      let column = at(b, j);
      for (let p = 0; p < count; p++) {
        const c = v128.load(column);
        const d = v128.load(column, 16);
        const p0 = v128.load64_splat(row);
        a0 = f64x2.add(a0, f64x2.mul(p0, c));
        b0 = f64x2.add(b0, f64x2.mul(p0, d));
        const p1 = v128.load64_splat(row, 8);
        a1 = f64x2.add(a1, f64x2.mul(p1, c));
        b1 = f64x2.add(b1, f64x2.mul(p1, d));
        const p2 = v128.load64_splat(row, 16);
        a2 = f64x2.add(a2, f64x2.mul(p2, c));
        b2 = f64x2.add(b2, f64x2.mul(p2, d));
        const p3 = v128.load64_splat(row, 24);
        a3 = f64x2.add(a3, f64x2.mul(p3, c));
        b3 = f64x2.add(b3, f64x2.mul(p3, d));
        row = at(row, m);
        column = at(column, n);
      }
      v128.store(r0, a0); v128.store(r0, b0, 16);
      v128.store(r1, a1); v128.store(r1, b1, 16);
      v128.store(r2, a2); v128.store(r2, b2, 16);
      v128.store(r3, a3); v128.store(r3, b3, 16);
    }
  }
}
