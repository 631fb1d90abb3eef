/**
 * Changes of training images that the network is told of (Karras et al. 2022, appendix F.2). Few images then look like
 * many, and no change leaks into drawn images, because those are drawn with "unchanged". H x W pixels, C channels.
 */
import type { ImageShape } from "../../wasm-model/render/image/pad.ts";

/** Largest changes: shifts as a share of the side, the logarithm of the scale to base 2, the angle in radians. */
const SHIFT = 0.125;
const LOG_SCALE = 0.4;
const ANGLE = Math.PI / 6;

/** Uniform numbers in [0, 1) that one image takes: whether each of the five changes happens, and five amounts. */
export const DRAWS = 10;

export interface Changeable {
  readonly channels: number;
  readonly mirror?: boolean | undefined;
}

export interface Change {
  readonly mirrored: boolean;
  /** To the right and down, as a share of width and height. */
  readonly shift: readonly [x: number, y: number];
  readonly logScale: number;
  /** Of the image, and of its hues, in radians. */
  readonly angle: number;
  readonly hue: number;
}

/**
 * Each change happens with the probability `share`, whatever the others do. Grey images have no hue, and images that are
 * mirrored anyway (`mirror`) need not be told so.
 */
export function changeOf(draws: ArrayLike<number>, share: number, { channels, mirror: untold }: Changeable): Change {
  const [mirror, shift, scale, angle, hue, ...amounts] = Array.from(draws) as [number, number, number, number, number, ...number[]];
  const amount = (draw: number, k: number, most: number): number => (draw < share ? (2 * amounts[k] - 1) * most : 0);
  return {
    mirrored: !untold && mirror < share,
    shift: [amount(shift, 0, SHIFT), amount(shift, 1, SHIFT)],
    logScale: amount(scale, 2, LOG_SCALE),
    angle: amount(angle, 3, ANGLE),
    hue: channels === 3 ? amount(hue, 4, Math.PI) : 0,
  };
}

/** What the network is told: seven numbers, about 1 where the change is large and 0 where there is none. */
export function toldOf({ mirrored, shift, logScale, angle, hue }: Change): number[] {
  return [mirrored ? 1 : 0, shift[0] / SHIFT, shift[1] / SHIFT, logScale / LOG_SCALE, angle / ANGLE, Math.cos(hue) - 1, Math.sin(hue)];
}

/** The changed image: bytes [H, W, C] -> [H, W, C]. Border pixels repeat outwards. */
export function changed(image: Uint8Array, shape: ImageShape, change: Change): Uint8Array {
  const moved = isMoved(change) ? resampled(image, shape, change) : image;
  return change.hue === 0 ? moved : recoloured(moved, change.hue);
}

const isMoved = ({ mirrored, shift, logScale, angle }: Change): boolean =>
  mirrored || shift[0] !== 0 || shift[1] !== 0 || logScale !== 0 || angle !== 0;

/** Each pixel takes the bilinear value of the place that it came from. */
function resampled(image: Uint8Array, { height, width, channels }: ImageShape, { mirrored, shift, logScale, angle }: Change): Uint8Array {
  const out = new Uint8Array(image.length);
  const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2];
  const shrink = 2 ** -logScale;
  const [cos, sin] = [shrink * Math.cos(angle), shrink * Math.sin(angle)];
  const clamp = (at: number, size: number): number => Math.min(Math.max(at, 0), size - 1);
  for (let i = 0, y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [dx, dy] = [x - middleX - shift[0] * width, y - middleY - shift[1] * height];
      const along = cos * dx + sin * dy;
      const fromX = clamp(middleX + (mirrored ? -along : along), width);
      const fromY = clamp(middleY + cos * dy - sin * dx, height);
      const [left, top] = [Math.floor(fromX), Math.floor(fromY)];
      const [partX, partY] = [fromX - left, fromY - top];
      const here = (top * width + left) * channels;
      const right = here + (left + 1 < width ? channels : 0);
      const down = top + 1 < height ? width * channels : 0;
      for (let c = 0; c < channels; c++, i++) {
        const upper = image[here + c] + partX * (image[right + c] - image[here + c]);
        const lower = image[here + down + c] + partX * (image[right + down + c] - image[here + down + c]);
        out[i] = Math.round(upper + partY * (lower - upper));
      }
    }
  }
  return out;
}

/** Turns the colours of RGB pixels around the grey axis. */
function recoloured(image: Uint8Array, hue: number): Uint8Array {
  const out = new Uint8ClampedArray(image.length);
  const [cos, sin] = [Math.cos(hue), Math.sin(hue) / Math.sqrt(3)];
  for (let i = 0; i < image.length; i += 3) {
    const [r, g, b] = [image[i], image[i + 1], image[i + 2]];
    const grey = ((1 - cos) * (r + g + b)) / 3;
    out[i] = cos * r + grey + sin * (b - g);
    out[i + 1] = cos * g + grey + sin * (r - b);
    out[i + 2] = cos * b + grey + sin * (g - r);
  }
  return new Uint8Array(out.buffer);
}
