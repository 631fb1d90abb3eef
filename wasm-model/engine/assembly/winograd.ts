/**
 * Convolution by plain SIMD, which multiplies 16-bit integers: half as many products per instruction as a native dot
 * product of bytes. So 3x3 filters use Winograd's F(2x2, 3x3) (Lavin & Gray 2016, arXiv:1509.09308), which needs 16
 * products where the direct sum needs 36. It is exact in integers, with the filter transform doubled in each direction:
 *   V = B^T d B, U = (2G) g (2G)^T, Y = A^T [U V] A / 4.
 *
 * Nothing overflows. The absolute values in a row of B^T add up to at most 2, in a row of 2G to at most 3. So |V| <= 2
 * * 2 * 127 = 508 and |U| <= 3 * 3 * 128 = 1152 fit into 16 bits. The 32-bit sums may wrap on the way as long as the
 * last one, 4 Y, does not: |4 Y| <= 4 * 9 * 127 * 128 inputs < 2^31 for up to 3669 inputs (engine.ts checks this). 4 Y
 * is a multiple of 4, since Y is an integer.
 *
 * A map is cut into tiles of 2x2 output pixels (4x4 codes), in row order. Tiles are processed in groups of four. A 1x1
 * convolution is the same product with one coefficient per pixel instead of 16 per tile.
 *
 * Loads are the bottleneck, since workerd checks the bounds of each. So the same two inputs of a group's tiles lie side
 * by side and take one load.
 */
import { HEIGHT, INPUTS, KERNEL, SCRATCH, SOURCE, SOURCE_OFFSETS, SOURCE_ROW, STRIP, WEIGHTS, WIDTH } from "../layout";

/** Bytes of one convolution's packed weights, [outputs/8][coefficients][inputs/2][2][4 outputs][2 inputs] of 16 bits. */
export function weightBytes(inputs: i32, outputs: i32, kernel: i32): i32 {
  return (outputs * inputs * coefficients(kernel)) << 1;
}

/** Bytes of V, [tiles/4][coefficients][inputs/2][4 tiles][2 inputs] of 16 bits, and of one block's products (PRODUCT_BYTES). */
export function scratchBytes(height: i32, width: i32, inputs: i32, kernel: i32): f64 {
  return <f64>PRODUCT_BYTES + 8 * <f64>fours(height, width, kernel) * <f64>(coefficients(kernel) * inputs);
}

const PRODUCT_BYTES = 16 * 4 * 8 * 4;

@inline
function coefficients(kernel: i32): i32 {
  return kernel == 3 ? 16 : 1;
}

/** Groups of four tiles (3x3) or of four pixels (1x1). */
@inline
function fours(height: i32, width: i32, kernel: i32): i32 {
  const units = kernel == 3 ? ((height + 1) >> 1) * ((width + 1) >> 1) : height * width;
  return (units + 3) >> 2;
}

/** Transforms and packs the filter [kernel^2] of output o and input i. Returns the sum of its weights. */
export function packFilter(filter: usize, target: usize, o: i32, i: i32, inputs: i32, kernel: i32): i32 {
  const count = coefficients(kernel);
  const coefficientBytes = inputs << 4;
  const at = target + (o >> 3) * count * coefficientBytes + ((i >> 1) << 5) + ((o & 7) << 2) + ((i & 1) << 1);
  if (kernel == 1) {
    const weight = load<i8>(filter);
    store<i16>(at, weight);
    return weight;
  }
  const a0 = <i32>load<i8>(filter), b0 = <i32>load<i8>(filter, 1), c0 = <i32>load<i8>(filter, 2);
  const a1 = <i32>load<i8>(filter, 3), b1 = <i32>load<i8>(filter, 4), c1 = <i32>load<i8>(filter, 5);
  const a2 = <i32>load<i8>(filter, 6), b2 = <i32>load<i8>(filter, 7), c2 = <i32>load<i8>(filter, 8);
  const rowBytes = coefficientBytes << 2;
  transformFilterRow(a0 << 1, b0 << 1, c0 << 1, at, coefficientBytes);
  const a = a0 + a2, b = b0 + b2, c = c0 + c2;
  transformFilterRow(a + a1, b + b1, c + c1, at + rowBytes, coefficientBytes);
  transformFilterRow(a - a1, b - b1, c - c1, at + (rowBytes << 1), coefficientBytes);
  transformFilterRow(a2 << 1, b2 << 1, c2 << 1, at + rowBytes * 3, coefficientBytes);
  return a + a1 + b + b1 + c + c1;
}

