/** `npm run lab -- emoji`: a folder of pictures to try training with. The base never saw them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { newCommand, numberIn, runCommandLine } from "../../training/cli/command-line.ts";
import { expectNewFolder, makeFolder } from "../../training/cli/files.ts";
import { evenly } from "../../training/network/draw.ts";
import { installLab, labPath } from "./base-packs.ts";

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
  const all = JSON.parse(readFileSync(labPath("openmoji/data/openmoji.json"), "utf8")) as Emoji[];
  return Object.entries(CLASSES).flatMap(([label, start]) => {
    const matching = all.filter(({ group, subgroups }) => `${group}/${subgroups}`.startsWith(start));
    return evenly(matching.length, count).map((k): Picture => {
      const { hexcode } = matching[k];
      return [`${label}/${hexcode}`, readFileSync(labPath(`openmoji/color/svg/${hexcode}.svg`), "utf8")];
    });
  });
}

/** `count` logos of vscode-icons (MIT), each unlike all others: they teach little. */
function logosOfFiles(count: number): Picture[] {
  const { icons, height } = JSON.parse(readFileSync(labPath("@iconify-json/vscode-icons/icons.json"), "utf8"));
  const names = Object.keys(icons)
    .filter((name) => name.startsWith("file-type") && !name.includes("light"))
    .sort();
  return evenly(names.length, count).map((k) => {
    const name = names[k];
    return [name, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${height} ${height}">${icons[name].body}</svg>`];
  });
}

interface EmojiFlags {
  readonly out: string;
  readonly count: number;
  readonly size: number;
  readonly logos: boolean;
}

await runCommandLine(async () => {
  const { out, count, size, logos } = newCommand("lab emoji")
    .description("Draws OpenMoji (CC BY-SA 4.0) of animals, faces and food as a folder of transparent PNG files. The base never saw them.")
    .requiredOption("--out <folder>", "where they go: a new or empty folder")
    .option("--count <n>", "pictures of each class", numberIn("count", 1, 100), 100)
    .option("--size <n>", "width and height in pixels", numberIn("size", 16, 512), 128)
    .option("--logos", "logos of files in place of emoji, as many as three classes have (MIT, vscode-icons)", false)
    .parse(process.argv)
    .opts<EmojiFlags>();
  expectNewFolder(out);
  installLab();
  for (const folder of logos ? [""] : Object.keys(CLASSES)) makeFolder(join(out, folder));
  for (const [name, svg] of logos ? logosOfFiles(3 * count) : openMoji(count))
    await sharp(Buffer.from(svg))
      .resize(size, size)
      .png()
      .toFile(join(out, `${name}.png`));
  console.log(`wrote ${3 * count} pictures to ${out} (${logos ? "MIT, vscode-icons" : "CC BY-SA 4.0, OpenMoji"})`);
});
