/** `npm run lab -- emoji`: a folder of pictures to try training with. */
import { newCommand, numberIn, runCommandLine } from "../../training/cli/command-line.ts";
import { expectNewFolder } from "../../training/cli/files.ts";
import { drawOpenMoji } from "./openmoji.ts";

await runCommandLine(async () => {
  const { out, count, size } = newCommand("lab emoji")
    .description("Draws OpenMoji (CC BY-SA 4.0) of animals, faces and food as a folder of PNG files. The base never saw them.")
    .requiredOption("--out <folder>", "where they go: a new or empty folder")
    .option("--count <n>", "pictures of each class", numberIn("count", 1, 100), 100)
    .option("--size <n>", "width and height in pixels", numberIn("size", 16, 512), 128)
    .parse(process.argv)
    .opts<{ readonly out: string; readonly count: number; readonly size: number }>();
  expectNewFolder(out);
  await drawOpenMoji(out, count, size);
  console.log(`wrote ${3 * count} pictures to ${out} (CC BY-SA 4.0, OpenMoji)`);
});
