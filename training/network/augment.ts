/** Changes of training images that the network is conditioned on (Karras et al. 2022, appendix F.2). H x W pixels, C channels. */
import type { ImageShape } from "../../wasm-model/network/spec.ts";

/** Largest changes: shifts as a share of the side, the logarithm of the scale to base 2, the angle in degrees. */
export const MOST_CHANGED = { shift: 0.125, logScale: 0.4, degrees: 30 } as const;

/** Uniform numbers in [0, 1) that one image takes: whether each of the five changes happens, and five amounts. */
export const DRAWS = 10;

export interface Changeable extends ImageShape {
  readonly mirror?: boolean | undefined;
  /** Of pixel art, whose pixels stay whole: neither scaled nor turned, and shifted by whole ones. */
  readonly palette?: readonly string[] | undefined;
}

export interface Change {
  readonly mirrored: boolean;
  /** To the right and down, as a share of width and height. */
  readonly shift: readonly [x: number, y: number];
  readonly logScale: number;
  /** Clockwise, in degrees. */
  readonly angle: number;
  /** In radians. */
  readonly hue: number;
}

/** Each change has the probability `share`. Grey images have no hue; where `mirror` mirrors anyway, the network is not told. */
export function changeOf(draws: ArrayLike<number>, share: number, of: Changeable): Change {
  const { width, height, channels, mirror: isAlwaysMirrored, palette } = of;
  const [mirror, shift, scale, angle, hue, ...amounts] = Array.from(draws) as [number, number, number, number, number, ...number[]];
  const amount = (draw: number, k: number, most: number): number => (draw < share ? (2 * amounts[k] - 1) * most : 0);
  const shifted = (k: 0 | 1, side: number): number => {
    const by = amount(shift, k, MOST_CHANGED.shift);
    return palette ? Math.round(by * side) / side : by;
  };
  return {
    mirrored: !isAlwaysMirrored && mirror < share,
    shift: [shifted(0, width), shifted(1, height)],
    logScale: palette ? 0 : amount(scale, 2, MOST_CHANGED.logScale),
    angle: palette ? 0 : amount(angle, 3, MOST_CHANGED.degrees),
    hue: channels === 3 ? amount(hue, 4, Math.PI) : 0,
  };
}

/** The network's input for a change: seven numbers, about 1 where the change is large and 0 where there is none. */
export function inputOfChange({ mirrored, shift, logScale, angle, hue }: Change): number[] {
  const most = MOST_CHANGED;
  const shifts = shift.map((by) => by / most.shift);
  return [mirrored ? 1 : 0, ...shifts, logScale / most.logScale, angle / most.degrees, Math.cos(hue) - 1, Math.sin(hue)];
}

/** The changed image: bytes [H, W, C] -> [H, W, C]. Border pixels repeat outwards. */
export function changedImage(image: Uint8Array, shape: ImageShape, change: Change): Uint8Array {
  const { mirrored, shift, logScale, angle, hue } = change;
  const turned = mirrored ? inMirror(image, shape) : image;
  const isMoved = shift[0] !== 0 || shift[1] !== 0 || logScale !== 0 || angle !== 0;
  let moved = turned;
  if (isMoved) {
    const values = new Float32Array(turned);
    turn(shape, values, angle, 2 ** logScale, shift[0] * shape.width, shift[1] * shape.height);
    moved = new Uint8Array(new Uint8ClampedArray(values).buffer); // rounded to the nearest
  }
  return hue === 0 ? moved : recoloured(moved, hue);
}

/** Mirrors an image [H, W, C] horizontally. */
export function inMirror(image: Uint8Array, { width, channels }: Pick<ImageShape, "width" | "channels">): Uint8Array {
  const turned = new Uint8Array(image.length);
  const row = width * channels;
  for (let start = 0; start < image.length; start += row) {
    for (let x = 0; x < row; x += channels) {
      for (let c = 0; c < channels; c++) turned[start + row - channels - x + c] = image[start + x + c];
    }
  }
  return turned;
}

/** Rotates [H, W, C] by degrees, scales and shifts it by pixels, with bilinear interpolation; the border repeats outwards. */
export function turn({ height, width, channels }: ImageShape, image: Float32Array, degrees: number, scale: number, dx = 0, dy = 0): void {
  const before = image.slice();
  const [cosine, sine] = [Math.cos((degrees * Math.PI) / 180) / scale, Math.sin((degrees * Math.PI) / 180) / scale];
  const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [alongX, alongY] = [x - middleX - dx, y - middleY - dy];
      const fromX = clamp(middleX + cosine * alongX + sine * alongY, width - 1);
      const fromY = clamp(middleY + cosine * alongY - sine * alongX, height - 1);
      const [left, top] = [Math.floor(fromX), Math.floor(fromY)];
      const [u, v] = [fromX - left, fromY - top];
      const at = (top * width + left) * channels;
      const right = left + 1 < width ? channels : 0;
      const below = top + 1 < height ? width * channels : 0;
      for (let c = at, to = (y * width + x) * channels; c < at + channels; c++, to++) {
        const upper = before[c] + u * (before[c + right] - before[c]);
        const lower = before[c + below] + u * (before[c + below + right] - before[c + below]);
        image[to] = upper + v * (lower - upper);
      }
    }
  }
}

const clamp = (value: number, most: number): number => Math.min(Math.max(value, 0), most);

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
