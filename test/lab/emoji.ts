/** `npm run lab -- emoji`: a folder of pictures to try training with. The base never saw them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { newCommand, numberIn, runCommandLine } from "../../training/cli/command-line.ts";
import { expectNewFolder, makeFolder } from "../../training/cli/files.ts";
import { evenly } from "../../training/network/draw.ts";
import { installPackages } from "../tools/install.ts";

/** A file of the package OpenMoji. */
const readOpenMoji = (path: string): string => readFileSync(join(import.meta.dirname, "node_modules/openmoji", path), "utf8");

/** An SVG document and where its PNG file goes, without the extension. */
type Picture = readonly [name: string, svg: string];

/** The classes of OpenMoji, by the beginnings of its groups. */
const CLASSES = {
  animal: "animals-nature/animal-",
  face: "smileys-emotion/face-",
  food: "food-drink/food-",
} as const;

interface Emoji {
  readonly hexcode: string;
  readonly group: string;
  readonly subgroups: string;
}

/** `count` of each class of OpenMoji (CC BY-SA 4.0). */
function openMoji(count: number): Picture[] {
  const all = JSON.parse(readOpenMoji("data/openmoji.json")) as Emoji[];
  return Object.entries(CLASSES).flatMap(([label, start]) => {
    const matching = all.filter(({ group, subgroups }) => `${group}/${subgroups}`.startsWith(start));
    return evenly(matching.length, count).map((k): Picture => {
      const { hexcode } = matching[k];
      return [`${label}/${hexcode}`, readOpenMoji(`color/svg/${hexcode}.svg`)];
    });
  });
}

interface EmojiFlags {
  readonly out: string;
  readonly count: number;
  readonly size: number;
}

await runCommandLine(async () => {
  const { out, count, size } = newCommand("lab emoji")
    .description("Draws OpenMoji (CC BY-SA 4.0) of animals, faces and food as a folder of transparent PNG files. The base never saw them.")
    .requiredOption("--out <folder>", "where they go: a new or empty folder")
    .option("--count <n>", "pictures of each class", numberIn("count", 1, 100), 100)
    .option("--size <n>", "width and height in pixels", numberIn("size", 16, 512), 128)
    .parse(process.argv)
    .opts<EmojiFlags>();
  expectNewFolder(out);
  installPackages(import.meta.dirname);
  for (const folder of Object.keys(CLASSES)) makeFolder(join(out, folder));
  for (const [name, svg] of openMoji(count))
    await sharp(Buffer.from(svg))
      .resize(size, size)
      .png()
      .toFile(join(out, `${name}.png`));
  console.log(`wrote ${3 * count} pictures to ${out} (CC BY-SA 4.0, OpenMoji)`);
});
