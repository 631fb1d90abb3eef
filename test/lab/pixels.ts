/**
 * `npm run lab -- pixels`: the images of the model `pixels`, to train on: people by DiceBear's style Pixel Art (CC0 1.0) with faces
 * of ours, and what we drew by rules. The same images everywhere, no two alike.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { newCommand, numberIn, runCommandLine } from "../../training/cli/command-line.ts";
import { expectNewFolder, makeFolder, writeFileAtomically } from "../../training/cli/files.ts";
import { progress } from "../../training/cli/progress.ts";
import { encodeIndexedPng } from "../../wasm-model/render/image/png.ts";
import { installTools, toolPath } from "../tools/install.ts";
import { DICEBEAR_OPTIONS, drawKind, drawPerson, KINDS_BY_RULE, SIDE } from "./pixel-pictures.ts";

interface DiceBear {
  readonly Style: new (definition: unknown) => object;
  readonly Avatar: new (style: object, options: typeof DICEBEAR_OPTIONS & { readonly seed: string }) => object;
}

/** Draws a person of a seed, RGBA bytes. */
async function personDrawer(): Promise<(seed: string) => Promise<Uint8Array>> {
  installTools();
  const { Style, Avatar } = (await import(toolPath("@dicebear/core/lib/index.js"))) as DiceBear;
  const style = new Style(JSON.parse(readFileSync(toolPath("@dicebear/styles/dist/pixel-art.min.json"), "utf8")));
  return async (seed) => {
    const svg = Buffer.from(String(new Avatar(style, { ...DICEBEAR_OPTIONS, seed })));
    return drawPerson(await sharp(svg).resize(SIDE, SIDE).ensureAlpha().raw().toBuffer(), seed);
  };
}

await runCommandLine(async () => {
  const { out, count } = newCommand("lab pixels")
    .description(`Draws pixel art of ${KINDS_BY_RULE.length + 1} kinds (person, ${KINDS_BY_RULE.join(", ")}), as a folder of PNG files.`)
    .requiredOption("--out <folder>", "where they go: a new or empty folder")
    .option("--count <n>", "images of each kind; three times as many people", numberIn("count", 10, 10_000), 1250)
    .parse(process.argv)
    .opts<{ out: string; count: number }>();
  expectNewFolder(out);
  const person = await personDrawer();
  const kinds = [{ kind: "person", wanted: 3 * count, draw: person }, ...KINDS_BY_RULE.map((kind) => ({ kind, wanted: count, draw: async (seed: string) => drawKind(kind, seed) }))]; // biome-ignore format: a list
  const found = new Set<string>();
  const bar = progress("drawing", (3 + KINDS_BY_RULE.length) * count);
  for (const { kind, wanted, draw } of kinds) {
    makeFolder(join(out, kind));
    for (let [seed, i] = [0, 0]; i < wanted; seed++) {
      const pixels = await draw(`${kind}/${seed}`);
      const file = encodeIndexedPng({ width: SIDE, height: SIDE, channels: 4, pixels });
      const name = Buffer.from(pixels).toString("latin1");
      if (found.has(name)) continue;
      found.add(name);
      writeFileAtomically(join(out, kind, `${String(i++).padStart(5, "0")}.png`), file);
      bar.update(found.size);
    }
  }
  bar.stop();
  console.log(`wrote ${found.size} images of ${SIDE}x${SIDE} pixels to ${out} (CC0 1.0)`);
});
