/**
 * 3x3 convolution and its gradients by Winograd's F(4x4, 3x3) (Lavin & Gray 2016, arXiv:1509.09308), which needs 36 products
 * where the direct sum needs 144:
 *   V = B^T d B, U = G g G^T, Y = A^T [U V] A, and backwards W = A dY A^T, dU = sum over tiles of V W, dg = G^T dU G.
 *
 * Maps are [N, H, W, C] with stride 1 and one pixel of zeros around them. They are cut into tiles of 4x4 outputs, which are
 * processed in groups that fit into a cache. Letters: k one of the 36 coefficients, t a tile of the group.
 */
import { byColumns, byRows, COLUMNS, loadColumn, storeLanes, up } from "./product";

const COEFFICIENTS: usize = 36;
/** Bytes of V of a group, about. */
const GROUP_BYTES: i32 = 1 << 19;
/** Bytes between the planes of two coefficients, so that they do not share the same lines of the cache. */
const APART: usize = 64;
/** Bytes of the intermediate 6x6 vectors. */
const BETWEEN: usize = 36 * 16;

/** Tiles of a group, a multiple of 4. */
@inline
function groupOf(tiles: i32, channels: i32): i32 {
  return min(up(tiles, 4), max(4, GROUP_BYTES / (<i32>COEFFICIENTS * 4 * channels) & ~3));
}

@inline
function tilesOf(images: i32, height: i32, width: i32): i32 {
  return images * ((height + 3) >> 2) * ((width + 3) >> 2);
}

/** Bytes of a plane for each coefficient with so many f32. */
@inline
function plane(rows: i32, columns: i32): usize {
  return ((<usize>rows * columns) << 2) + APART;
}

export function convolutionScratch(images: i32, height: i32, width: i32, inputs: i32, outputs: i32): usize {
  const tiles = tilesOf(images, height, width), group = groupOf(tiles, up(inputs, 4));
  const blocks = group < tiles ? <usize>(up(outputs, COLUMNS) / COLUMNS) : 1;
  return BETWEEN + COEFFICIENTS * (plane(group, up(inputs, 4)) + plane(group, COLUMNS) + blocks * plane(inputs, COLUMNS));
}

export function gradientScratch(images: i32, height: i32, width: i32, inputs: i32, outputs: i32): usize {
  const tiles = tilesOf(images, height, width), i = up(inputs, 4), o = up(outputs, COLUMNS), group = groupOf(tiles, max(i, o));
  return BETWEEN + COEFFICIENTS * (plane(group, i) + plane(group, o) + plane(i, o));
}

/**
 * y = x * w for filters w [3, 3, inputs, outputs]; or, if `isTurned`, for w [3, 3, outputs, inputs] turned by 180 degrees: the
 * gradient by the input of the convolution with w.
 */
export function convolve(
  x: usize, w: usize, y: usize, images: i32, height: i32, width: i32, inputs: i32, outputs: i32, isTurned: bool, scratch: usize,
): void {
  const tiles = tilesOf(images, height, width), channels = up(inputs, 4), group = groupOf(tiles, channels);
  const vPlane = plane(group, channels), uPlane = plane(inputs, COLUMNS), mPlane = plane(group, COLUMNS);
  const v = scratch + BETWEEN, m = v + COEFFICIENTS * vPlane, u = m + COEFFICIENTS * mPlane;
  const row = <usize>channels << 2;
  for (let first = 0; first < tiles; first += group) {
    const count = min(group, tiles - first), padded = up(count, 4);
    transformMaps(x, height, width, inputs, first, count, scratch, v, vPlane, row);
    for (let k: usize = 0; k < COEFFICIENTS; k++) memory.fill(v + k * vPlane + <usize>count * row, 0, <usize>(padded - count) * row);
    let block = u;
    for (let o = 0; o < outputs; o += COLUMNS) {
      if (first == 0) transformFilters(w, inputs, outputs, o, isTurned, scratch, block, uPlane);
      for (let k: usize = 0; k < COEFFICIENTS; k++) {
        let from = v + k * vPlane, to = m + k * mPlane;
        const panel = block + k * uPlane;
        for (const end = to + (padded << 5); to < end; to += 128, from += row << 2) byRows(from, row, inputs, panel, to, 32);
      }
      transformOutputs(m, mPlane, scratch, y, height, width, outputs, o, first, count);
      if (group < tiles) block += COEFFICIENTS * uPlane;
    }
  }
}

