/** `npm run lab -- sprites`: the second example of "Your pictures", and as a folder, to train on. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { newCommand, runCommandLine } from "../../training/cli/command-line.ts";
import { makeFolder, writeFileAtomically } from "../../training/cli/files.ts";
import { encodePng } from "../../wasm-model/render/image/png.ts";
import { EXAMPLES } from "../../worker/pages/yours/picture-set.ts";
import { sprites, spritesFile } from "./sprite-pictures.ts";

await runCommandLine(async () => {
  const { out } = newCommand("lab sprites")
    .description("Draws 96 sprites of three kinds, transparent and in sixteen colours, into the page's file.")
    .option("--out <folder>", "where they go as well, a folder each kind")
    .parse(process.argv)
    .opts<{ out?: string }>();
  writeFileAtomically(fileURLToPath(new URL("../../worker/pages/yours/sprites.png", import.meta.url)), spritesFile());
  const { side: width } = EXAMPLES.sprites;
  for (const { name, sprites: all } of out === undefined ? [] : sprites()) {
    makeFolder(join(out!, name));
    for (const [i, pixels] of all.entries())
      writeFileAtomically(join(out!, name, `${i}.png`), encodePng({ width, height: width, channels: 4, pixels }));
  }
});
