/** `npm run lab -- avatars`: the images of the model `avatars`, to train on. */
import { readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { newCommand, numberIn, runCommandLine } from "../../training/cli/command-line.ts";
import { makeFolder } from "../../training/cli/files.ts";
import { progress } from "../../training/cli/progress.ts";
import { UserError } from "../../training/cli/user-error.ts";
import { avatarImages, CLASSES, type Drawn } from "./avatar-images.ts";
import { toPng } from "./draw.ts";

/** Draws each image, `size` pixels wide and high. */
async function drawInto(out: string, images: readonly Drawn[], size: number): Promise<void> {
  for (const folder of new Set(images.map(({ path }) => dirname(path)))) makeFolder(join(out, folder));
  const bar = progress("drawing", images.length);
  for (const [i, { path, svg }] of images.entries()) {
    writeFileSync(join(out, path), await toPng(svg, size));
    bar.update(i + 1);
  }
  bar.stop();
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
  makeFolder(out);
  if (readdirSync(out).length > 0)
    throw new UserError(`Expected a new or empty folder for \`out\` but received "${out}", which holds other files`);
  const images = await avatarImages(count);
  await drawInto(out, images, size);
  console.log(`wrote ${images.length} images of ${size}x${size} pixels to ${out} (CC0 1.0, DiceBear)`);
});