/** dw [3, 3, inputs, outputs], the gradient by the filters of y = x * w. */
export function filterGradient(
  x: usize, dy: usize, dw: usize, images: i32, height: i32, width: i32, inputs: i32, outputs: i32, scratch: usize,
): void {
  const i = up(inputs, 4), o = up(outputs, COLUMNS);
  const tiles = tilesOf(images, height, width), group = groupOf(tiles, max(i, o));
  const vPlane = plane(group, i), wPlane = plane(group, o), sumPlane = plane(i, o);
  const v = scratch + BETWEEN, w = v + COEFFICIENTS * vPlane, sums = w + COEFFICIENTS * wPlane;
  const vRow = <usize>i << 2, wRow = <usize>o << 2;
  memory.fill(sums, 0, COEFFICIENTS * sumPlane);
  for (let first = 0; first < tiles; first += group) {
    const count = min(group, tiles - first);
    transformMaps(x, height, width, inputs, first, count, scratch, v, vPlane, vRow);
    transformDerivatives(dy, height, width, outputs, first, count, scratch, w, wPlane, wRow);
    for (let k: usize = 0; k < COEFFICIENTS; k++) {
      for (let c = 0; c < i; c += 4) {
        for (let d = 0; d < o; d += COLUMNS) {
          byColumns(v + k * vPlane + (c << 2), vRow, count, w + k * wPlane + (d << 2), wRow, sums + k * sumPlane + ((c * o + d) << 2), wRow);
        }
      }
    }
  }
  const tap = <usize>(inputs * outputs) << 2;
  for (let c = 0; c < inputs; c++) {
    for (let d = 0; d < outputs; d += 4) filterFrom(sums + ((c * o + d) << 2), sumPlane, scratch, dw + ((c * outputs + d) << 2), tap, outputs - d);
  }
}

/** The tile's column, row and image; its first output is at (4 tileX, 4 tileY). */
let tileX: i32 = 0;
let tileY: i32 = 0;
let tileImage: i32 = 0;

function locate(tile: i32, height: i32, width: i32): void {
  const across = (width + 3) >> 2, down = (height + 3) >> 2;
  tileX = tile % across;
  tileY = tile / across % down;
  tileImage = tile / across / down;
}

@inline
function loadIf(isInside: bool, at: usize): v128 {
  return isInside ? v128.load(at) : f32x4.splat(0);
}

@inline
function times(factor: f32, v: v128): v128 {
  return f32x4.mul(f32x4.splat(factor), v);
}

/** B^T d of six vectors, stored `step` bytes apart. */
@inline
function transformMap(d0: v128, d1: v128, d2: v128, d3: v128, d4: v128, d5: v128, to: usize, step: usize): void {
  v128.store(to, f32x4.add(f32x4.sub(times(4, d0), times(5, d2)), d4));
  const a = f32x4.sub(d4, times(4, d2)), b = f32x4.sub(d3, times(4, d1));
  v128.store(to + step, f32x4.add(a, b));
  v128.store(to + 2 * step, f32x4.sub(a, b));
  const c = f32x4.sub(d4, d2), d = times(2, f32x4.sub(d3, d1));
  v128.store(to + 3 * step, f32x4.add(c, d));
  v128.store(to + 4 * step, f32x4.sub(c, d));
  v128.store(to + 5 * step, f32x4.add(f32x4.sub(times(4, d1), times(5, d3)), d5));
}

/** V of the tiles. */
function transformMaps(
  x: usize, height: i32, width: i32, channels: i32, first: i32, count: i32, between: usize, v: usize, vPlane: usize, row: usize,
): void {
  const pixel = <usize>channels << 2, line = pixel * width;
  for (let t = 0; t < count; t++, v += row) {
    locate(first + t, height, width);
    const left = 4 * tileX - 1, top = 4 * tileY - 1, right = width - left, bottom = height - top;
    const start = x + ((tileImage * height + top) * width + left) * channels * 4;
    for (let c: usize = 0; c < pixel; c += 16) {
      let at = start + c, to = between;
      for (let r = 0; r < 6; r++, at += line, to += 96) {
        if (r == 0 ? top < 0 : r >= bottom) memory.fill(to, 0, 96);
        else {
          const d0 = loadIf(left >= 0, at), d1 = v128.load(at + pixel), d2 = loadIf(right > 2, at + 2 * pixel);
          const d3 = loadIf(right > 3, at + 3 * pixel), d4 = loadIf(right > 4, at + 4 * pixel), d5 = loadIf(right > 5, at + 5 * pixel);
          transformMap(d0, d1, d2, d3, d4, d5, to, 16);
        }
      }
      to = v + c;
      for (let j = between; j < between + 96; j += 16, to += vPlane) {
        const d0 = v128.load(j), d1 = v128.load(j, 96), d2 = v128.load(j, 192), d3 = v128.load(j, 288), d4 = v128.load(j, 384);
        transformMap(d0, d1, d2, d3, d4, v128.load(j, 480), to, 6 * vPlane);
      }
    }
  }
}

