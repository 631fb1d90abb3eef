/** How sharp and how white images are. N images of `width` x `width` x `channels` bytes. */

/** Share of the gradients that count as edges. */
const STEEPEST = 1 / 50;

/** Mean length of the steepest fiftieth of gradients, of the mean of the channels, by differences of neighbours, 0 to 361. */
export function edgesOf(images: Uint8Array, width: number, channels: number): number {
  const pixels = width * width;
  const grey = Float32Array.from({ length: images.length / channels }, (_, i) => {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += images[i * channels + c];
    return sum / channels;
  });
  const lengths: number[] = [];
  for (let first = 0; first < grey.length; first += pixels) {
    for (let y = 0; y + 1 < width; y++) {
      for (let x = 0; x + 1 < width; x++) {
        const at = first + y * width + x;
        lengths.push(Math.hypot(grey[at + 1] - grey[at], grey[at + width] - grey[at]));
      }
    }
  }
  const steepest = Float64Array.from(lengths)
    .sort()
    .subarray(-Math.ceil(STEEPEST * lengths.length));
  return steepest.reduce((sum, length) => sum + length, 0) / steepest.length;
}

/** The least value of a white pixel's channels. */
const WHITE = 250;

/** Share of the pixels whose channels are all white. */
export function whiteOf(images: Uint8Array, channels: number): number {
  let white = 0;
  for (let at = 0; at < images.length; at += channels) if (images.subarray(at, at + channels).every((value) => value >= WHITE)) white++;
  return (white * channels) / images.length;
}
