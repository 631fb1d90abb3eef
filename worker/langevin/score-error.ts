/** How wrong a learned score is: sigma |learned - exact| = |D - D_exact| / sigma, on a grid all over the plane. */
import type { ParticleDenoiser } from "./particles.ts";
import { type Density, HALF } from "./target.ts";

/** Places along each side of the plane. */
const SIDE = 25;
const PLACES = Float32Array.from({ length: 2 * SIDE * SIDE }, (_, i) => {
  const place = i >> 1;
  return ((i % 2 === 0 ? place % SIDE : Math.floor(place / SIDE)) / ((SIDE - 1) / 2) - 1) * HALF;
});
/** There are data where the density is at least this share of its maximum. */
const POPULATED = 0.01;
/** Errors between which the map's shades change, on a logarithmic scale. */
const [LEAST, MOST] = [0.03, 3];

export function scoreError(learned: ParticleDenoiser, exact: ParticleDenoiser, sigma: number) {
  const [d, best] = [PLACES.slice(), PLACES.slice()];
  learned(PLACES, sigma, d);
  exact(PLACES, sigma, best);
  const errors = Float64Array.from(
    { length: SIDE * SIDE },
    (_, i) => Math.hypot(d[2 * i] - best[2 * i], d[2 * i + 1] - best[2 * i + 1]) / sigma,
  );
  return {
    /** Its mean over the plane. */
    everywhere: mean(errors),
    /** Its means where there are data of this density, and where there are none. */
    byData(density: Density): { readonly near: number; readonly far: number } {
      const densities = errors.map((_, i) => density(PLACES[2 * i], PLACES[2 * i + 1]));
      const least = POPULATED * densities.reduce((largest, value) => Math.max(largest, value));
      return { near: mean(errors.filter((_, i) => densities[i] >= least)), far: mean(errors.filter((_, i) => densities[i] < least)) };
    },
    /** Shades of the plane, 0 to 1, whose square root grows with the error's logarithm (`PlaneView` takes the root). */
    shades(): Density {
      const shades = errors.map((error) => (Math.log(Math.min(MOST, Math.max(LEAST, error)) / LEAST) / Math.log(MOST / LEAST)) ** 2);
      const cell = (v: number) => Math.round(((v + HALF) / (2 * HALF)) * (SIDE - 1));
      return (x, y) => shades[cell(y) * SIDE + cell(x)];
    },
  };
}

const mean = (errors: Float64Array): number => errors.reduce((sum, error) => sum + error, 0) / errors.length;