/** (a, b, c) (2G)^T; 2G = [2 0 0; 1 1 1; 1 -1 1; 0 0 2]. */
@inline
function transformFilterRow(a: i32, b: i32, c: i32, at: usize, coefficientBytes: i32): void {
  store<i16>(at, a << 1);
  store<i16>(at + coefficientBytes, a + b + c);
  store<i16>(at + (coefficientBytes << 1), a - b + c);
  store<i16>(at + coefficientBytes * 3, c << 1);
}

/** Computes V of the whole map, once for all output channels. */
export function prepare(step: usize): void {
  if (load<i32>(step + KERNEL) == 3) transformTiles(step);
  else widenPixels(step);
}

function widenPixels(step: usize): void {
  const pixels = load<i32>(step + HEIGHT) * load<i32>(step + WIDTH);
  const inputs = load<i32>(step + INPUTS);
  const source = load<usize>(step + SOURCE);
  let offsets = load<usize>(step + SOURCE_OFFSETS); // a multiple of four
  const v = load<usize>(step + SCRATCH) + PRODUCT_BYTES;
  for (let p = 0; p < pixels; p += 2, offsets += 8) {
    const a = source + load<u32>(offsets), b = source + load<u32>(offsets, 4);
    let out = inFour(v, p, inputs << 3);
    for (let i = 0; i < inputs; i += 8, out += 64) storePair(v128.load8x8_u(a + i), v128.load8x8_u(b + i), out);
  }
}

/** B^T d B of every tile, eight inputs of two tiles at a time; B^T = [1 0 -1 0; 0 1 1 0; 0 -1 1 0; 0 1 0 -1]. */
function transformTiles(step: usize): void {
  const inputs = load<i32>(step + INPUTS);
  const source = load<usize>(step + SOURCE);
  const row = load<i32>(step + SOURCE_ROW);
  const v = load<usize>(step + SCRATCH) + PRODUCT_BYTES;
  const across = (load<i32>(step + WIDTH) + 1) >> 1;
  const tiles = across * ((load<i32>(step + HEIGHT) + 1) >> 1);
  const toNextRow = 2 * (row - across * inputs);
  let a = source;
  for (let tile = 0, x = 0; tile < tiles; tile += 2) {
    let b = a + 2 * inputs;
    if (++x == across) x = 0, b += toNextRow;
    if (tile + 1 == tiles) b = a; // there is no second tile
    let out = inFour(v, tile, inputs << 7);
    for (let i = 0; i < inputs; i += 8, out += 64) transformPair(a + i, b + i, row, inputs, out, inputs << 3);
    a = b + 2 * inputs;
    if (++x == across) x = 0, a += toNextRow;
  }
}

/** Address in V of an even-numbered tile and the next one. */
@inline
function inFour(v: usize, tile: i32, fourBytes: i32): usize {
  return v + (tile >> 2) * fourBytes + ((tile & 2) << 2);
}

/** Eight inputs of tiles a and b: d[r][c] lies at r row + c inputs, V[r][c] at (4 r + c) coefficientBytes. */
@inline
function transformPair(a: usize, b: usize, row: i32, inputs: i32, v: usize, coefficientBytes: i32): void {
  const second = inputs << 1, third = inputs * 3;
  const down = row << 1, bottom = row * 3;
  const vRow = coefficientBytes << 2;
  const a10 = v128.load8x8_u(a + row), a11 = v128.load8x8_u(a + row + inputs);
  const a12 = v128.load8x8_u(a + row + second), a13 = v128.load8x8_u(a + row + third);
  const a20 = v128.load8x8_u(a + down), a21 = v128.load8x8_u(a + down + inputs);
  const a22 = v128.load8x8_u(a + down + second), a23 = v128.load8x8_u(a + down + third);
  const b10 = v128.load8x8_u(b + row), b11 = v128.load8x8_u(b + row + inputs);
  const b12 = v128.load8x8_u(b + row + second), b13 = v128.load8x8_u(b + row + third);
  const b20 = v128.load8x8_u(b + down), b21 = v128.load8x8_u(b + down + inputs);
  const b22 = v128.load8x8_u(b + down + second), b23 = v128.load8x8_u(b + down + third);
  transformRows(
    i16x8.add(a10, a20), i16x8.add(a11, a21), i16x8.add(a12, a22), i16x8.add(a13, a23),
    i16x8.add(b10, b20), i16x8.add(b11, b21), i16x8.add(b12, b22), i16x8.add(b13, b23),
    v + vRow, coefficientBytes,
  );
  transformRows(
    i16x8.sub(a20, a10), i16x8.sub(a21, a11), i16x8.sub(a22, a12), i16x8.sub(a23, a13),
    i16x8.sub(b20, b10), i16x8.sub(b21, b11), i16x8.sub(b22, b12), i16x8.sub(b23, b13),
    v + (vRow << 1), coefficientBytes,
  );
  transformRows(
    i16x8.sub(v128.load8x8_u(a), a20), i16x8.sub(v128.load8x8_u(a + inputs), a21),
    i16x8.sub(v128.load8x8_u(a + second), a22), i16x8.sub(v128.load8x8_u(a + third), a23),
    i16x8.sub(v128.load8x8_u(b), b20), i16x8.sub(v128.load8x8_u(b + inputs), b21),
    i16x8.sub(v128.load8x8_u(b + second), b22), i16x8.sub(v128.load8x8_u(b + third), b23),
    v, coefficientBytes,
  );
  transformRows(
    i16x8.sub(a10, v128.load8x8_u(a + bottom)), i16x8.sub(a11, v128.load8x8_u(a + bottom + inputs)),
    i16x8.sub(a12, v128.load8x8_u(a + bottom + second)), i16x8.sub(a13, v128.load8x8_u(a + bottom + third)),
    i16x8.sub(b10, v128.load8x8_u(b + bottom)), i16x8.sub(b11, v128.load8x8_u(b + bottom + inputs)),
    i16x8.sub(b12, v128.load8x8_u(b + bottom + second)), i16x8.sub(b13, v128.load8x8_u(b + bottom + third)),
    v + vRow * 3, coefficientBytes,
  );
}

