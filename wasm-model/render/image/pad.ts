/** Pads images to the network's image, if the card has a crop. Border pixels repeat outwards. */
import type { ModelCard } from "../../model/card.ts";

/**
 * A network's image, H x W pixels of C channels, and where the data's images lie in it; without `crop` they fill it.
 */
export interface PaddedShape {
  readonly spec: Pick<ModelCard["spec"], "height" | "width" | "channels">;
  readonly crop?: ModelCard["crop"];
}

export interface ImageShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Bytes of images [N, h, w, C] -> [N, H, W, C]. */
export function padded(images: Uint8Array, { spec, crop }: PaddedShape): Uint8Array {
  if (!crop) return images;
  const { height, width, channels } = spec;
  const count = images.length / (crop.height * crop.width * channels);
  const out = new Uint8Array(count * height * width * channels);
  const within = (i: number, size: number): number => Math.min(Math.max(i, 0), size - 1);
  for (let at = 0, n = 0; n < count; n++) {
    for (let y = 0; y < height; y++) {
      const row = (n * crop.height + within(y - crop.top, crop.height)) * crop.width;
      for (let x = 0; x < width; x++) {
        const pixel = (row + within(x - crop.left, crop.width)) * channels;
        for (let c = 0; c < channels; c++) out[at++] = images[pixel + c];
      }
    }
  }
  return out;
}
