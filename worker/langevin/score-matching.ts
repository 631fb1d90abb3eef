/**
 * Denoising score matching in the plane: a network learns D(x, sigma) = cSkip x + cOut F(cIn x, ln(sigma) / 4) (Karras
 * et al. 2022, Table 1) from noisy points of a mixture. The loss is the mean of |D - y|^2 / cOut^2 over data y, noise
 * and noise levels, as for the images' network.
 */
import type { Component } from "./mixture.ts";
import { Adam, BLOCK, PlaneNetwork, startingWeights, WEIGHTS } from "./network.ts";
import { type ParticleDenoiser, randomNumbers } from "./particles.ts";
import { type Density, HALF } from "./target.ts";

/** Points of a training step. */
const BATCH = 2 * BLOCK;
/** The learning rate falls with the root of the steps beyond this one. */
const DECAY_FROM = 2000;
/** Share of the steps so far over which the weights are averaged. */
const AVERAGED = 0.1;

type Levels = Readonly<Record<"sigmaMin" | "sigmaMax", number>>;

/** `seed`: of starting weights and examples. Noise levels are log-uniform in the range. */
export function scoreMatching(components: readonly Component[], { sigmaMin, sigmaMax }: Levels, learningRate: number, seed: string) {
  const sigmaData = sigmaDataOf(components);
  const random = randomNumbers(seed);
  const network = new PlaneNetwork();
  const adam = new Adam();
  const weights = startingWeights(random.gaussian);
  /** Their running mean, with which particles are drawn. */
  const averaged = weights.slice();
  const gradient = new Float64Array(WEIGHTS);
  const pair = () => [new Float64Array(BLOCK), new Float64Array(BLOCK)] as const;
  const [upstream, target] = [pair(), pair()];
  let steps = 0;

  /** Puts a noisy point into column p of the network's input. */
  function place(p: number, x: number, y: number, sigma: number) {
    const total = Math.hypot(sigma, sigmaData);
    const noise = Math.log(sigma) / 4;
    const { input } = network;
    input[0][p] = x / total;
    input[1][p] = y / total;
    input[2][p] = noise;
    input[3][p] = noise * noise;
    return { cSkip: (sigmaData / total) ** 2, cOut: (sigma * sigmaData) / total };
  }

  /** One step of Adam on BATCH fresh examples of the mixture, in parts. */
  function* train(): Generator<void> {
    gradient.fill(0);
    for (let block = 0; block < BATCH / BLOCK; block++) {
      for (let p = 0; p < BLOCK; p++) {
        const { x, y, std } = pick(components, random.uniform());
        const sigma = sigmaMin * (sigmaMax / sigmaMin) ** random.uniform();
        const clean = [x + std * random.gaussian(), y + std * random.gaussian()] as const;
        const noisy = [clean[0] + sigma * random.gaussian(), clean[1] + sigma * random.gaussian()] as const;
        const { cSkip, cOut } = place(p, noisy[0], noisy[1], sigma);
        for (const i of [0, 1] as const) target[i][p] = (clean[i] - cSkip * noisy[i]) / cOut;
      }
      const output = network.forward(weights, BLOCK);
      for (const i of [0, 1] as const) {
        for (let p = 0; p < BLOCK; p++) upstream[i][p] = (2 * (output[i][p] - target[i][p])) / BATCH;
      }
      network.backward(weights, upstream, gradient, BLOCK);
      yield;
    }
    steps++;
    adam.step(weights, gradient, learningRate / Math.sqrt(Math.max(1, steps / DECAY_FROM)));
    const newest = Math.max(1 / steps, 1 / (1 + AVERAGED * steps));
    for (let i = 0; i < WEIGHTS; i++) averaged[i] += newest * (weights[i] - averaged[i]);
  }

  /** D(x, sigma) of the averaged network. */
  function denoise(particles: Float32Array, sigma: number, out: Float32Array): void {
    for (let start = 0; start < particles.length / 2; start += BLOCK) {
      const count = Math.min(BLOCK, particles.length / 2 - start);
      let scales = { cSkip: 0, cOut: 0 };
      for (let p = 0; p < count; p++) {
        const at = 2 * (start + p);
        scales = place(p, particles[at], particles[at + 1], sigma);
      }
      const [u, v] = network.forward(averaged, count);
      for (let p = 0; p < count; p++) {
        const at = 2 * (start + p);
        out[at] = scales.cSkip * particles[at] + scales.cOut * u![p];
        out[at + 1] = scales.cSkip * particles[at + 1] + scales.cOut * v![p];
      }
    }
  }

  return { steps: () => steps, train, denoise };
}

/** Root mean square of the coordinates. */
export const sigmaDataOf = (components: readonly Component[]): number =>
  Math.sqrt(components.reduce((sum, { weight, x, y, std }) => sum + weight * ((x * x + y * y) / 2 + std * std), 0));

/** The component at a place from 0 to 1 in the cumulative weights. */
function pick(components: readonly Component[], place: number): Component {
  let left = place;
  for (const component of components) {
    left -= component.weight;
    if (left < 0) return component;
  }
  return components.at(-1)!;
}

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

/** How wrong a learned score is: sigma |learned - exact| = |D - D_exact| / sigma, on a grid all over the plane. */
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