/** One row of B^T d, times B, for two tiles. */
@inline
function transformRows(a0: v128, a1: v128, a2: v128, a3: v128, b0: v128, b1: v128, b2: v128, b3: v128, v: usize, coefficientBytes: i32): void {
  storePair(i16x8.sub(a0, a2), i16x8.sub(b0, b2), v);
  storePair(i16x8.add(a1, a2), i16x8.add(b1, b2), v + coefficientBytes);
  storePair(i16x8.sub(a2, a1), i16x8.sub(b2, b1), v + (coefficientBytes << 1));
  storePair(i16x8.sub(a1, a3), i16x8.sub(b1, b3), v + coefficientBytes * 3);
}

/** Stores eight inputs of two neighbouring tiles: [inputs/2][2 tiles][2 inputs], 16 bytes from one pair of inputs to the next. */
@inline
function storePair(a: v128, b: v128, v: usize): void {
  const low = v128.shuffle<i32>(a, b, 0, 4, 1, 5), high = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  v128.store64_lane(v, low, 0);
  v128.store64_lane(v, low, 1, 16);
  v128.store64_lane(v, high, 0, 32);
  v128.store64_lane(v, high, 1, 48);
}

/** strip[p][0..7] = sum over the window of pixel p of codes x weights, outputs `block` .. `block` + 7. */
export function convolve(step: usize, block: i32): void {
  const height = load<i32>(step + HEIGHT);
  const width = load<i32>(step + WIDTH);
  const inputs = load<i32>(step + INPUTS);
  const kernel = load<i32>(step + KERNEL);
  const strip = load<usize>(step + STRIP);
  const scratch = load<usize>(step + SCRATCH);
  const count = coefficients(kernel);
  const weights = load<usize>(step + WEIGHTS) + ((block * count * inputs) << 1);
  const groups = fours(height, width, kernel);
  const groupBytes = (count * inputs) << 3;
  const across = (width + 1) >> 1;
  // If the height is odd, the last row of tiles has one row of pixels, which does not depend on the last four
  // coefficients.
  const firstOfLastRow = height & 1 ? (height >> 1) * across : i32.MAX_VALUE;
  let v = scratch + PRODUCT_BYTES;
  for (let group = 0; group < groups; group++, v += groupBytes) {
    if (kernel == 1) {
      multiplyTiles(v, weights, inputs, 1, false, strip + (group << 7));
    } else {
      const tile = group << 2;
      const isLastNarrow = (width & 1) == 1 && (tile + 4) % across == 0;
      multiplyTiles(v, weights, inputs, tile < firstOfLastRow ? 16 : 12, isLastNarrow, scratch);
      inverseTransform(scratch, strip, tile, height, width);
    }
  }
}

/**
 * out[c][t][o] = sum over i of V[c][t][i] U[c][i][o] for `count` coefficients c, four tiles t, eight outputs o. If the
 * last tile has one column of pixels (`isLastNarrow`), every fourth coefficient is skipped for it.
 */
function multiplyTiles(v: usize, weights: usize, inputs: i32, count: i32, isLastNarrow: bool, out: usize): void {
  const bytes = inputs << 3;
  for (let coefficient = 0; coefficient < count; coefficient++, v += bytes, weights += bytes << 1, out += 128) {
    if (isLastNarrow && (coefficient & 3) == 3) multiply(3, v, weights, bytes, out);
    else multiply(4, v, weights, bytes, out);
  }
}

