import type { Noise } from "./sampler.ts";
import { scale } from "./vectors.ts";

/**
 * Noise at `temperature` T, which is kT of the Boltzmann distribution: the fresh noise of every step has T times its
 * variance. 1 changes no bit; at 0 Langevin dynamics become the gradient flow of log p. The initial noise (draw 0) is
 * not scaled.
 */
export function tempered(noise: Noise, temperature: number): Noise {
  if (temperature === 1) return noise;
  const factor = Math.sqrt(temperature);
  return (image, draw, out) => {
    noise(image, draw, out);
    if (draw > 0) scale(out, factor);
  };
}
