/** Half precision (IEEE 754 binary16) in files to train from. Not every host has a Float16Array. `bits`: of the float32. */

/** Where float32 and half precision differ: how many bits fewer, and the exponent's bias. */
const FEWER_BITS = 13;
const BIAS = (127 - 15) << 23;
/** The least normal half, 2^-14. */
const LEAST_NORMAL = (127 - 14) << 23;
const HALF = 126 << 23;
/** One over the least half above zero, 2^-24. */
const PARTS = 1 << 24;

/** The nearest halves, ties to the even one. Too large numbers become infinite. */
export function toHalves(values: Float32Array): Uint16Array<ArrayBuffer> {
  const halves = new Uint16Array(values.length);
  const number = new Float32Array(1);
  const bits = new Uint32Array(number.buffer);
  for (const [i, value] of values.entries()) {
    number[0] = value;
    const sign = (bits[0] >>> 16) & 0x8000;
    const size = bits[0] & 0x7fffffff;
    if (size < LEAST_NORMAL) {
      number[0] = Math.abs(value) + 0.5; // float32 rounds to multiples of 2^-24 here, the distance of small halves
      halves[i] = sign | (bits[0] - HALF);
    } else {
      const rounded = size - BIAS + 0xfff + ((size >>> FEWER_BITS) & 1);
      halves[i] = sign | Math.min(rounded >>> FEWER_BITS, INFINITE);
    }
  }
  return halves;
}

const INFINITE = 0x7c00;

/** The halves as float32. Infinity and NaN become infinite. */
export function fromHalves(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const values = new Float32Array(halves.length);
  const bits = new Uint32Array(values.buffer);
  for (const [i, half] of halves.entries()) {
    const size = half & 0x7fff;
    if (size >= INFINITE) values[i] = Infinity;
    else if (size < 0x0400) values[i] = size / PARTS;
    else bits[i] = (size << FEWER_BITS) + BIAS;
    bits[i] |= (half & 0x8000) << 16;
  }
  return values;
}
