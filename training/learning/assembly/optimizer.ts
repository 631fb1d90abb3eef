/**
 * The optimizer's passes over all parameters of a network, with SIMD, in IEEE operations in a fixed order: the same bits on
 * every machine. Vectors are addresses of f32. A matrix [rows, columns] has a filter in each column.
 */

/** f32 values of a vector register. */
const LANES: i32 = 4;

@inline
function at(vector: usize, index: i32): usize {
  return vector + ((<usize>index) << 2);
}

/** sums[c] = sum over rows of a[r, c] b[r, c]. */
function columnSums(a: usize, b: usize, rows: i32, columns: i32, sums: usize): void {
  memory.fill(sums, 0, (<usize>columns) << 2);
  for (let r = 0; r < rows; r++) {
    let c = 0;
    for (; c <= columns - LANES; c += LANES) {
      v128.store(at(sums, c), f32x4.add(v128.load(at(sums, c)), f32x4.mul(v128.load(at(a, c)), v128.load(at(b, c)))));
    }
    for (; c < columns; c++) store<f32>(at(sums, c), load<f32>(at(sums, c)) + load<f32>(at(a, c)) * load<f32>(at(b, c)));
    a = at(a, columns);
    b = at(b, columns);
  }
}

/**
 * w <- w / (RMS(w) + epsilon) and u = w / |w| for each column; zeros stay zeros. `scratch` has room for 2 columns values.
 */
export function normalize(w: usize, u: usize, rows: i32, columns: i32, scratch: usize, epsilon: f32): void {
  const stored = at(scratch, columns);
  columnSums(w, w, rows, columns, scratch);
  for (let c = 0; c < columns; c++) {
    const norm = sqrt(load<f32>(at(scratch, c)));
    store<f32>(at(stored, c), 1 / (norm / sqrt(<f32>rows) + epsilon));
    store<f32>(at(scratch, c), norm > 0 ? 1 / norm : 0);
  }
  for (let r = 0; r < rows; r++) {
    let c = 0;
    for (; c <= columns - LANES; c += LANES) {
      const value = v128.load(at(w, c));
      v128.store(at(u, c), f32x4.mul(value, v128.load(at(scratch, c))));
      v128.store(at(w, c), f32x4.mul(value, v128.load(at(stored, c))));
    }
    for (; c < columns; c++) {
      const value = load<f32>(at(w, c));
      store<f32>(at(u, c), value * load<f32>(at(scratch, c)));
      store<f32>(at(w, c), value * load<f32>(at(stored, c)));
    }
    w = at(w, columns);
    u = at(u, columns);
  }
}

/**
 * g, the gradient by u = w / |w|, becomes that by w: (g - u <u, g>) / |w|, for each column. `scratch` has room for 2
 * columns values.
 */
export function throughNorm(w: usize, g: usize, rows: i32, columns: i32, scratch: usize): void {
  const product = at(scratch, columns);
  columnSums(w, w, rows, columns, scratch);
  columnSums(w, g, rows, columns, product);
  for (let c = 0; c < columns; c++) {
    const squares = load<f32>(at(scratch, c));
    store<f32>(at(product, c), squares > 0 ? load<f32>(at(product, c)) / squares : 0);
    store<f32>(at(scratch, c), squares > 0 ? 1 / sqrt(squares) : 0);
  }
  for (let r = 0; r < rows; r++) {
    let c = 0;
    for (; c <= columns - LANES; c += LANES) {
      const along = f32x4.mul(v128.load(at(w, c)), v128.load(at(product, c)));
      v128.store(at(g, c), f32x4.mul(f32x4.sub(v128.load(at(g, c)), along), v128.load(at(scratch, c))));
    }
    for (; c < columns; c++) {
      const along = load<f32>(at(w, c)) * load<f32>(at(product, c));
      store<f32>(at(g, c), (load<f32>(at(g, c)) - along) * load<f32>(at(scratch, c)));
    }
    w = at(w, columns);
    g = at(g, columns);
  }
}

/**
 * m <- b1 m + (1 - b1) g, v <- b2 v + (1 - b2) g^2, w <- w - rate m / (sqrt(correction v) + epsilon), average <- average +
 * share (w - average), for `count` values, a multiple of 4.
 */
export function adam(
  w: usize,
  m: usize,
  v: usize,
  average: usize,
  g: usize,
  count: i32,
  beta1: f32,
  beta2: f32,
  epsilon: f32,
  rate: f32,
  correction: f32,
  share: f32,
): void {
  for (let i = 0; i < count; i += LANES) {
    const gradient = v128.load(at(g, i));
    const first = f32x4.add(f32x4.mul(f32x4.splat(beta1), v128.load(at(m, i))), f32x4.mul(f32x4.splat(1 - beta1), gradient));
    const square = f32x4.mul(gradient, gradient);
    const second = f32x4.add(f32x4.mul(f32x4.splat(beta2), v128.load(at(v, i))), f32x4.mul(f32x4.splat(1 - beta2), square));
    const scale = f32x4.add(f32x4.sqrt(f32x4.mul(f32x4.splat(correction), second)), f32x4.splat(epsilon));
    const weight = f32x4.sub(v128.load(at(w, i)), f32x4.div(f32x4.mul(f32x4.splat(rate), first), scale));
    const mean = v128.load(at(average, i));
    v128.store(at(m, i), first);
    v128.store(at(v, i), second);
    v128.store(at(w, i), weight);
    v128.store(at(average, i), f32x4.add(mean, f32x4.mul(f32x4.splat(share), f32x4.sub(weight, mean))));
  }
}
