/**
 * Convolution by plain SIMD, which multiplies 16-bit integers: half as many products per instruction as a native dot
 * product of bytes. So 3x3 filters use Winograd's algorithms (Lavin & Gray 2016, arXiv:1509.09308), exact in integers:
 * F(4x4, 3x3) on large maps (WINOGRAD_4, winograd-4.ts), else F(2x2, 3x3) (winograd-2.ts).
 *
 * A map is cut into tiles of 4x4 or 2x2 output pixels (6x6 or 4x4 codes), in row order. Tiles are processed in groups of
 * four. A 1x1 convolution is the same product with one coefficient per pixel instead of 36 or 16 per tile. Nothing overflows
 * but 32-bit sums on the way, which may wrap.
 *
 * Loads are the bottleneck, since workerd checks the bounds of each. So the same two inputs of a group's tiles lie side
 * by side and take one load.
 */
import { HEIGHT, INPUTS, KERNEL, KIND, SCRATCH, SOURCE, SOURCE_OFFSETS, SOURCE_ROW, STRIP, WEIGHTS, WIDTH, WINOGRAD_4 } from "../layout";
import * as two from "./winograd-2";
import * as four from "./winograd-4";
import { inFour, storePair } from "./kernel";

/** Bytes of one convolution's packed weights, [outputs/8][coefficients][inputs/2][2][4 outputs][2 inputs] of 16 bits. */
export function weightBytes(kind: i32, inputs: i32, outputs: i32, kernel: i32): i32 {
  return (outputs * inputs * coefficients(sideOf(kind, kernel))) << 1;
}

/** Bytes of one block's products (PRODUCT_BYTES), of V, and of B^T d for eight inputs, [rows of tiles][columns][line] of eight. */
export function scratchBytes(kind: i32, height: i32, width: i32, inputs: i32, kernel: i32): f64 {
  const side = sideOf(kind, kernel);
  const columns = tilesAlong(height, side) * columnsOf(width, side) * lineOf(side) * 16;
  return <f64>(PRODUCT_BYTES + columns) + 8 * <f64>fours(height, width, side) * <f64>(coefficients(side) * inputs);
}

const PRODUCT_BYTES = 36 * 4 * 8 * 4;

/** Pixels of a tile in each direction. */
@inline
function sideOf(kind: i32, kernel: i32): i32 {
  return kind == WINOGRAD_4 ? 4 : kernel == 3 ? 2 : 1;
}

/** Coefficients of a tile in each direction. */
@inline
function lineOf(side: i32): i32 {
  return side == 1 ? 1 : side + 2;
}

@inline
function coefficients(side: i32): i32 {
  return lineOf(side) * lineOf(side);
}

/** Tiles along so many pixels. */
@inline
function tilesAlong(pixels: i32, side: i32): i32 {
  return (pixels + side - 1) / side;
}

/** Columns of codes; neighbouring tiles share two. */
@inline
function columnsOf(width: i32, side: i32): i32 {
  return tilesAlong(width, side) * side + 2;
}

/** Groups of four tiles. */
@inline
function fours(height: i32, width: i32, side: i32): i32 {
  return (tilesAlong(height, side) * tilesAlong(width, side) + 3) >> 2;
}

/** Transforms and packs the filter [kernel^2] of output o and input i. Returns the sum of its weights. */
export function packFilter(kind: i32, filter: usize, target: usize, o: i32, i: i32, inputs: i32, kernel: i32): i32 {
  const side = sideOf(kind, kernel);
  const coefficientBytes = inputs << 4;
  const at = target + (o >> 3) * coefficients(side) * coefficientBytes + ((i >> 1) << 5) + ((o & 7) << 2) + ((i & 1) << 1);
  if (side == 4) four.transformFilter(filter, at, coefficientBytes);
  else if (side == 2) two.transformFilter(filter, at, coefficientBytes);
  else store<i16>(at, load<i8>(filter));
  let sum = 0;
  for (const end = filter + kernel * kernel; filter < end; filter++) sum += load<i8>(filter);
  return sum;
}

/** Computes V of the whole map, once for all output channels. */
export function prepare(step: usize): void {
  const v = load<usize>(step + SCRATCH) + PRODUCT_BYTES;
  const side = sideOf(load<i32>(step + KIND), load<i32>(step + KERNEL));
  if (side == 4) transformTiles(step, v, 4);
  else if (side == 2) transformTiles(step, v, 2);
  else widenPixels(step, v);
}

/** V of every tile, eight inputs at a time: B^T d, then each row of two tiles times B. `side`: a constant. */
@inline
function transformTiles(step: usize, v: usize, side: i32): void {
  const inputs = load<i32>(step + INPUTS), height = load<i32>(step + HEIGHT), width = load<i32>(step + WIDTH);
  const across = tilesAlong(width, side), tiles = across * tilesAlong(height, side);
  const coefficientBytes = inputs << 3, groupBytes = coefficients(side) * coefficientBytes;
  const columns = v + ((tiles + 3) >> 2) * groupBytes;
  const columnBytes = lineOf(side) << 4, toNext = columnBytes * side, toNextRow = columnBytes << 1;
  for (let i = 0; i < inputs; i += 8) {
    transformColumns(load<usize>(step + SOURCE) + i, load<i32>(step + SOURCE_ROW), inputs, height, columnsOf(width, side), columns, side);
    let a = columns;
    for (let tile = 0, x = 0; tile < tiles; tile += 2) {
      let b = a + toNext;
      if (++x == across) x = 0, b += toNextRow;
      if (tile + 1 == tiles) b = a; // there is no second tile
      let out = inFour(v, tile, groupBytes) + (i << 3);
      for (let r = 0; r < columnBytes; r += 16, out += coefficientBytes * lineOf(side)) {
        if (side == 4) four.transformRow(a + r, b + r, out, coefficientBytes);
        else two.transformRow(a + r, b + r, out, coefficientBytes);
      }
      a = b + toNext;
      if (++x == across) x = 0, a += toNextRow;
    }
  }
}

