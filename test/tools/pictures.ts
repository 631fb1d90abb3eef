/**
 * `npm run tool -- pictures`: draws again, with today's default model, the pictures that pages have before any script and that shared
 * links show; and the README's, the same wall forming out of noise.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { simd } from "../../wasm-model/engine/simd.ts";
import { loadModel, type Model, sample } from "../../wasm-model/index.ts";
import { atNativeSize, noisyImage, toImage } from "../../wasm-model/render/appearance.ts";
import { grid } from "../../wasm-model/render/image/pixels.ts";
import { encodeIndexedPng, encodePng, type Pixels } from "../../wasm-model/render/image/png.ts";
import { resolve } from "../../wasm-model/request/resolve.ts";
import { modes } from "../../worker/langevin/scenes/modes.ts";
import { HALF } from "../../worker/langevin/target.ts";
import selection from "../../worker/pages/home/wall.json" with { type: "json" };
import { shippedModel } from "../golden/golden.ts";
import { run, start } from "../support/simulation.ts";

/** Levels of levels.png. */
const LEVELS = 6;

/** Of the README's animation: milliseconds of a frame, and of the last one; how often it plays; pixels of one of the model's; of these, what is around an image. */
const [DELAY, REST, LOOP, SCALE, MARGIN] = [180, 3000, 3, 3, 2];

const defaultModel = (): Promise<Model> => loadModel(shippedModel(), { runtime: simd });

/** The wall while it forms: noisy images, and the finished ones last. */
async function drawWall(model: Model, margin: number): Promise<Pixels[]> {
  const frames = model.card.sampling.steps + 1;
  const drawn = await Promise.all(selection.seeds.map((seed) => sample(model, { seed, frames })));
  return Array.from({ length: frames }, (_, i) =>
    grid(
      drawn.map((image) => withMargin(image.frames![i], margin)),
      selection.columns,
    ),
  );
}

/** With this many transparent pixels around. */
function withMargin({ pixels, width, height, channels }: Pixels, margin: number): Pixels {
  const [wide, high] = [width + 2 * margin, height + 2 * margin];
  const out = new Uint8Array(wide * high * channels);
  for (let y = 0; y < height; y++)
    out.set(pixels.subarray(y * width * channels, (y + 1) * width * channels), ((y + margin) * wide + margin) * channels);
  return { pixels: out, width: wide, height: high, channels };
}

/** By their paths below worker/pages. Those of the model have the name that the site opens with, or the wall's. */
export async function drawPictures(): Promise<Map<string, Uint8Array>> {
  const model = await defaultModel();
  const { name: seed } = selection;
  const { card } = model;
  const look = atNativeSize(resolve("sample", { seed }, card), card);
  const [noisy, guesses]: [Pixels[], Pixels[]] = [[], []];
  await sample(model, {
    seed,
    onStep: (step) => {
      noisy.push(noisyImage(step, look, card));
      guesses.push(toImage(step.denoised, look, card));
    },
  });
  const some = (images: readonly Pixels[]): Pixels[] =>
    Array.from({ length: LEVELS }, (_, i) => images[Math.round((i * (images.length - 1)) / (LEVELS - 1))]);
  return new Map([
    ["home/first.png", (await sample(model, { seed, size: 4 * look.width })).png()],
    ["home/wall.png", encodeIndexedPng((await drawWall(model, 0)).at(-1)!)],
    ["shared/cover.png", (await sample(model, { seed, n: 36, size: 4 * look.width, background: "ffffff" })).png()],
    ["playground/particles.png", encodePng(grid(particles(), 2))],
    ["how/levels.png", encodePng(grid([...some(noisy), ...some(guesses)], LEVELS))],
  ]);
}

/** Pixels along each side of a plane. */
const PLANE = 320;

/** The planes of the playground's second scene at their end: particles are black. */
function particles(): Pixels[] {
  const simulation = run(start(modes, { particles: "2000" }));
  return simulation.planes.map((show) => {
    const plane = show();
    const pixels = new Uint8Array(PLANE * PLANE).fill(255);
    const place = (v: number) => Math.floor(((v + HALF) / (2 * HALF)) * PLANE);
    for (let i = 0; i < plane.particles.length; i += 2) {
      const [column, row] = [place(plane.particles[i]), PLANE - 1 - place(plane.particles[i + 1])];
      if (column >= 0 && column < PLANE && row >= 0 && row < PLANE) pixels[row * PLANE + column] = 0;
    }
    return { width: PLANE, height: PLANE, channels: 1, pixels };
  });
}

/** Where the picture is. */
export const pictureFile = (path: string): string => join(import.meta.dirname, "../../worker/pages", path);

export async function writePictures(): Promise<void> {
  for (const [path, png] of await drawPictures()) writeFileSync(pictureFile(path), png);
  const model = await defaultModel();
  const walls = await drawWall(model, MARGIN);
  const enlarged = (wall: Pixels) =>
    sharp(encodePng(wall))
      .resize({ width: SCALE * wall.width, kernel: "nearest" })
      .png();
  await sharp(await Promise.all(walls.map((wall) => enlarged(wall).toBuffer())), { join: { animated: true } })
    .webp({ lossless: true, effort: 6, loop: LOOP, delay: walls.map((_, i) => (i < walls.length - 1 ? DELAY : REST)) })
    .toFile(pictureFile("home/wall.webp"));
  writeFileSync(pictureFile("home/wall.json"), `${JSON.stringify({ ...selection, version: model.version }, null, 2)}\n`);
}
