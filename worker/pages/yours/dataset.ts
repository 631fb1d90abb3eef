/** The visitor's pictures as the network learns from them: those that it learns, those that are held out, as `npx anneal train` chooses them. */
import { nameLike } from "../../../training/cli/model-name.ts";
import type { About } from "../../../training/course/course.ts";
import { splitImages } from "../../../training/data/hold-out.ts";
import type { LabelledImages } from "../../../training/network/shape.ts";
import { joined, memorySplit, type Split } from "../../../training/network/split.ts";
import { type Pictures, SIDE } from "./protocol.ts";

export interface Dataset extends LabelledImages {
  readonly train: Split;
  readonly test: Split;
}

export function datasetOf({ classes, crop }: Pictures): Dataset {
  const used = classes.filter(({ pictures }) => pictures.length > 0);
  const files = used.flatMap(({ pictures }, label) =>
    pictures.map((picture) => ({ path: picture.path, split: "train" as const, label, pixels: picture[crop] })),
  );
  const channels = files.every(({ pixels }) => isGrey(pixels)) ? 1 : 3;
  const splitOf = (chosen: typeof files): Split =>
    memorySplit(
      joined(chosen.map(({ pixels }) => (channels === 3 ? pixels : pixels.filter((_, i) => i % 3 === 0)))),
      chosen.map(({ label }) => label),
    );
  const { train, test } = splitImages(files);
  return {
    labels: used.map(({ name }) => name),
    ...{ train: splitOf([...train]), test: splitOf([...(test.length > 0 ? test : train)]) },
    ...{ width: SIDE, height: SIDE, channels },
  };
}

function isGrey(rgb: Uint8Array): boolean {
  for (let i = 0; i < rgb.length; i += 3) if (rgb[i] !== rgb[i + 1] || rgb[i] !== rgb[i + 2]) return false;
  return true;
}

export const aboutOf = ({ name, crop }: Pictures): About => ({
  ...{ name: nameLike(name), data: name, dataLicence: "unknown" },
  pictures: { crop, background: "ffffff" },
});