/** A y of four vectors, stored `step` bytes apart. */
@inline
function transformDerivative(y0: v128, y1: v128, y2: v128, y3: v128, to: usize, step: usize): void {
  v128.store(to, y0);
  const a = f32x4.add(y0, y2), b = f32x4.add(y1, y3);
  v128.store(to + step, f32x4.add(a, b));
  v128.store(to + 2 * step, f32x4.sub(a, b));
  const c = f32x4.add(y0, times(4, y2)), d = f32x4.add(times(2, y1), times(8, y3));
  v128.store(to + 3 * step, f32x4.add(c, d));
  v128.store(to + 4 * step, f32x4.sub(c, d));
  v128.store(to + 5 * step, y3);
}

/** W of the tiles. */
function transformDerivatives(
  dy: usize, height: i32, width: i32, channels: i32, first: i32, count: i32, between: usize, w: usize, wPlane: usize, row: usize,
): void {
  const pixel = <usize>channels << 2, line = pixel * width;
  for (let t = 0; t < count; t++, w += row) {
    locate(first + t, height, width);
    const right = width - 4 * tileX, bottom = height - 4 * tileY;
    const start = dy + ((tileImage * height + 4 * tileY) * width + 4 * tileX) * channels * 4;
    for (let c: usize = 0; c < pixel; c += 16) {
      let at = start + c, to = between;
      for (let r = 0; r < 4; r++, at += line, to += 96) {
        if (r >= bottom) memory.fill(to, 0, 96);
        else {
          const y1 = loadIf(right > 1, at + pixel), y2 = loadIf(right > 2, at + 2 * pixel), y3 = loadIf(right > 3, at + 3 * pixel);
          transformDerivative(v128.load(at), y1, y2, y3, to, 16);
        }
      }
      to = w + c;
      for (let j = between; j < between + 96; j += 16, to += wPlane) {
        transformDerivative(v128.load(j), v128.load(j, 96), v128.load(j, 192), v128.load(j, 288), to, 6 * wPlane);
      }
    }
  }
}

/** G g of three vectors, stored `step` bytes apart. */
@inline
function transformFilter(a: v128, b: v128, c: v128, to: usize, step: usize): void {
  v128.store(to, times(1 / 4, a));
  const e = times(-1 / 6, f32x4.add(a, c)), f = times(1 / 6, b);
  v128.store(to + step, f32x4.sub(e, f));
  v128.store(to + 2 * step, f32x4.add(e, f));
  const g = f32x4.add(times(1 / 24, a), times(1 / 6, c)), h = times(1 / 12, b);
  v128.store(to + 3 * step, f32x4.add(g, h));
  v128.store(to + 4 * step, f32x4.sub(g, h));
  v128.store(to + 5 * step, c);
}

/** U of the outputs from `o` on: [k][inputs][8]. `isTurned`: as in `convolve`. */
function transformFilters(
  w: usize, inputs: i32, outputs: i32, o: i32, isTurned: bool, between: usize, u: usize, uPlane: usize,
): void {
  const size = <usize>(inputs * outputs) << 2;
  // Bytes from an output to the next, from an input to the next, and from a tap to the next.
  const step: usize = isTurned ? <usize>inputs << 2 : 4, next: usize = isTurned ? 4 : <usize>outputs << 2;
  const tap: usize = isTurned ? 0 - size : size;
  w += <usize>o * step + (isTurned ? 8 * size : 0);
  for (let c = 0; c < inputs; c++, u += 32, w += next) {
    for (let half = 0; half < COLUMNS; half += 4) {
      const count = outputs - o - half;
      let at = w + <usize>half * step;
      for (let to = between; to < between + 288; to += 96, at += 3 * tap) {
        transformFilter(loadColumn(at, step, count), loadColumn(at + tap, step, count), loadColumn(at + 2 * tap, step, count), to, 16);
      }
      let to = u + (half << 2);
      for (let j = between; j < between + 96; j += 16, to += uPlane) {
        transformFilter(v128.load(j), v128.load(j, 96), v128.load(j, 192), to, 6 * uPlane);
      }
    }
  }
}