/** One coefficient of the first `tiles` tiles (4 or 3, a constant) of a group. */
@inline
function multiply(tiles: i32, v: usize, weights: usize, bytes: i32, out: usize): void {
  let a0 = i32x4.splat(0), a1 = i32x4.splat(0), b0 = i32x4.splat(0), b1 = i32x4.splat(0);
  let c0 = i32x4.splat(0), c1 = i32x4.splat(0), d0 = i32x4.splat(0), d1 = i32x4.splat(0);
  for (const end = v + bytes; v < end; v += 16, weights += 32) {
    const w0 = v128.load(weights), w1 = v128.load(weights, 16);
    const pairs = v128.load(v);
    let x = v128.shuffle<i32>(pairs, pairs, 0, 0, 0, 0);
    a0 = i32x4.add(a0, i32x4.dot_i16x8_s(w0, x));
    a1 = i32x4.add(a1, i32x4.dot_i16x8_s(w1, x));
    x = v128.shuffle<i32>(pairs, pairs, 1, 1, 1, 1);
    b0 = i32x4.add(b0, i32x4.dot_i16x8_s(w0, x));
    b1 = i32x4.add(b1, i32x4.dot_i16x8_s(w1, x));
    x = v128.shuffle<i32>(pairs, pairs, 2, 2, 2, 2);
    c0 = i32x4.add(c0, i32x4.dot_i16x8_s(w0, x));
    c1 = i32x4.add(c1, i32x4.dot_i16x8_s(w1, x));
    if (tiles == 4) {
      x = v128.shuffle<i32>(pairs, pairs, 3, 3, 3, 3);
      d0 = i32x4.add(d0, i32x4.dot_i16x8_s(w0, x));
      d1 = i32x4.add(d1, i32x4.dot_i16x8_s(w1, x));
    }
  }
  v128.store(out, a0), v128.store(out, a1, 16), v128.store(out, b0, 32), v128.store(out, b1, 48);
  v128.store(out, c0, 64), v128.store(out, c1, 80), v128.store(out, d0, 96), v128.store(out, d1, 112);
}

/** Writes Y = A^T M A / 4 of four tiles into the strip, except beyond the map. A^T = [1 1 1 0; 0 1 -1 -1]. */
function inverseTransform(products: usize, strip: usize, firstTile: i32, height: i32, width: i32): void {
  const across = (width + 1) >> 1;
  let y = firstTile / across;
  let x = firstTile - y * across;
  for (let t = 0; t < 4; t++) {
    const top = y << 1, left = x << 1;
    if (top >= height) return;
    const right = left + 1 < width, below = top + 1 < height;
    const at = strip + ((top * width + left) << 5);
    inverseTile(products, at, width, right, below);
    inverseTile(products + 16, at + 16, width, right, below);
    products += 32;
    if (++x == across) x = 0, y++;
  }
}

/** One tile, four outputs: m[r][c] lies at 512 r + 128 c. */
@inline
function inverseTile(m: usize, out: usize, width: i32, right: bool, below: bool): void {
  let p = v128.load(m, 512), q = v128.load(m, 1024);
  const u0 = i32x4.add(i32x4.add(v128.load(m), p), q);
  const l0 = i32x4.sub(i32x4.sub(p, q), v128.load(m, 1536));
  p = v128.load(m, 640), q = v128.load(m, 1152);
  const u1 = i32x4.add(i32x4.add(v128.load(m, 128), p), q);
  const l1 = i32x4.sub(i32x4.sub(p, q), v128.load(m, 1664));
  p = v128.load(m, 768), q = v128.load(m, 1280);
  const u2 = i32x4.add(i32x4.add(v128.load(m, 256), p), q);
  const l2 = i32x4.sub(i32x4.sub(p, q), v128.load(m, 1792));
  p = v128.load(m, 896), q = v128.load(m, 1408);
  const u3 = i32x4.add(i32x4.add(v128.load(m, 384), p), q);
  const l3 = i32x4.sub(i32x4.sub(p, q), v128.load(m, 1920));
  v128.store(out, quarter(i32x4.add(i32x4.add(u0, u1), u2)));
  if (right) v128.store(out, quarter(i32x4.sub(i32x4.sub(u1, u2), u3)), 32);
  if (!below) return;
  out += width << 5;
  v128.store(out, quarter(i32x4.add(i32x4.add(l0, l1), l2)));
  if (right) v128.store(out, quarter(i32x4.sub(i32x4.sub(l1, l2), l3)), 32);
}

@inline
function quarter(sum: v128): v128 {
  return i32x4.shr_s(sum, 2);
}
