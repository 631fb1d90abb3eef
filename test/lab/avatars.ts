/** `npm run lab -- avatars`: the images of the model `avatars`, to train on. */
import { newCommand, numberIn, runCommandLine } from "../../training/cli/command-line.ts";
import { expectNewFolder } from "../../training/cli/files.ts";
import { avatarImages, CLASSES } from "./avatar-images.ts";
import { drawInto } from "./draw.ts";

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
  const files = images.map(({ path, svg }) => ({ path, svg: () => svg }));
  await drawInto(out, files, size);
  console.log(`wrote ${images.length} images of ${size}x${size} pixels to ${out} (CC0 1.0, DiceBear)`);
});
