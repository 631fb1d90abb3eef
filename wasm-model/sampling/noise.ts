/** The noise of images: from one seed or between two, at a temperature, over an image. */
import { cos2pi } from "./elementary.ts";
import { type gaussians, seedState } from "./random.ts";
import type { Noise } from "./sampler.ts";
import { addScaled, scale } from "./vectors.ts";

/** An image's seed; with `to` it lies between two of them, at 0 < t < 1. */
interface Seeds {
  readonly seed: string;
  readonly to?: { readonly seed: string; readonly t: number };
}

/**
 * Each image's own noise, from its seed or interpolated between two. `stream` is appended to the seeds and makes the
 * noise independent. `fill` is `gaussians`.
 */
export function imageNoise(images: readonly Seeds[], stream: string, fill: typeof gaussians): Noise {
  const noiseFrom = (seed: string): Noise => {
    const state = seedState(seed + stream);
    return (_image, draw, out) => fill(state, draw, out);
  };
  const noises = images.map(({ seed, to }) => (to ? interpolateNoise(noiseFrom(seed), noiseFrom(to.seed), to.t) : noiseFrom(seed)));
  return (image, draw, out) => noises[image](image, draw, out);
}

/** cos(pi t / 2) a + sin(pi t / 2) b: standard Gaussians again, for every t, since a and b are independent. */
function interpolateNoise(a: Noise, b: Noise, t: number): Noise {
  const weights = [cos2pi(t / 4), cos2pi((1 - t) / 4)] as const;
  return (image, draw, out) => {
    const other = new Float32Array(out.length);
    a(image, draw, out);
    b(image, draw, other);
    for (let i = 0; i < out.length; i++) out[i] = Math.fround(weights[0] * out[i]) + Math.fround(weights[1] * other[i]);
  };
}

/** Noise whose draw 0 is z + values / sigma_0, so that samplers, which start from sigma_0 times it, start over these values. */
export function noiseAround(values: (image: number) => Float32Array, sigma: number, noise: Noise): Noise {
  return (image, draw, out) => {
    noise(image, draw, out);
    if (draw === 0) addScaled(out, values(image), 1 / sigma);
  };
}

/**
 * Noise at `temperature` T, which is kT of the Boltzmann distribution: the fresh noise of every step has T times its
 * variance. 1 changes no bit; at 0 Langevin dynamics become the gradient flow of log p. The initial noise (draw 0) is
 * not scaled.
 */
export function temperedNoise(noise: Noise, temperature: number): Noise {
  if (temperature === 1) return noise;
  const factor = Math.sqrt(temperature);
  return (image, draw, out) => {
    noise(image, draw, out);
    if (draw > 0) scale(out, factor);
  };
}