@inline
function transformColumns(source: usize, row: i32, inputs: i32, height: i32, count: i32, out: usize, side: i32): void {
  for (let y = 0; y < height; y += side, source += row * side) {
    let at = source;
    for (const end = at + count * inputs; at < end; at += inputs, out += lineOf(side) << 4) {
      if (side == 4) four.transformColumn(at, row, out);
      else two.transformColumn(at, row, out);
    }
  }
}

function widenPixels(step: usize, v: usize): void {
  const pixels = load<i32>(step + HEIGHT) * load<i32>(step + WIDTH);
  const inputs = load<i32>(step + INPUTS);
  const source = load<usize>(step + SOURCE);
  let offsets = load<usize>(step + SOURCE_OFFSETS); // a multiple of four
  for (let p = 0; p < pixels; p += 2, offsets += 8) {
    const a = source + load<u32>(offsets), b = source + load<u32>(offsets, 4);
    let out = inFour(v, p, inputs << 3);
    for (let i = 0; i < inputs; i += 8, out += 64) storePair(v128.load8x8_u(a + i), v128.load8x8_u(b + i), out);
  }
}

/** strip[p][0..7] = sum over the window of pixel p of codes x weights, outputs `block` .. `block` + 7. */
export function convolve(step: usize, block: i32): void {
  const height = load<i32>(step + HEIGHT);
  const width = load<i32>(step + WIDTH);
  const inputs = load<i32>(step + INPUTS);
  const side = sideOf(load<i32>(step + KIND), load<i32>(step + KERNEL));
  const strip = load<usize>(step + STRIP);
  const scratch = load<usize>(step + SCRATCH);
  const line = lineOf(side), count = coefficients(side);
  const weights = load<usize>(step + WEIGHTS) + ((block * count * inputs) << 1);
  const groups = fours(height, width, side);
  const groupBytes = (count * inputs) << 3;
  const across = tilesAlong(width, side);
  // Where a tile's last row or column of pixels is beyond the map, the others do not depend on its last coefficients.
  const firstOfLastRow = height % side ? (height / side) * across : i32.MAX_VALUE;
  let v = scratch + PRODUCT_BYTES;
  for (let tile = 0; tile < groups << 2; tile += 4, v += groupBytes) {
    if (side == 1) {
      multiplyTiles(v, weights, inputs, 1, 1, false, strip + (tile << 5));
    } else {
      const isLastNarrow = width % side != 0 && (tile + 4) % across == 0;
      multiplyTiles(v, weights, inputs, tile < firstOfLastRow ? line : line - 1, line, isLastNarrow, scratch);
      inverseTransform(scratch, strip, tile, height, width, side);
    }
  }
}

/**
 * out[c][t][o] = sum over i of V[c][t][i] U[c][i][o] for `rows` rows of `line` coefficients c, four tiles t, eight outputs o. If
 * the last tile is narrow (`isLastNarrow`), the last coefficient of each row is skipped for it.
 */
function multiplyTiles(v: usize, weights: usize, inputs: i32, rows: i32, line: i32, isLastNarrow: bool, out: usize): void {
  const bytes = inputs << 3;
  for (; rows > 0; rows--) {
    for (let c = line; c > 0; c--, v += bytes, weights += bytes << 1, out += 128) {
      if (isLastNarrow && c == 1) multiply(3, v, weights, bytes, out);
      else multiply(4, v, weights, bytes, out);
    }
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

/** Writes the pixels of four tiles into the strip, except beyond the map. */
function inverseTransform(products: usize, strip: usize, firstTile: i32, height: i32, width: i32, side: i32): void {
  const across = tilesAlong(width, side);
  let y = firstTile / across;
  let x = firstTile - y * across;
  for (const end = products + 128; products < end; products += 32) {
    const top = y * side, left = x * side;
    if (top >= height) return;
    const at = strip + ((top * width + left) << 5);
    const rows = min(side, height - top), columns = min(side, width - left);
    for (let half = 0; half < 32; half += 16) {
      if (side == 4) inverseTile(products + half, at + half, width, rows, columns, 4);
      else inverseTile(products + half, at + half, width, rows, columns, 2);
    }
    if (++x == across) x = 0, y++;
  }
}

/** One tile, four outputs: m[r][c] lies at 128 (line r + c), and A^T m is written in its place. `side`: a constant. */
@inline
function inverseTile(m: usize, out: usize, width: i32, rows: i32, columns: i32, side: i32): void {
  const rowBytes = lineOf(side) << 7;
  for (let c = m, end = m + rowBytes; c < end; c += 128) {
    if (side == 4) four.inverse(c, rowBytes, c, rowBytes, 4, false);
    else two.inverse(c, rowBytes, c, rowBytes, 2, false);
  }
  for (const end = m + rows * rowBytes; m < end; m += rowBytes, out += width << 5) {
    if (side == 4) four.inverse(m, 128, out, 32, columns, true);
    else two.inverse(m, 128, out, 32, columns, true);
  }
}
