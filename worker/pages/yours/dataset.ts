/** The visitor's pictures as the network learns from them: those that it learns, those that are held out, as `npx anneal train` chooses them. */
import * as v from "valibot";
import { alphaOf, areTransparent, groundOfHex, needsMatte, onGround } from "../../../training/data/cut-outs.ts";
import { choosePictures } from "../../../training/data/hold-out.ts";
import type { LargePictures } from "../../../training/data/sizes.ts";
import type { CutOuts } from "../../../training/finishing/matte.ts";
import type { LearnedImages } from "../../../training/learning/learn.ts";
import type { About } from "../../../training/learning/settings.ts";
import type { LabelledImages } from "../../../training/network/shape.ts";
import { inChannels, isGrey, memorySplit, type Split } from "../../../training/network/split.ts";
import { DATA_NAME, nameLike } from "../../../wasm-model/model/card.ts";
import { joined } from "../../../wasm-model/schema/bytes.ts";
import type { Folder } from "./protocol.ts";

/** What is held out chooses the weights and measures them. */
export interface ChosenImages extends LabelledImages, LearnedImages {
  readonly train: Split;
  readonly test: Split;
  /** Those that it learns to enlarge from: their files have the pixels. */
  readonly large: LargePictures;
  /** If most pictures are transparent, and on no key: those that it learns to cut out from. */
  readonly cutOuts?: CutOuts | undefined;
}

export function datasetOf({ classes, crop, ground, width, height, palette }: Folder): ChosenImages {
  const used = classes.filter(({ pictures }) => pictures.length > 0);
  const isCutOut = areTransparent(used.flatMap(({ pictures }) => pictures));
  const converted = { crop, background: ground, transparent: isCutOut };
  const size = { width, height };
  const files = used.flatMap(({ pictures }, label) =>
    pictures.map(({ path, large, pixels: rgba }) => ({
      path,
      split: "train" as const,
      label,
      rgba,
      pixels: onGround(rgba, ground),
      large,
    })),
  );
  const channels = !isCutOut && !palette && files.every(({ pixels }) => isGrey(pixels)) ? 1 : 3;
  const { classes: alive, train, test, families } = choosePictures(files, size);
  const splitOf = (chosen: typeof train, families?: Int32Array): Split =>
    memorySplit(
      joined(chosen.map(({ pixels }) => inChannels(pixels, channels))),
      chosen.map(({ label }) => label),
      families,
    );
  const learned = splitOf(train, families);
  const heldOut = test.length > 0 ? splitOf(test) : learned;
  const images = { labels: alive.map((label) => used[label].name), train: learned, ...size, channels, ...(palette && { palette }) };
  const pictures = train.flatMap(({ rgba, large }) => (large ? [{ small: rgba, large }] : []));
  return {
    ...images,
    pictures: converted,
    validation: heldOut,
    test: heldOut,
    large: { pictures, background: ground, isCutOut },
    ...(needsMatte({ palette, pictures: converted }) && {
      cutOuts: { images: learned.images(), alpha: joined(train.map(({ rgba }) => alphaOf(rgba))), ground: groundOfHex(ground) },
    }),
  };
}

export const aboutOf = ({ name }: Pick<Folder, "name">, { pictures }: Pick<About, "pictures">, model: string | undefined): About => ({
  name: model ?? nameLike(name),
  data: v.is(DATA_NAME, name) ? name : nameLike(name),
  dataLicence: "unknown",
  pictures,
});
