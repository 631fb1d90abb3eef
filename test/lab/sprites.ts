/** `npm run lab -- sprites`: a folder of sprites by a rule, transparent and in few colours, to try training with. */
import { join } from "node:path";
import { newCommand, numberIn, runCommandLine } from "../../training/cli/command-line.ts";
import { makeFolder, writeFileAtomically } from "../../training/cli/files.ts";
import { encodePng } from "../../wasm-model/render/image/png.ts";
import { sprites } from "./sprite-rule.ts";

await runCommandLine(async () => {
  const { out, count } = newCommand("lab sprites")
    .description("Draws mushrooms, potions and slimes of 24x24 pixels in 16 colours, transparent, a folder each.")
    .requiredOption("--out <folder>", "where they go")
    .option("--count <n>", "of each kind", numberIn("count", 1, 1000), 32)
    .parse(process.argv)
    .opts<{ out: string; count: number }>();
  for (const [kind, images] of Object.entries(sprites(count))) {
    makeFolder(join(out, kind));
    for (const [i, image] of images.entries()) writeFileAtomically(join(out, kind, `${i}.png`), encodePng(image));
  }
});
