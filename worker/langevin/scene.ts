/**
 * What a scene is: fields, captions, and a simulation without a screen. The page (worker/pages/playground) has its words
 * and draws it; tests run it directly.
 */
import { choice, type Fields, slider, type Values, type ValuesOf } from "./fields.ts";
import type { Draws, ParticleDenoiser, ParticleRun } from "./particles.ts";
import type { Chart, TableRow } from "./readings.ts";
import type { Density, Target } from "./target.ts";
import type { Point } from "./wells.ts";

export const PARTICLES = { 500: "500", 1000: "1000", 2000: "2000", 5000: "5000", 10000: "10 000", 20000: "20 000" } as const;

/** What every scene has, unless it has its own. The speed is the page's alone: the particles do not notice it. */
const COMMON = {
  particles: choice("Particles", PARTICLES, "5000"),
  speed: slider("Speed", [0.1, 10], 1, 0.1, "×"),
  seed: slider("Random seed", [1, 99], 1),
} as const;

export const fieldsOf = ({ fields }: Scene): Fields => ({ ...fields, ...COMMON, ...fields }); // a scene's own come first

export type SceneStart<F extends Fields> = ValuesOf<F> & Omit<ValuesOf<typeof COMMON>, keyof F>;

export const drawsOf = ({ particles, seed }: { readonly particles: string; readonly seed: number }): Draws => ({
  particles: Number(particles),
  seed,
});

export interface Scene {
  /** Its name in the address. */
  readonly name: string;
  readonly fields: Fields;
  /** Captions of the planes that it shows side by side. */
  readonly planes: readonly string[];
  /** What stands beside them, to compute with. */
  readonly formula?: string;
  /** Starts it with these values of its fields, in parts between which a page does other work. */
  start(values: Values): Generator<void, Simulation>;
}

export interface Simulation {
  /** What each shows now. */
  readonly planes: readonly (() => Plane)[];
  /** One step of every sampler, in parts. */
  step(): Generator<void>;
  /** Whether all samplers have ended. */
  done(): boolean;
  /** Steps for one frame of animation; below 1, one step for several frames. */
  stepsPerFrame(): number;
  /** The distribution that its particles are to reach. */
  readonly target: Target;
  /** Goes on from here with new values. Where it is absent or gives nothing, the scene starts again. */
  change?(values: Values): Simulation | undefined;
  /** Why its numbers mean nothing with the present settings. */
  warning?(): string;
  rows(): readonly TableRow[];
  charts(): readonly Chart[];
}

export interface Plane {
  /** x and y of each particle, one after the other. */
  readonly particles: Float32Array;
  /** The density below them. Another function when the target changes. */
  readonly density: Density;
  /** Whether "density" is that of the target, or the error of a learned score, 0 to 1. By default the density. */
  readonly shows?: "density" | "error";
  /** Arrows. Another function when the field changes. */
  readonly field?: ArrowField;
  /** Drawn points. Another array when they change. */
  readonly marks?: readonly Point[];
}

/** Writes an arrow for each point to `out`, x and y one after the other; a length of 1 is a long arrow, (0, 0) none. */
export type ArrowField = (points: Float32Array, out: Float32Array) => void;

/**
 * A run's particles, above density and score of a noise level, by default that which it has reached. `at`: what to show at a level; it is
 * asked again when `version` has changed.
 */
export function levelPlane(
  run: () => ParticleRun,
  at: (sigma: number) => Omit<Plane, "particles">,
  level = () => run().sigma,
  version = () => 0,
): () => Plane {
  let shown: ReturnType<typeof at> | undefined;
  let seen = "";
  return () => {
    const now = `${level()} ${version()}`;
    if (!shown || now !== seen) [shown, seen] = [at(level()), now];
    return { ...shown, particles: run().x };
  };
}

/** Arrows of sigma score = (D - x) / sigma = v, drawn v / (1 + |v|) long: all directions remain visible, from near the data to far away. */
export function scoreField(denoise: ParticleDenoiser, sigma: number): ArrowField {
  return (points, out) => {
    denoise(points, sigma, out);
    for (let i = 0; i < out.length; i += 2) {
      const x = (out[i] - points[i]) / sigma;
      const y = (out[i + 1] - points[i + 1]) / sigma;
      const length = 1 + Math.hypot(x, y);
      out[i] = x / length;
      out[i + 1] = y / length;
    }
  };
}
