/**
 * What the enlarger learns from: a part of the base's pictures at 128 x 128 pixels, and their means over 4 x 4 pixels,
 * damaged as the images of a network are.
 */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { makeFolder, writeFileAtomically } from "../../training/cli/files.ts";
import { readAnyModel } from "../../training/cli/model-files.ts";
import { progress } from "../../training/cli/progress.ts";
import { placeWeights, type Tf, tensorDenoiser } from "../../training/network/score-network.ts";
import { loadModel } from "../../wasm-model/anneal.ts";
import { ENLARGED } from "../../wasm-model/network/enlarger.ts";
import { gaussians, seedState } from "../../wasm-model/sampling/random.ts";
import { drawnPictures, filesOf } from "./base-pictures.ts";
import { Dice } from "./dice.ts";
import { drawEach, toBytes } from "./draw.ts";

/** Pixels of a picture, and of its mean, each way. */
export const LARGE = 128;
export const SMALL = LARGE / ENLARGED;
/** Values of a picture, and of its mean. */
export const LARGE_VALUES = 3 * LARGE * LARGE;
export const SMALL_VALUES = 3 * SMALL * SMALL;

/** Pictures of a step. */
export const BATCH = 16;

/** One in so many of the base's pictures, which are four framings of each icon. */
const EVERY = 9;
/** One in so many is denoised. */
const DENOISED = 3;

const MODELS = resolve(import.meta.dirname, "../../wasm-model/models");

/** The pictures as bytes [N, 128, 128, 3], from the folder if they were drawn before. */
export async function largePictures(folder: string): Promise<Uint8Array> {
  const file = join(folder, "pictures.bin");
  if (existsSync(file)) return readFileSync(file);
  const files = (await drawnPictures())
    .flatMap((picture) => filesOf(picture, LARGE))
    .filter(({ path }, i) => i % EVERY === 0 && path.startsWith("train/"));
  const pictures = new Uint8Array(files.length * LARGE_VALUES);
  await drawEach(files, async ({ svg }, i) => pictures.set(await toBytes(svg(), LARGE), i * LARGE_VALUES));
  makeFolder(folder);
  writeFileAtomically(file, pictures);
  return pictures;
}

/** Bytes [128, 128, 3] -> their means [32, 32, 3] in [-1, 1]. */
export function means(picture: Uint8Array, out: Float32Array): void {
  out.fill(-1);
  const weight = 1 / (127.5 * ENLARGED * ENLARGED);
  for (let i = 0; i < LARGE_VALUES; i++) {
    const [y, x, c] = [Math.floor(i / (3 * LARGE)), Math.floor(i / 3) % LARGE, i % 3];
    out[(Math.floor(y / ENLARGED) * SMALL + Math.floor(x / ENLARGED)) * 3 + c] += weight * picture[i];
  }
}

/** [32, 32, 3] -> [3, 32, 32]. */
export const planar = (values: Float32Array): Float32Array =>
  Float32Array.from({ length: SMALL_VALUES }, (_, i) => values[(i % (SMALL * SMALL)) * 3 + Math.floor(i / (SMALL * SMALL))]);

/** The inverse of `planar`. */
const interleaved = (values: Float32Array): Float32Array =>
  Float32Array.from({ length: SMALL_VALUES }, (_, i) => values[(i % 3) * SMALL * SMALL + Math.floor(i / 3)]);

/**
 * The means [N, 32, 32, 3] of the pictures. One in three had noise, of a strength from 0.1 to 0.6, removed in one evaluation,
 * by the shipped int8 model of avatars or by the base.
 */
export async function smallPictures(tf: Tf, folder: string, large: Uint8Array): Promise<Float32Array> {
  const file = join(folder, "means.bin");
  if (existsSync(file)) return new Float32Array(new Uint8Array(readFileSync(file)).buffer);
  const count = large.length / LARGE_VALUES;
  const small = new Float32Array(count * SMALL_VALUES);
  const base = readAnyModel(join(MODELS, "base/model-fp16.onnx"), "base");
  const avatars = await loadModel(readFileSync(join(MODELS, "avatars/model.onnx")));
  const weights = placeWeights(tf, base.card.spec, base.weights.floats);
  const denoisers = [
    { denoise: tensorDenoiser(tf, base.card.spec, weights), classes: base.card.spec.classes },
    { denoise: avatars.denoiser.denoise.bind(avatars.denoiser), classes: avatars.card.spec.classes },
  ];
  const noise = new Float32Array(SMALL_VALUES);
  const bar = progress("denoising", count);
  for (let i = 0; i < count; i++) {
    const own = small.subarray(i * SMALL_VALUES, (i + 1) * SMALL_VALUES);
    means(large.subarray(i * LARGE_VALUES, (i + 1) * LARGE_VALUES), own);
    bar.update(i + 1);
    if (i % DENOISED !== 0) continue;
    const dice = new Dice(`enlarger/denoised/${i}`);
    const sigma = dice.number(0.1, 0.6);
    gaussians(seedState(`enlarger/noise/${i}`), 0, noise);
    const { denoise, classes } = dice.one(denoisers);
    const denoised = await denoise(planar(own.map((value, k) => value + sigma * noise[k])), sigma, new Float32Array(classes));
    own.set(interleaved(denoised));
  }
  bar.stop();
  tf.dispose([...weights.values()]);
  avatars.denoiser.dispose();
  writeFileAtomically(file, new Uint8Array(small.buffer));
  return small;
}

/**
 * Damages a mean [32, 32, 3]: noise of a strength up to 0.12 for seven in ten, and a slightly uneven ground for three in
 * ten.
 */
export function damage(values: Float32Array, seed: string): void {
  const dice = new Dice(seed);
  const noise = new Float32Array(values.length);
  if (dice.chance(0.7)) {
    const sigma = dice.number(0, 0.12);
    gaussians(seedState(`${seed}/noise`), 0, noise);
    for (let i = 0; i < values.length; i++) values[i] += sigma * noise[i];
  }
  if (!dice.chance(0.3)) return;
  const sigma = dice.number(0, 0.05);
  const grid = new Float32Array(3 * 25);
  gaussians(seedState(`${seed}/ground`), 0, grid);
  for (let i = 0; i < values.length; i++) {
    const [y, x] = [Math.floor(i / (3 * SMALL)) / 8, (Math.floor(i / 3) % SMALL) / 8];
    const [row, column] = [Math.floor(y), Math.floor(x)];
    const at = (dy: number, dx: number): number => grid[((row + dy) * 5 + column + dx) * 3 + (i % 3)];
    const across = (dy: number): number => at(dy, 0) + (x - column) * (at(dy, 1) - at(dy, 0));
    values[i] += sigma * (across(0) + (y - row) * (across(1) - across(0)));
  }
}
