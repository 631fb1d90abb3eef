/** The visitor's pictures as the network learns from them: those that it learns, those that are held out, as `npx anneal train` chooses them. */
import { alphaOf, areTransparent, groundOfHex, onGround } from "../../../training/data/cut-outs.ts";
import { choosePictures } from "../../../training/data/hold-out.ts";
import type { CutOuts } from "../../../training/finishing/matte.ts";
import type { About } from "../../../training/learning/settings.ts";
import type { LabelledImages } from "../../../training/network/shape.ts";
import { memorySplit, type Split } from "../../../training/network/split.ts";
import { nameLike } from "../../../wasm-model/model/card.ts";
import { joined } from "../../../wasm-model/schema/bytes.ts";
import type { Folder } from "./protocol.ts";

export interface ChosenImages extends LabelledImages {
  readonly train: Split;
  /** What is held out chooses the weights and measures them. */
  readonly validation: Split;
  readonly test: Split;
  /** Those that it learns at four times the size, if their files have the pixels: bytes [4H, 4W, C] each. */
  readonly large: readonly Uint8Array[];
  /** Those that it learns to cut out from, if most pictures are transparent. */
  readonly cutOuts?: CutOuts | undefined;
  /** On how many pictures are equal or near. */
  readonly alike?: string | undefined;
}

export function datasetOf({ classes, ground, width, height, palette }: Folder): ChosenImages {
  const used = classes.filter(({ pictures }) => pictures.length > 0);
  const isCutOut = areTransparent(used.flatMap(({ pictures }) => pictures));
  const size = { width, height };
  const files = used.flatMap(({ pictures }, label) =>
    pictures.map(({ path, large, pixels }) => ({
      ...{ path, split: "train" as const, label, rgba: pixels },
      ...{ pixels: onGround(pixels, ground), large: large && onGround(large, ground) },
    })),
  );
  const channels = !isCutOut && !palette && files.every(({ pixels }) => isGrey(pixels)) ? 1 : 3;
  const { train, test, families, alike } = choosePictures(files, size);
  const inChannels = (pixels: Uint8Array): Uint8Array => (channels === 3 ? pixels : pixels.filter((_, i) => i % 3 === 0));
  const splitOf = (chosen: typeof train, families?: Int32Array): Split =>
    memorySplit(
      joined(chosen.map(({ pixels }) => inChannels(pixels))),
      chosen.map(({ label }) => label),
      families,
    );
  const learned = splitOf(train, families);
  const heldOut = test.length > 0 ? splitOf(test) : learned;
  const images = { labels: used.map(({ name }) => name), train: learned, ...size, channels, ...(palette && { palette }) };
  const large = train.flatMap((picture) => (picture.large ? [inChannels(picture.large)] : []));
  const cutOuts = { images: learned.images(), alpha: joined(train.map(({ rgba }) => alphaOf(rgba))), grounds: [groundOfHex(ground)] };
  return { ...images, validation: heldOut, test: heldOut, large, ...(isCutOut && { cutOuts }), alike };
}

function isGrey(rgb: Uint8Array): boolean {
  for (let i = 0; i < rgb.length; i += 3) if (rgb[i] !== rgb[i + 1] || rgb[i] !== rgb[i + 2]) return false;
  return true;
}

export const aboutOf = ({ name, crop, ground, palette }: Folder, model: string | undefined): About => ({
  ...{ name: model ?? nameLike(name), data: name, dataLicence: "unknown" },
  ...{ pictures: { crop, background: ground }, palette },
});
