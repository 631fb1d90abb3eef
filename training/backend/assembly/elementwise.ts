/** Operations on `count` values, one after the other. */

/** out = 1 where a = b, else 0: bytes. */
export function equal(a: usize, b: usize, out: usize, count: i32): void {
  const last = a + (count << 2), end = last - 12;
  for (; a < end; a += 16, b += 16, out += 4) {
    const words = i16x8.narrow_i32x4_s(f32x4.eq(v128.load(a), v128.load(b)), i32x4.splat(0));
    v128.store32_lane(out, v128.and(i8x16.narrow_i16x8_s(words, words), i8x16.splat(1)), 0);
  }
  for (; a < last; a += 4, b += 4, out++) store<u8>(out, u8(load<f32>(a) == load<f32>(b)));
}

/** out = min(a, b) for one value b. */
export function minimum(a: usize, b: usize, out: usize, count: i32): void {
  const last = a + (count << 2), end = last - 12, most = v128.load32_splat(b);
  for (; a < end; a += 16, out += 16) v128.store(out, f32x4.min(v128.load(a), most));
  for (; a < last; a += 4, out += 4) store<f32>(out, min(load<f32>(a), load<f32>(b)));
}
