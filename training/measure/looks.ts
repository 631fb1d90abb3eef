/** How images look, by numbers: contrast and edges. Images are bytes [N, H, W, C]. */
import type { Labelled } from "../network/split.ts";

/** Mean of the standard deviations of images [N, H, W, C] of `size` bytes each, 0 to 127.5. */
export function contrastOf(images: Uint8Array, size: number): number {
  let sum = 0;
  for (let at = 0; at < images.length; at += size) {
    const image = images.subarray(at, at + size);
    const mean = image.reduce((total, value) => total + value, 0) / size;
    sum += Math.sqrt(image.reduce((total, value) => total + (value - mean) ** 2, 0) / size);
  }
  return (sum * size) / images.length;
}

/** The contrast of training images of `size` bytes, each class counting as much as any other. */
export function contrastByClass({ train, labels }: Labelled, size: number): number {
  const sums = labels.map(() => [0, 0]);
  for (const [i, label] of train.labels.entries()) {
    sums[label][0] += contrastOf(train.images(i, i + 1), size);
    sums[label][1] += 1;
  }
  return sums.reduce((sum, [contrast, count]) => sum + contrast / count, 0) / labels.length;
}

/** Share of the gradients that count as edges. */
const STEEPEST = 1 / 50;

/** Mean length of the steepest fiftieth of gradients, of the mean of the channels, by differences of neighbours, 0 to 361. */
export function edgesOf(images: Uint8Array, width: number, height: number, channels: number): number {
  const pixels = width * height;
  const grey = Float32Array.from({ length: images.length / channels }, (_, i) => {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += images[i * channels + c];
    return sum / channels;
  });
  const lengths: number[] = [];
  for (let first = 0; first < grey.length; first += pixels) {
    for (let y = 0; y + 1 < height; y++) {
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
