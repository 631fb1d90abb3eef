/** `npm run lab -- pixels`: the images of the model `pixels`, to train on, which we drew by rules. The same images everywhere, no two alike. */
import { join } from "node:path";
import { newCommand, numberIn, runCommandLine } from "../../training/cli/command-line.ts";
import { expectNewFolder, makeFolder, writeFileAtomically } from "../../training/cli/files.ts";
import { progress } from "../../training/cli/progress.ts";
import { encodeIndexedPng } from "../../wasm-model/render/image/png.ts";
import { ALL_KINDS, drawKind, SIDE } from "./pixel-pictures.ts";

await runCommandLine(async () => {
  const { out, count } = newCommand("lab pixels")
    .description(`Draws pixel art of ${ALL_KINDS.length} kinds (${ALL_KINDS.join(", ")}), as a folder of PNG files.`)
    .requiredOption("--out <folder>", "where they go: a new or empty folder")
    .option("--count <n>", "images of each kind", numberIn("count", 10, 10_000), 1100)
    .parse(process.argv)
    .opts<{ out: string; count: number }>();
  expectNewFolder(out);
  const bar = progress("drawing", ALL_KINDS.length * count);
  const found = new Set<string>();
  for (const kind of ALL_KINDS) {
    makeFolder(join(out, kind));
    for (let [seed, i] = [0, 0]; i < count; seed++) {
      const pixels = drawKind(kind, `${kind}/${seed}`);
      const name = Buffer.from(pixels).toString("latin1");
      if (found.has(name)) continue;
      found.add(name);
      const file = encodeIndexedPng({ width: SIDE, height: SIDE, channels: 4, pixels });
      writeFileAtomically(join(out, kind, `${String(i++).padStart(5, "0")}.png`), file);
      bar.update(found.size);
    }
  }
  bar.stop();
  console.log(`wrote ${found.size} images of ${SIDE}x${SIDE} pixels to ${out} (CC0 1.0)`);
});
