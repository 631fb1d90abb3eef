/**
 * `npm run lab -- base-data`: the training images of the base, the network that every model of one's own starts from, as
 * a folder of PNG files. The same images everywhere.
 */
import { readdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { newCommand, numberIn, runCommandLine } from "../../training/cli/command-line.ts";
import { makeFolder } from "../../training/cli/files.ts";
import { progress } from "../../training/cli/progress.ts";
import { UserError } from "../../training/cli/user-error.ts";
import { basePictures, filesOf } from "./base-pictures.ts";
import { toPng } from "./draw.ts";

const AT_ONCE = 8;

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
  makeFolder(out);
  if (readdirSync(out).length > 0)
    throw new UserError(`Expected a new or empty folder for \`out\` but received "${out}", which holds other files`);
  const pictures = await basePictures();
  const files = pictures.flatMap((picture) => filesOf(picture, size));
  for (const folder of new Set(files.map(({ path }) => dirname(path)))) makeFolder(join(out, folder));
  const bar = progress("drawing", files.length);
  let next = 0;
  const drawOn = async (): Promise<void> => {
    while (next < files.length) {
      const { path, svg } = files[next++];
      await writeFile(join(out, path), await toPng(svg(), size));
      bar.update(next);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, drawOn));
  bar.stop();
  const classes = new Set(pictures.map(({ label }) => label)).size;
  console.log(`wrote ${files.length} images of ${size}x${size} pixels in ${classes} classes to ${out}`);
});
