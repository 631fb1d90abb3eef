/**
 * `npm run tool -- wall`: draws the wall on the home page again, by the seeds of wall.json and today's default model: its
 * poster, and the README's animation, in which it forms out of noise.
 */
import { join } from "node:path";
import sharp from "sharp";
import { newCommand, runCommandLine } from "../../training/cli/command-line.ts";
import { writeFileAtomically } from "../../training/cli/files.ts";
import { openModel } from "../../training/cli/model-files.ts";
import { sample } from "../../wasm-model/index.ts";
import { DEFAULT_MODEL } from "../../wasm-model/model/model.ts";
import { grid } from "../../wasm-model/render/image/pixels.ts";
import { encodePng, type Pixels } from "../../wasm-model/render/image/png.ts";
import selection from "../../worker/pages/home/wall.json" with { type: "json" };

const here = (path: string): string => join(import.meta.dirname, "../..", path);

const { columns, edge, seeds } = selection;

/** A sixth of the bytes of the pixels as they are, in colour. */
const POSTER = { quality: 80, effort: 6, chromaSubsampling: "4:4:4" };
/** Of the animation: milliseconds of a frame, and of the last one; how often it plays; pixels of one of the model's. */
const [DELAY, REST, LOOP, SCALE] = [180, 3000, 3, 2];

/** The image with its outermost pixels again around it. */
const withEdge = ({ width, height, channels, pixels }: Pixels): Promise<Buffer> =>
  sharp(pixels, { raw: { width, height, channels: channels as 3 } })
    .extend({ top: edge, bottom: edge, left: edge, right: edge, extendWith: "copy" })
    .raw()
    .toBuffer();

const enlarged = (wall: Pixels): Promise<Buffer> =>
  sharp(encodePng(wall))
    .resize({ width: SCALE * wall.width, kernel: "nearest" })
    .png()
    .toBuffer();

await runCommandLine(async () => {
  newCommand("tool wall").description("Draws the wall of the home page and the README's animation again.").parse(process.argv);
  const model = await openModel(here(`wasm-model/models/${DEFAULT_MODEL}`));
  const { steps } = model.card.sampling;
  const drawn = await Promise.all(seeds.map((seed) => sample(model, { seed, frames: steps + 1 })));
  const cells = await Promise.all(
    drawn.map(async (image) => ({
      ...image,
      width: image.width + 2 * edge,
      height: image.height + 2 * edge,
      pixels: await withEdge(image),
    })),
  );
  await sharp(encodePng(grid(cells, columns)))
    .avif(POSTER)
    .toFile(here("worker/pages/home/wall.avif"));
  const walls = Array.from({ length: steps + 1 }, (_, i) =>
    grid(
      drawn.map(({ frames = [] }) => frames[i]),
      columns,
    ),
  );
  const delay = walls.map((_, i) => (i < steps ? DELAY : REST));
  await sharp(await Promise.all(walls.map(enlarged)), { join: { animated: true } })
    .webp({ quality: 40, effort: 6, loop: LOOP, delay })
    .toFile(here("worker/pages/home/wall.webp"));
  writeFileAtomically(here("worker/pages/home/wall.json"), `${JSON.stringify({ ...selection, version: model.version }, null, 2)}\n`);
});
