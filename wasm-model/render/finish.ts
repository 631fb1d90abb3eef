/** What people get of what the network drew: cut out, in the model's colours, in the requested size, colours and shape. */
import { hasMatte, type ModelCard, nativeShape } from "../model/card.ts";
import type { Denoiser } from "../model/model.ts";
import { type ImageShape, RGB } from "../network/spec.ts";
import type { Appearance } from "../request/resolve.ts";
import { cropped, shaped } from "./appearance.ts";
import { bled, cutOut, onColour } from "./cut-out.ts";
import { cutAgain, isSharpened, sharpened, sharpenedCutOut } from "./enlarge.ts";
import { toPixels, unitValue } from "./image/pixels.ts";
import type { OwnPixels } from "./image/png.ts";
import { pixelated, resize } from "./image/resize.ts";
import { groundColour, type Kept } from "./inputs.ts";
import { asPixelArt, isExact } from "./palette.ts";

type Finishers = Pick<Denoiser, "enlarge" | "matte">;

/** Whether the image's file is indexed: pixel art, as long as nothing smooths it. */
export const isIndexed = (appearance: Appearance, card: ModelCard): boolean =>
  isExact(appearance, card) && !appearance.radius && !isSharpened(appearance, card);

/** A drawn image [C, H, W] of the network's size -> the finished one. `kept`: what is to stay as it was given. */
export async function finishImage(
  values: Float32Array,
  appearance: Appearance,
  card: ModelCard,
  network: Finishers,
  kept?: Kept,
): Promise<OwnPixels> {
  const { width, height, behind } = appearance;
  const native = nativeShape(card);
  let image = cropped(values, card);
  if (hasMatte(card)) image = cutOut(image, cropped(await opacityOf(values, network), card), groundColour(card));
  if (isExact(appearance, card)) image = asPixelArt(image, native, card);
  else if (card.keyed) image = cutOut(image, opacityOfArt(image, card), groundColour(card));
  if (kept) image = restoreKept(image, kept);
  const channels = image.length / (native.width * native.height);
  const large = await enlargedImage(image, { ...native, channels }, appearance, card, network);
  const finished = { pixels: toPixels(large, channels), width, height, channels };
  return shaped(behind ? onColour(finished, behind) : finished, appearance);
}

async function opacityOf(values: Float32Array, { matte }: Finishers): Promise<Float32Array> {
  if (!matte) throw new Error("Expected a runtime that runs the matte of a model's file but received one that does not");
  return matte(values.map((value) => Math.min(1, Math.max(-1, value))));
}

/** On a key: 1 where the image has a colour in the palette's colours, 0 where it is clear. */
const opacityOfArt = (image: Float32Array, card: ModelCard): Float32Array =>
  asPixelArt(image, nativeShape(card), card)
    .subarray(image.length)
    .map((value) => (value + 1) / 2);

/** RGBA with the pixels that are kept. */
function restoreKept(rgba: Float32Array, { image, isKept }: Kept): Float32Array {
  const area = rgba.length / 4;
  return rgba.map((value, at) => (isKept(at % area) ? unitValue(image.pixels[4 * (at % area) + Math.floor(at / area)]) : value));
}

/** [C, h, w] of native size -> [C, height, width]. */
async function enlargedImage(
  image: Float32Array,
  native: ImageShape,
  appearance: Appearance,
  card: ModelCard,
  { enlarge }: Finishers,
): Promise<Float32Array> {
  const planes = [native.channels, native.height, native.width] as const;
  const sides = [appearance.height, appearance.width] as const;
  if (isSharpened(appearance, card)) return (native.channels === 4 ? sharpenedCutOut : sharpened)(image, native, appearance, enlarge);
  if (isExact(appearance, card)) return pixelated(image, planes, sides);
  if (native.channels !== 4 || appearance.width % native.width === 0) return resize(image, planes, sides);
  const colours = resize(bled(image, native), [RGB, native.height, native.width], sides);
  return cutAgain(colours, resize(image.subarray(RGB * native.height * native.width), [1, native.height, native.width], sides));
}
