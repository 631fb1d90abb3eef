/**
 * y = W v for one vector, weights [outputs][inputs], in float32: y[o] = ((s0 + s1) + (s2 + s3)) + rest, where s_k sums
 * the products of inputs k, k + 4, k + 8, ..., and rest those of the last inputs % 4.
 */
export function linear(v: usize, weights: usize, y: usize, inputs: i32, outputs: i32): void {
  const whole = <usize>(inputs & ~3) << 2, all = <usize>inputs << 2;
  for (const end = y + (outputs << 2); y < end; y += 4, weights += all) {
    let sums = f32x4.splat(0);
    let i: usize = 0;
    for (; i < whole; i += 16) sums = f32x4.add(sums, f32x4.mul(v128.load(weights + i), v128.load(v + i)));
    let rest: f32 = 0;
    for (; i < all; i += 4) rest += load<f32>(weights + i) * load<f32>(v + i);
    const left = f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1);
    const right = f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3);
    store<f32>(y, left + right + rest);
  }
}
