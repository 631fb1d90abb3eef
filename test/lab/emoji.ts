/** `npm run lab -- emoji`: a folder of pictures to try training with. */
import { newCommand, numberIn, runCommandLine } from "../../training/cli/command-line.ts";
import { expectNewFolder } from "../../training/cli/files.ts";
import { drawLogos } from "./logos.ts";
import { drawOpenMoji } from "./openmoji.ts";

interface EmojiFlags {
  readonly out: string;
  readonly count: number;
  readonly size: number;
  readonly logos: boolean;
}

await runCommandLine(async () => {
  const { out, count, size, logos } = newCommand("lab emoji")
    .description("Draws OpenMoji (CC BY-SA 4.0) of animals, faces and food as a folder of PNG files. The base never saw them.")
    .requiredOption("--out <folder>", "where they go: a new or empty folder")
    .option("--count <n>", "pictures of each class", numberIn("count", 1, 100), 100)
    .option("--size <n>", "width and height in pixels", numberIn("size", 16, 512), 128)
    .option("--logos", "logos of files in place of emoji, as many as three classes have (MIT, vscode-icons)", false)
    .parse(process.argv)
    .opts<EmojiFlags>();
  expectNewFolder(out);
  await (logos ? drawLogos(out, 3 * count, size) : drawOpenMoji(out, count, size));
  console.log(`wrote ${3 * count} pictures to ${out} (${logos ? "MIT, vscode-icons" : "CC BY-SA 4.0, OpenMoji"})`);
});
