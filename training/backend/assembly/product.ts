/** The innermost loops of all convolutions: sums of products for four rows x eight columns, held in registers. */

/** Columns of a block. */
export const COLUMNS: i32 = 8;

@inline
function add(sum: v128, a: v128, b: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, sum);
  else return f32x4.add(sum, f32x4.mul(a, b));
}

/** out[r][j] = sum over k of a[r][k] w[k][j]: rows of a and out are `aRow` and `outRow` bytes apart, those of w are dense. */
export function byRows(a: usize, aRow: usize, count: i32, w: usize, out: usize, outRow: usize): void {
  let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0;
  let b = a + aRow, c = b + aRow, d = c + aRow;
  for (const end = a + (count << 2); a < end; a += 4, b += 4, c += 4, d += 4, w += 32) {
    const w0 = v128.load(w), w1 = v128.load(w, 16);
    let x = v128.load32_splat(a);
    a0 = add(a0, w0, x);
    a1 = add(a1, w1, x);
    x = v128.load32_splat(b);
    b0 = add(b0, w0, x);
    b1 = add(b1, w1, x);
    x = v128.load32_splat(c);
    c0 = add(c0, w0, x);
    c1 = add(c1, w1, x);
    x = v128.load32_splat(d);
    d0 = add(d0, w0, x);
    d1 = add(d1, w1, x);
  }
  v128.store(out, a0), v128.store(out, a1, 16), (out += outRow);
  v128.store(out, b0), v128.store(out, b1, 16), (out += outRow);
  v128.store(out, c0), v128.store(out, c1, 16), (out += outRow);
  v128.store(out, d0), v128.store(out, d1, 16);
}

/** out[i][j] += sum over k of a[k][i] w[k][j] for four i. */
export function byColumns(a: usize, aRow: usize, count: i32, w: usize, wRow: usize, out: usize, outRow: usize): void {
  const outB = out + outRow, outC = outB + outRow, outD = outC + outRow;
  let a0 = v128.load(out), a1 = v128.load(out, 16), b0 = v128.load(outB), b1 = v128.load(outB, 16);
  let c0 = v128.load(outC), c1 = v128.load(outC, 16), d0 = v128.load(outD), d1 = v128.load(outD, 16);
  for (; count > 0; count--, a += aRow, w += wRow) {
    const w0 = v128.load(w), w1 = v128.load(w, 16);
    let x = v128.load32_splat(a);
    a0 = add(a0, w0, x);
    a1 = add(a1, w1, x);
    x = v128.load32_splat(a, 4);
    b0 = add(b0, w0, x);
    b1 = add(b1, w1, x);
    x = v128.load32_splat(a, 8);
    c0 = add(c0, w0, x);
    c1 = add(c1, w1, x);
    x = v128.load32_splat(a, 12);
    d0 = add(d0, w0, x);
    d1 = add(d1, w1, x);
  }
  v128.store(out, a0), v128.store(out, a1, 16), v128.store(outB, b0), v128.store(outB, b1, 16);
  v128.store(outC, c0), v128.store(outC, c1, 16), v128.store(outD, d0), v128.store(outD, d1, 16);
}

/** The smallest multiple of `unit` that is no less. */
@inline
export function up(value: i32, unit: i32): i32 {
  return (value + unit - 1) / unit * unit;
}

/** Up to four values that are `step` bytes apart, then zeros. */
@inline
export function loadColumn(at: usize, step: usize, count: i32): v128 {
  let v = f32x4.splat(0);
  if (count > 0) v = v128.load32_lane(at, v, 0);
  if (count > 1) v = v128.load32_lane(at + step, v, 1);
  if (count > 2) v = v128.load32_lane(at + 2 * step, v, 2);
  if (count > 3) v = v128.load32_lane(at + 3 * step, v, 3);
  return v;
}

/** Stores the first `count` lanes, at most four. */
@inline
export function storeLanes(at: usize, v: v128, count: i32): void {
  if (count >= 4) v128.store(at, v);
  else {
    if (count > 0) v128.store32_lane(at, v, 0);
    if (count > 1) v128.store32_lane(at, v, 1, 4);
    if (count > 2) v128.store32_lane(at, v, 2, 8);
  }
}
