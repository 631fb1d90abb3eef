/** What a caller knows of an image, from pictures to the numbers that the sampler's wrapper takes. */
import type { Pixels } from "./image/png.ts";
import type { NetworkSpec } from "./network.ts";
import { OptionError } from "./options.ts";
import type { Observation } from "./sampler/inpaint.ts";

/** Mask bytes from here on mean "paint here". */
const PAINT = 128;

type Shape = Pick<NetworkSpec, "height" | "width" | "channels">;

/** `image` has the model's native size and channels, `mask` that size and one channel: white is painted, black kept. Throws `OptionError`. */
export function observationOf(image: Pixels, mask: Pixels, { height, width, channels }: Shape): Observation {
  expectShape("image", image, { height, width, channels });
  expectShape("mask", mask, { height, width, channels: 1 });
  const area = height * width;
  const values = new Float32Array(channels * area);
  const observed = new Uint8Array(channels * area);
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < area; i++) {
      values[c * area + i] = image.pixels[i * channels + c]! / 127.5 - 1;
      observed[c * area + i] = mask.pixels[i]! < PAINT ? 1 : 0;
    }
  }
  return { values, observed };
}

/** Throws `OptionError` unless the picture has this shape. */
export function expectShape(name: "image" | "mask", received: Pixels, expected: Shape): void {
  const describe = ({ width, height, channels }: Shape): string =>
    `${width} x ${height} pixels with ${channels === 1 ? "1 channel" : `${channels} channels`}`;
  const values = expected.height * expected.width * expected.channels;
  if (describe(received) !== describe(expected)) throw new OptionError("invalid-value", name, describe(expected), describe(received));
  if (received.pixels.length !== values) throw new OptionError("invalid-value", name, `${values} bytes`, `${received.pixels.length} bytes`);
}
