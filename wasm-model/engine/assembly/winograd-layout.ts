/** Where V lies, [tiles/4][coefficients][inputs/2][4 tiles][2 inputs] of 16 bits: what the products of four tiles read together lies side by side. */

/** Address in V of an even-numbered tile and the next one; `fourBytes` are those of four tiles. */
@inline
export function inFour(v: usize, tile: i32, fourBytes: i32): usize {
  return v + (tile >> 2) * fourBytes + ((tile & 2) << 2);
}

/** Stores eight inputs of two neighbouring tiles: [inputs/2][2 tiles][2 inputs], 16 bytes from one pair of inputs to the next. */
@inline
export function storePair(a: v128, b: v128, v: usize): void {
  const low = v128.shuffle<i32>(a, b, 0, 4, 1, 5), high = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  v128.store64_lane(v, low, 0);
  v128.store64_lane(v, low, 1, 16);
  v128.store64_lane(v, high, 0, 32);
  v128.store64_lane(v, high, 1, 48);
}
