/** Root mean square difference of two pictures of one size, in grey levels of 255. */
export const difference = (a: Uint8Array, b: Uint8Array): number =>
  Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0) / a.length);
