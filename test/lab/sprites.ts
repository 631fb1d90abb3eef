/** `npm run lab -- sprites`: the second example of "Your pictures" as a folder, to train on. */
import { join } from "node:path";
import { newCommand, runCommandLine } from "../../training/cli/command-line.ts";
import { makeFolder, writeFileAtomically } from "../../training/cli/files.ts";
import { encodePng } from "../../wasm-model/render/image/png.ts";
import { SPRITE_SIDE, sprites } from "../../worker/pages/yours/sprites.ts";

await runCommandLine(async () => {
  const { out } = newCommand("lab sprites")
    .description("Writes 96 sprites of three kinds, transparent and in sixteen colours, a folder each.")
    .requiredOption("--out <folder>", "where they go")
    .parse(process.argv)
    .opts<{ out: string }>();
  for (const { name, sprites: all } of sprites()) {
    makeFolder(join(out, name));
    for (const [i, pixels] of all.entries()) {
      writeFileAtomically(join(out, name, `${i}.png`), encodePng({ width: SPRITE_SIDE, height: SPRITE_SIDE, channels: 4, pixels }));
    }
  }
});
