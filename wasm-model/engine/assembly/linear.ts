/** y = W v for one vector: y[o] = sum over i of W[o][i] v[i] in float32; outputs a multiple of 8; weights [outputs/8][inputs][8]. */
export function linear(v: usize, weights: usize, y: usize, inputs: i32, outputs: i32): void {
  for (let o = 0; o < outputs; o += 8, y += 32) {
    // Even and odd inputs have sums of their own: additions wait for one another, and two chains wait half as long.
    let even0 = f32x4.splat(0),
      even1 = f32x4.splat(0),
      odd0 = f32x4.splat(0),
      odd1 = f32x4.splat(0);
    let i = 0;
    for (; i + 1 < inputs; i += 2, weights += 64) {
      const a = v128.load32_splat(v + (i << 2)),
        b = v128.load32_splat(v + (i << 2), 4);
      even0 = f32x4.add(even0, f32x4.mul(v128.load(weights), a));
      even1 = f32x4.add(even1, f32x4.mul(v128.load(weights, 16), a));
      odd0 = f32x4.add(odd0, f32x4.mul(v128.load(weights, 32), b));
      odd1 = f32x4.add(odd1, f32x4.mul(v128.load(weights, 48), b));
    }
    if (i < inputs) {
      const a = v128.load32_splat(v + (i << 2));
      even0 = f32x4.add(even0, f32x4.mul(v128.load(weights), a));
      even1 = f32x4.add(even1, f32x4.mul(v128.load(weights, 16), a));
      weights += 32;
    }
    v128.store(y, f32x4.add(even0, odd0));
    v128.store(y, f32x4.add(even1, odd1), 16);
  }
}
