/** `npm run tool -- animation`: records the README's animation, the home page's wall forming out of noise. */
import { join } from "node:path";
import sharp from "sharp";
import { newCommand, runCommandLine } from "../../training/cli/command-line.ts";
import { openModel } from "../../training/cli/model-files.ts";
import { sample } from "../../wasm-model/index.ts";
import { DEFAULT_MODEL } from "../../wasm-model/model/model.ts";
import { grid } from "../../wasm-model/render/image/pixels.ts";
import { encodePng, type Pixels } from "../../wasm-model/render/image/png.ts";
import { COLUMNS, SELECTION } from "../../worker/pages/home/poster.ts";

const here = (path: string): string => join(import.meta.dirname, "../..", path);

/** Milliseconds of a frame, and of the last one. */
const [DELAY, REST] = [180, 3000];
/** How often it plays. */
const LOOP = 3;
const SCALE = 2;

/** The walls of the animation, from noise to the images. */
async function frames(seeds: readonly string[]): Promise<Pixels[]> {
  const model = await openModel(here(`wasm-model/models/${DEFAULT_MODEL}`));
  const { steps } = model.card.sampling;
  const images = await Promise.all(seeds.map((seed) => sample(model, { seed, frames: steps + 1 })));
  return Array.from({ length: steps + 1 }, (_, i) =>
    grid(
      images.map(({ frames = [] }) => frames[i]),
      COLUMNS,
    ),
  );
}

const enlarged = (wall: Pixels): Promise<Buffer> =>
  sharp(encodePng(wall))
    .resize({ width: SCALE * wall.width, kernel: "nearest" })
    .png()
    .toBuffer();

await runCommandLine(async () => {
  newCommand("tool animation").description("Records the README's animation.").parse(process.argv);
  const walls = await frames(SELECTION.seeds);
  const file = here("worker/pages/home/wall.webp");
  const { size } = await sharp(await Promise.all(walls.map(enlarged)), { join: { animated: true } })
    .webp({ quality: 40, effort: 6, loop: LOOP, delay: walls.map((_, i) => (i < walls.length - 1 ? DELAY : REST)) })
    .toFile(file);
  console.log(`wrote ${file}, ${size} bytes`);
});
