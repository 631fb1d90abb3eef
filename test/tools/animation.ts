/**
 * `npm run tool -- animation`: records the README's animation, the seeds of the home page's wall forming out of noise,
 * in the colours of a light page and of a dark one.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { newCommand, runCommandLine } from "../../training/cli/command-line.ts";
import { openModel } from "../../training/cli/sampling-command.ts";
import { sample } from "../../wasm-model/index.ts";
import { grid } from "../../wasm-model/render/image/grid.ts";
import { encodePng, type Pixels } from "../../wasm-model/render/image/png.ts";
import { SHIPPED } from "../../worker/node/build.ts";
import { COLUMNS, type WallSelection } from "../../worker/site/wall.ts";

const here = (path: string): string => join(import.meta.dirname, "../..", path);

const SCHEMES = {
  light: { background: "ffffff", foreground: "1f2328" },
  dark: { background: "0d1117", foreground: "f0f6fc" },
};
/** Network evaluations, more than the model needs, so that one sees how an image forms. */
const STEPS = 8;
/** Milliseconds of a frame, and of the last one. */
const [DELAY, REST] = [140, 3000];
/** How often it plays. */
const LOOP = 3;
const SCALE = 2;

/** The walls of one animation, from noise to the images. */
async function frames(seeds: readonly string[], colours: (typeof SCHEMES)["light"]): Promise<Pixels[]> {
  const model = await openModel(SHIPPED[0], "simd");
  const images = await Promise.all(seeds.map((seed) => sample(model, { seed, steps: STEPS, frames: STEPS + 1, ...colours })));
  return Array.from({ length: STEPS + 1 }, (_, i) =>
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
  newCommand("tool animation").description("Records the README's animation, for light and for dark pages.").parse(process.argv);
  const selections = JSON.parse(readFileSync(here("worker/site/wall/seeds.json"), "utf8")) as Record<string, WallSelection>;
  for (const [scheme, colours] of Object.entries(SCHEMES)) {
    const walls = await frames(selections["fashion-mnist"].seeds, colours);
    const file = here(`worker/site/images/wall-${scheme}.webp`);
    const { size } = await sharp(await Promise.all(walls.map(enlarged)), { join: { animated: true } })
      .webp({ quality: 40, effort: 6, loop: LOOP, delay: walls.map((_, i) => (i < STEPS ? DELAY : REST)) })
      .toFile(file);
    console.log(`wrote ${file}, ${size} bytes`);
  }
});
