/**
 * `npm run lab -- results`: what "Your pictures" shows of other folders before a visitor begins: some pictures, and below them
 * new images of the first seeds, none left out. In a folder for it:
 *
 *     npm run lab -- emoji --out emoji
 *     npm run lab -- emoji --logos --out logos
 *     npx anneal train --data emoji && npx anneal export runs/emoji --out models/emoji    # and so with the logos
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { newCommand, runCommandLine } from "../../training/cli/command-line.ts";
import { writeFileAtomically } from "../../training/cli/files.ts";
import { openModel } from "../../training/cli/model-files.ts";
import { sample } from "../../wasm-model/index.ts";
import { grid } from "../../wasm-model/render/image/pixels.ts";
import type { Pixels } from "../../wasm-model/render/image/png.ts";

/** Pixels of a side; of each row. */
const [SIDE, COLUMNS] = [64, 6];

/** The model of each result, the class that it shows, and the copyright of its pictures. */
const RESULTS = {
  good: { model: "emoji", label: "face", copyright: "OpenMoji, CC BY-SA 4.0" },
  rough: { model: "emoji", label: "animal", copyright: "OpenMoji, CC BY-SA 4.0" },
  shapes: { model: "logos", label: undefined, copyright: "vscode-icons, Copyright (c) 2016 Roberto Huertas, MIT" },
} as const;

async function pictureOf(file: string): Promise<Pixels> {
  const pixels = await sharp(file).resize(SIDE, SIDE).flatten({ background: "white" }).raw().toBuffer();
  return { width: SIDE, height: SIDE, channels: 3, pixels: new Uint8Array(pixels) };
}

await runCommandLine(async () => {
  const { data } = newCommand("lab results")
    .description('Draws what "Your pictures" shows of other folders.')
    .option("--data <folder>", "where the folders emoji, logos and models are", ".")
    .parse(process.argv)
    .opts<{ readonly data: string }>();
  for (const [name, { model: folder, label, copyright }] of Object.entries(RESULTS)) {
    const place = join(data, folder, label ?? "");
    const files = readdirSync(place).sort();
    const columns = Array.from({ length: COLUMNS }, (_, k) => k);
    const pictures = await Promise.all(columns.map((k) => pictureOf(join(place, files[Math.floor(((k + 0.5) * files.length) / COLUMNS)]))));
    const model = await openModel(join(data, "models", folder));
    const images: Pixels[] = [];
    for (const k of columns)
      images.push(await sample(model, { seed: String(k), class: label, size: SIDE, ...(model.card.cutOut && { background: "ffffff" }) }));
    const { pixels, ...raw } = grid([...pictures, ...images], COLUMNS);
    const out = fileURLToPath(new URL(`../../worker/pages/yours/${name}.avif`, import.meta.url));
    const strip = sharp(pixels, { raw: { ...raw, channels: 3 } }).withExif({ IFD0: { Copyright: copyright } });
    writeFileAtomically(out, await strip.avif({ quality: 60 }).toBuffer());
    console.log(`wrote ${out}`);
  }
});
