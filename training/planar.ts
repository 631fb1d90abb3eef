/** Images as samplers and denoisers have them: planar, in units of the data range. */

/** Bytes [N, H, W, C] -> numbers [N, C, H, W] in [-1, 1]. */
export function planar(bytes: Uint8Array, { height, width, channels }: { height: number; width: number; channels: number }): Float32Array {
  const area = height * width;
  const size = area * channels;
  const numbers = new Float32Array(bytes.length);
  for (let start = 0; start < bytes.length; start += size) {
    for (let c = 0; c < channels; c++) {
      for (let i = 0; i < area; i++) numbers[start + c * area + i] = bytes[start + i * channels + c] / 127.5 - 1;
    }
  }
  return numbers;
}