/** y from M of the tiles, [k][t][8]. */
function transformOutputs(
  m: usize, mPlane: usize, between: usize, y: usize, height: i32, width: i32, outputs: i32, o: i32, first: i32, count: i32,
): void {
  const pixel = <usize>outputs << 2;
  for (let t = 0; t < count; t++) {
    locate(first + t, height, width);
    const rows = height - 4 * tileY, columns = width - 4 * tileX;
    const start = y + ((tileImage * height + 4 * tileY) * width + 4 * tileX) * outputs * 4;
    for (let half = 0; half < COLUMNS && o + half < outputs; half += 4) {
      let from = m + (t << 5) + (half << 2);
      for (let to = between; to < between + 384; to += 64, from += 6 * mPlane) {
        const m0 = v128.load(from), m1 = v128.load(from + mPlane), m2 = v128.load(from + 2 * mPlane);
        const m3 = v128.load(from + 3 * mPlane), m4 = v128.load(from + 4 * mPlane), m5 = v128.load(from + 5 * mPlane);
        const s = f32x4.add(m1, m2), d = f32x4.sub(m1, m2), p = f32x4.add(m3, m4), q = f32x4.sub(m3, m4);
        v128.store(to, f32x4.add(f32x4.add(m0, s), p));
        v128.store(to, f32x4.add(d, times(2, q)), 16);
        v128.store(to, f32x4.add(s, times(4, p)), 32);
        v128.store(to, f32x4.add(f32x4.add(d, times(8, q)), m5), 48);
      }
      let to = start + ((o + half) << 2);
      const line = pixel * width, lanes = outputs - o - half;
      for (let j = 0; j < min(4, columns); j++, to += pixel) {
        const at = between + (j << 4);
        const m0 = v128.load(at), m1 = v128.load(at, 64), m2 = v128.load(at, 128), m3 = v128.load(at, 192), m4 = v128.load(at, 256);
        const s = f32x4.add(m1, m2), d = f32x4.sub(m1, m2), p = f32x4.add(m3, m4), q = f32x4.sub(m3, m4);
        storeLanes(to, f32x4.add(f32x4.add(m0, s), p), lanes);
        if (rows > 1) storeLanes(to + line, f32x4.add(d, times(2, q)), lanes);
        if (rows > 2) storeLanes(to + 2 * line, f32x4.add(s, times(4, p)), lanes);
        if (rows > 3) storeLanes(to + 3 * line, f32x4.add(f32x4.add(d, times(8, q)), v128.load(at, 320)), lanes);
      }
    }
  }
}

/** dg = G^T dU G of four filters. */
function filterFrom(sums: usize, sumPlane: usize, between: usize, dw: usize, tap: usize, lanes: i32): void {
  for (let to = between; to < between + 288; to += 48, sums += 6 * sumPlane) {
    const u1 = v128.load(sums + sumPlane), u2 = v128.load(sums + 2 * sumPlane);
    const u3 = v128.load(sums + 3 * sumPlane), u4 = v128.load(sums + 4 * sumPlane);
    const s = times(-1 / 6, f32x4.add(u1, u2)), p = f32x4.add(u3, u4);
    v128.store(to, f32x4.add(f32x4.add(times(1 / 4, v128.load(sums)), s), times(1 / 24, p)));
    v128.store(to, f32x4.add(times(1 / 6, f32x4.sub(u2, u1)), times(1 / 12, f32x4.sub(u3, u4))), 16);
    v128.store(to, f32x4.add(f32x4.add(s, times(1 / 6, p)), v128.load(sums + 5 * sumPlane)), 32);
  }
  for (let at = between; at < between + 48; at += 16, dw += tap) {
    const u1 = v128.load(at, 48), u2 = v128.load(at, 96), u3 = v128.load(at, 144), u4 = v128.load(at, 192);
    const s = times(-1 / 6, f32x4.add(u1, u2)), p = f32x4.add(u3, u4);
    storeLanes(dw, f32x4.add(f32x4.add(times(1 / 4, v128.load(at)), s), times(1 / 24, p)), lanes);
    storeLanes(dw + 3 * tap, f32x4.add(times(1 / 6, f32x4.sub(u2, u1)), times(1 / 12, f32x4.sub(u3, u4))), lanes);
    storeLanes(dw + 6 * tap, f32x4.add(f32x4.add(s, times(1 / 6, p)), v128.load(at, 240)), lanes);
  }
}
