/**
 * `npm run lab -- sketches`: what the page Create makes of twenty sketches, as a sheet: each sketch with its four variants.
 * With `--blind` readers see numbered variants alone, in a mixed order.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { newCommand, numberIn, runCommandLine } from "../../training/cli/command-line.ts";
import { writeFileAtomically } from "../../training/cli/files.ts";
import { openModel } from "../../training/cli/model-files.ts";
import { vary } from "../../wasm-model/index.ts";
import { nativeShape } from "../../wasm-model/model/card.ts";
import { ENLARGED } from "../../wasm-model/network/enlarger.ts";
import { encodePng } from "../../wasm-model/render/image/png.ts";
import { cellSeed } from "../../wasm-model/request/resolve.ts";
import { fromBase64Url } from "../../worker/pages/create/base64url.ts";
import { inksOf } from "../../worker/pages/create/inks.ts";
import { raster } from "../../worker/pages/create/raster.ts";
import { drawingOf } from "../../worker/pages/create/strokes.ts";
import { Dice } from "./dice.ts";

/** A sketch: what it shows, and its strokes as the page's address has them. */
interface Sketch {
  readonly shows: string;
  /** The class of `avatars`; empty if it has none. */
  readonly class: string;
  readonly strokes: string;
}

const VARIANTS = 4;
/** Pixels of the sheet: an image each way, the space between two, and the words below a row. */
const [IMAGE, GAP, WORDS] = [128, 8, 24];
const COLUMNS = 2;

/** The images of a row with words below them, as SVG. */
const rowOf = (images: readonly Uint8Array[], words: string): string =>
  images
    .map(
      (png, i) =>
        `<image x="${i * (IMAGE + GAP)}" width="${IMAGE}" height="${IMAGE}" href="data:image/png;base64,${Buffer.from(png).toString("base64")}"/>`,
    )
    .concat(`<text y="${IMAGE + 16}" font-family="sans-serif" font-size="14">${words}</text>`)
    .join("");

function sheetOf(rows: readonly string[], images: number): Promise<Buffer> {
  const [width, height] = [images * (IMAGE + GAP) + 3 * GAP, IMAGE + WORDS];
  const each = Math.ceil(rows.length / COLUMNS);
  const placed = rows.map(
    (row, i) => `<g transform="translate(${GAP + Math.floor(i / each) * width} ${GAP + (i % each) * height})">${row}</g>`,
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${COLUMNS * width}" height="${each * height + GAP}"><rect width="100%" height="100%" fill="#fff"/>${placed.join("")}</svg>`;
  return sharp(Buffer.from(svg)).png().toBuffer();
}

await runCommandLine(async () => {
  const command = newCommand("lab sketches")
    .description("Draws variants of twenty sketches.")
    .option("--model <folder>", "the model's folder", join(import.meta.dirname, "../../wasm-model/models/avatars"))
    .option("--strength <number>", "how far from the sketch", numberIn("strength", 0, 2, "any"), 0.5)
    .option("--classes", "tell the network the class of a sketch that has one")
    .option("--blind", "show numbered variants alone, in a mixed order, and print what they are")
    .option("--out <file>", "the sheet", "sketches.png")
    .parse(process.argv);
  const flags = command.opts<{ model: string; strength: number; classes?: true; blind?: true; out: string }>();
  const dice = new Dice("sketches");
  const all = JSON.parse(readFileSync(join(import.meta.dirname, "sketches.json"), "utf8")) as Sketch[];
  const sketches = flags.blind ? all.map((sketch) => ({ ...sketch, place: dice.number() })).sort((a, b) => a.place - b.place) : all;
  const model = await openModel(flags.model);
  const size = nativeShape(model.card);
  const { palette, options: ofDrawings } = inksOf(size.channels);
  const rows: string[] = [];
  for (const [i, { shows, class: label, strokes }] of sketches.entries()) {
    const sketch = { ...size, pixels: raster(drawingOf(fromBase64Url(strokes)!, palette.length)!, size, palette) };
    const options = {
      ...{ ...ofDrawings, strength: flags.strength, size: ENLARGED * size.width },
      ...(flags.classes && label !== "" && { class: label }),
    };
    const images = flags.blind ? [] : [encodePng(sketch)];
    for (let k = 1; k <= VARIANTS; k++) images.push((await vary(model, { ...options, image: sketch, seed: cellSeed("1", k) })).png());
    rows.push(rowOf(images, flags.blind ? String(i + 1) : shows));
    if (flags.blind) console.log(`${i + 1}: ${shows}`);
  }
  writeFileAtomically(flags.out, await sheetOf(rows, VARIANTS + (flags.blind ? 0 : 1)));
  console.log(`wrote ${flags.out}`);
});
