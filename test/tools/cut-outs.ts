/**
 * `npm run tool -- cut-outs <model> <folder> ...`: README's picture of images for any ground, training/cut-outs.png. For each model,
 * one below the other on a dark ground: pictures of the folder that it learned from on the left, new images on the right. Then, by
 * the first model, the sprites that form on the home page's second door: the frames of an image, from noise to what is cut out,
 * stand one below the other in worker/pages/home/sprites.png.
 */
import { globSync } from "node:fs";
import { join } from "node:path";
import sharp, { type OverlayOptions } from "sharp";
import { newCommand } from "../../training/cli/command-line.ts";
import { writeFileAtomically } from "../../training/cli/files.ts";
import { openModel } from "../../training/cli/model-files.ts";
import { UserError } from "../../training/cli/user-error.ts";
import { type Model, sample } from "../../wasm-model/index.ts";
import { nativeShape } from "../../wasm-model/model/card.ts";
import { grid } from "../../wasm-model/render/image/pixels.ts";
import type { Pixels } from "../../wasm-model/render/image/png.ts";
import { rgbaOf } from "../lab/dark.ts";

const ROOT = join(import.meta.dirname, "../..");
const GROUND = "#28282c";
/** Images of a block; the most pixels of a side, a multiple of native; pixels between two images, and between two blocks. */
const [COLUMNS, ROWS, SIDE, GAP, BETWEEN] = [5, 3, 72, 8, 32];
const COUNT = COLUMNS * ROWS;
/** Of the home page, as home.css has them, and the most colours: noise of more would take most of the file. */
const [HOME_COLUMNS, HOME_ROWS, FRAMES, COLOURS] = [6, 2, 4, 32];

const { args } = newCommand("tool cut-outs")
  .description("Draws README's picture of images for any ground, and by the first model the sprites of the home page.")
  .argument("<models and folders...>", "a model's file, the folder that it learned from, and so on")
  .parse(process.argv);
if (args.length % 2 === 1) throw new UserError(`Expected a folder for the model "${args.at(-1)}" but received none`);
const pairs: { model: Model; folder: string }[] = [];
for (let i = 0; i < args.length; i += 2) pairs.push({ model: await openModel(args[i]), folder: args[i + 1] });
await drawBeside();
await drawForming(pairs[0].model);

async function drawBeside(): Promise<void> {
  const overlays: OverlayOptions[] = [];
  let [width, top] = [0, BETWEEN];
  for (const { model, folder } of pairs) {
    const { card } = model;
    const native = nativeShape(card).width;
    const side = SIDE - (SIDE % native);
    const block = COLUMNS * (side + GAP) - GAP + BETWEEN;
    const files = globSync("**/*.png", { cwd: folder }).sort();
    const kernel = card.palette ? "nearest" : "lanczos3";
    for (let k = 0; k < COUNT; k++) {
      const file = join(folder, files[Math.floor((k * files.length) / COUNT)]);
      const real = await sharp(file).resize(side, side, { fit: "contain", background: "#0000", kernel }).png().toBuffer();
      const drawn = (await sample(model, { seed: `cut-out ${k}`, class: card.labels[k % card.labels.length], size: side })).png();
      const [x, y] = [BETWEEN + (k % COLUMNS) * (side + GAP), top + Math.floor(k / COLUMNS) * (side + GAP)];
      overlays.push({ input: real, left: x, top: y }, { input: Buffer.from(drawn), left: block + x, top: y });
    }
    width = Math.max(width, BETWEEN + 2 * block);
    top += ROWS * (side + GAP) - GAP + BETWEEN;
  }
  const ground = sharp({ create: { width, height: top, channels: 3, background: GROUND } });
  const file = await ground.composite(overlays).png({ palette: true, effort: 10 }).toBuffer();
  writeFileAtomically(join(ROOT, "training/cut-outs.png"), file);
}

async function drawForming(model: Model): Promise<void> {
  const frames: Pixels[][] = Array.from({ length: FRAMES }, () => []);
  for (let k = 0; k < HOME_COLUMNS * HOME_ROWS; k++) {
    const drawn = await sample(model, { seed: `home ${k}`, class: k % model.card.labels.length, frames: FRAMES });
    for (const [f, frame] of drawn.frames!.entries()) frames[f].push({ ...frame, channels: 4, pixels: rgbaOf(frame) });
  }
  const { pixels, width, height } = grid(
    frames.map((images) => grid(images, HOME_COLUMNS)),
    1,
  );
  const raw = sharp(pixels, { raw: { width, height, channels: 4 } });
  const file = await raw.png({ palette: true, colours: COLOURS, dither: 0, effort: 10 }).toBuffer();
  writeFileAtomically(join(ROOT, "worker/pages/home/sprites.png"), file);
}
