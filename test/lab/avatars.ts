/** `npm run lab -- avatars`: the images of the model `avatars`, to train on. */
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { newCommand, numberIn, runCommandLine } from "../../training/cli/command-line.ts";
import { expectNewFolder, makeFolder } from "../../training/cli/files.ts";
import { avatarImages, CLASSES, type Drawn } from "./avatar-images.ts";
import { drawEach, toPng } from "./draw.ts";

/** Draws each image, `size` pixels wide and high. */
async function drawInto(out: string, images: readonly Drawn[], size: number): Promise<void> {
  for (const folder of new Set(images.map(({ path }) => dirname(path)))) makeFolder(join(out, folder));
  await drawEach(images, async ({ path, svg }) => writeFile(join(out, path), await toPng(svg, size)));
}

interface Flags {
  readonly out: string;
  readonly count: number;
  readonly size: number;
}

function commandLine(argv: readonly string[]): Flags {
  return newCommand("lab avatars")
    .description(`Draws avatars in ${Object.keys(CLASSES).length} classes (${Object.keys(CLASSES).join(", ")}), as a folder of PNG files.`)
    .requiredOption("--out <folder>", "where they go: a new or empty folder")
    .option("--count <n>", "images of each class to train on; a tenth as many are held out", numberIn("count", 10, 10_000), 3000)
    .option("--size <n>", "width and height in pixels", numberIn("size", 16, 128), 32)
    .parse(argv)
    .opts<Flags>();
}

await runCommandLine(async () => {
  const { out, count, size } = commandLine(process.argv);
  expectNewFolder(out);
  const images = await avatarImages(count);
  await drawInto(out, images, size);
  console.log(`wrote ${images.length} images of ${size}x${size} pixels to ${out} (CC0 1.0, DiceBear)`);
});
