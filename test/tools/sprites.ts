/**
 * `npm run tool -- sprites <model>`: draws the sprites that form on the home page's second door. The frames of an image, from
 * noise to what is cut out, stand one below the other: worker/pages/home/sprites.png. The model learned 24 000 images of
 * `npm run lab -- sprites`.
 */
import { join } from "node:path";
import sharp from "sharp";
import { newCommand } from "../../training/cli/command-line.ts";
import { writeFileAtomically } from "../../training/cli/files.ts";
import { openModel } from "../../training/cli/model-files.ts";
import { sample } from "../../wasm-model/index.ts";
import { grid } from "../../wasm-model/render/image/pixels.ts";
import type { Pixels } from "../../wasm-model/render/image/png.ts";

/** As home.css has them. */
const [COLUMNS, ROWS, FRAMES] = [6, 2, 4];
/** Noise of more colours would take most of the file. */
const COLOURS = 32;

const command = newCommand("tool sprites")
  .description("Draws the sprites of the home page by a model that was trained on some.")
  .argument("<model>", "the model's file or folder")
  .option("--seeds <list>", "twelve seeds, with commas between; the classes take turns", "17,1,2,3,5,3,9,3,6,13,19,10")
  .parse(process.argv);

const model = await openModel(command.args[0]);
const seeds = command
  .opts<{ seeds: string }>()
  .seeds.split(",")
  .slice(0, COLUMNS * ROWS);
const frames: Pixels[][] = Array.from({ length: FRAMES }, () => []);
for (const [i, seed] of seeds.entries()) {
  const drawn = await sample(model, { seed, class: i % model.card.labels.length, frames: FRAMES });
  for (const [f, frame] of drawn.frames!.entries()) frames[f].push(opaque(frame));
}
const { pixels, width, height } = grid(
  frames.map((images) => grid(images, COLUMNS)),
  1,
);
const file = await sharp(pixels, { raw: { width, height, channels: 4 } })
  .png({ palette: true, colours: COLOURS, dither: 0, effort: 10 })
  .toBuffer();
writeFileAtomically(join(import.meta.dirname, "../../worker/pages/home/sprites.png"), file);

/** The image in RGBA. */
function opaque({ pixels, width, height, channels }: Pixels): Pixels {
  const rgba = new Uint8Array(4 * width * height).fill(255);
  for (let i = 0; i < width * height; i++) for (let c = 0; c < channels; c++) rgba[4 * i + c] = pixels[channels * i + c];
  return { width, height, channels: 4, pixels: rgba };
}
