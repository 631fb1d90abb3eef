/**
 * `npm run lab -- base-data`: the training images of the base, the network that every model of one's own starts from, as
 * a folder of PNG files. The same images everywhere.
 */
import { newCommand, numberIn, runCommandLine } from "../../training/cli/command-line.ts";
import { expectNewFolder } from "../../training/cli/files.ts";
import { basePictures, filesOf } from "./base-pictures.ts";
import { drawInto } from "./draw.ts";

interface Flags {
  readonly out: string;
  readonly size: number;
}

await runCommandLine(async () => {
  const { out, size } = newCommand("lab base-data")
    .description("Draws the training images of the base as a folder of PNG files: about a hundred thousand, 1 in 50 held out.")
    .requiredOption("--out <folder>", "where they go: a new or empty folder")
    .option("--size <n>", "width and height in pixels", numberIn("size", 16, 128), 32)
    .parse(process.argv)
    .opts<Flags>();
  expectNewFolder(out);
  const pictures = await basePictures();
  const files = pictures.flatMap((picture) => filesOf(picture, size));
  await drawInto(out, files, size);
  const classes = new Set(pictures.map(({ label }) => label)).size;
  console.log(`wrote ${files.length} images of ${size}x${size} pixels in ${classes} classes to ${out}`);
});
