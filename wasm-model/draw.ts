/** One image, from its settings to the network's numbers [C, H, W]. What begins with a seed is noise; what varies a picture is that picture under noise. */
import type { ModelCard, SamplingDefaults } from "./card.ts";
import { cos2pi, pow } from "./elementary.ts";
import { guided } from "./guidance.ts";
import { fromPixels } from "./image/pixels.ts";
import type { Pixels } from "./image/png.ts";
import { cellSeed, classOfSeed, type Settings } from "./options.ts";
import { gaussians, seedState } from "./random.ts";
import type { Denoiser } from "./runtime/denoiser.ts";
import { type Batch, createSampler, type Noise, type RunOptions, runSampler } from "./sampler/index.ts";
import { inpainted, type Observation } from "./sampler/inpaint.ts";
import { tempered } from "./sampler/temperature.ts";
import { addScaled } from "./sampler/vectors.ts";

/** What an image is made of, beyond what all images of a grid share. */
export interface Cell {
  readonly seed: string;
  /** Index of the class; undefined: the network is told none. */
  readonly class: number | undefined;
  readonly to?: Omit<Cell, "to">;
}

/** A picture and how far the image may leave it, 0 to 1. */
export interface Variation {
  /** Of the model's native size and channels. */
  readonly image: Pixels;
  readonly strength: number;
}

/** What an image begins from, or must keep. */
export interface Given {
  readonly vary?: Variation;
  readonly observation?: Observation;
}

/** The images of a picture, in order. `drawsClass`: where none is given, each image's class comes from its seed. */
export function cellsOf({ seed, to, n, class: given, toClass }: Settings, { labels }: ModelCard, drawsClass: boolean): Cell[] {
  if (n === undefined) return [{ seed, class: given, ...(to !== undefined && { to: { seed: to, class: toClass } }) }];
  const cell = (its: string, k: number) => {
    const own = cellSeed(its, k);
    return { seed: own, class: given ?? (drawsClass ? classOfSeed(own, labels) : undefined) };
  };
  return Array.from({ length: n }, (_, k) => ({ ...cell(seed, k), ...(to !== undefined && { to: cell(to, k) }) }));
}

export async function drawImage(
  card: ModelCard,
  denoiser: Denoiser,
  settings: Settings,
  cell: Cell,
  drawing: Given & RunOptions,
): Promise<Float32Array> {
  const { channels, height, width, classes } = card.spec;
  const { vary, observation, ...run } = drawing;
  const t = settings.t ?? 0;
  const labels = new Float32Array(classes);
  addLabel(labels, cell.class, 1 - t);
  addLabel(labels, cell.to?.class, t);
  if (cell.class !== undefined && cell.class === cell.to?.class) labels[cell.class] = 1;
  const sampling = vary ? startingAt(vary.strength, card.sampling) : card.sampling;
  const noise = tempered(between(noiseOf(cell.seed), cell.to && noiseOf(cell.to.seed), t), settings.temperature);
  const batch: Batch = {
    images: 1,
    imageSize: channels * height * width,
    noise: vary ? over(fromPixels(vary.image), sampling.sigmaMax, noise) : noise,
  };
  const free = createSampler(settings.sampler, settings.steps, sampling, batch);
  const sampler = observation ? inpainted(free, observation, { ...batch, noise: noiseOf(`${cell.seed}/inpaint`) }) : free;
  const denoise = guided((x, sigma, labels) => denoiser.denoise(x, sigma, labels), settings.guidance);
  return runSampler(sampler, (x, sigma) => detached(denoise(x, sigma, labels)), run);
}

function addLabel(labels: Float32Array, label: number | undefined, weight: number): void {
  if (label !== undefined) labels[label] += weight;
}

function noiseOf(seed: string): Noise {
  const state = seedState(seed);
  return (_image, draw, out) => gaussians(state, draw, out);
}

/**
 * cos(pi t / 2) a + sin(pi t / 2) b: standard Gaussians again, for every t, since a and b are independent. At t = 0 it is a and at t = 1 it is b, bit for bit.
 */
function between(a: Noise, b: Noise | undefined, t: number): Noise {
  if (!b) return a;
  const weights = [cos2pi(t / 4), cos2pi((1 - t) / 4)];
  return (image, draw, out) => {
    const other = new Float32Array(out.length);
    a(image, draw, out);
    b(image, draw, other);
    for (let i = 0; i < out.length; i++) out[i] = Math.fround(weights[0] * out[i]) + Math.fround(weights[1] * other[i]);
  };
}

/** Every sampler starts from sigma_0 z: with z + values / sigma_0 for z (draw 0) that is the picture under noise of the first level. */
function over(values: Float32Array, sigma: number, noise: Noise): Noise {
  return (image, draw, out) => {
    noise(image, draw, out);
    if (draw === 0) addScaled(out, values, 1 / sigma);
  };
}

/** The noise levels below the one at `strength` of the Karras grid: 1 = all of them, 0 = the last one alone. */
function startingAt(strength: number, sampling: SamplingDefaults): SamplingDefaults {
  const { sigmaMin, sigmaMax, rho } = sampling;
  const [first, last] = [pow(sigmaMax, 1 / rho), pow(sigmaMin, 1 / rho)];
  const start = strength === 1 ? sigmaMax : pow(last + strength * (first - last), rho);
  return { ...sampling, sigmaMax: Math.max(start, 1.001 * sigmaMin) };
}

/**
 * A synchronous denoiser's result is its own buffer, valid until the next call only; samples that take turns on one model would overwrite each
 * other's. An asynchronous one's is the caller's.
 */
function detached(denoised: Float32Array | Promise<Float32Array>): Float32Array | Promise<Float32Array> {
  return denoised instanceof Float32Array ? denoised.slice() : denoised;
}
