/**
 * What a scene is: fields, captions, and a simulation without a screen. The page (worker/pages/playground) has its words
 * and draws it; tests run it directly.
 */
import type { Chains } from "./diagnostics.ts";
import { choice, type Fields, slider, type Values, type ValuesOf } from "./fields.ts";
import type { Draws } from "./particles.ts";
import type { Point } from "./points.ts";
import { type Density, type Target, typical } from "./target.ts";

export const PARTICLES = { 500: "500", 1000: "1000", 2000: "2000", 5000: "5000", 10000: "10 000", 20000: "20 000" } as const;

/** What every scene has, unless it has its own. The speed is the page's alone: the particles do not notice it. */
const COMMON = {
  particles: choice("Particles", PARTICLES, "5000"),
  speed: slider("Speed", [0.1, 10], 1, "ratio", "×"),
  seed: slider("Random seed", [1, 99], 1),
} as const;

export const withCommon = (own: Fields): Fields => ({ ...own, ...COMMON, ...own }); // a scene's own come first

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
  readonly charts: readonly ChartText[];
  /** Starts it with these values of its fields. */
  start(values: Values): Simulation;
}

export interface Simulation {
  readonly planes: readonly Plane[];
  /** One step of every sampler. */
  step(): void;
  /** Whether all samplers have ended. */
  readonly done: boolean;
  /** Steps for one frame of animation; below 1, one step for several frames. */
  readonly stepsPerFrame: number;
  /** The distribution that its particles are to reach. */
  readonly target: Target;
  /** Continues with new values. Where it is absent, the scene starts again. */
  change?(values: Values): void;
  /** Why its numbers mean nothing with the present settings. */
  readonly warning?: string | undefined;
  readonly chains: Chains;
  /** The table of the planes: rows with one number for each plane. */
  rows(): readonly TableRow[];
  /** One for each of the scene's `charts`. */
  charts(): readonly ChartData[];
}

export interface Plane {
  /** x and y of each particle, one after the other. */
  readonly particles: Float32Array;
  /** The density below them. Another function when the target changes. */
  readonly density: Density;
  /** Whether "density" is that of the target, or the error of a learned score, 0 to 1. By default the density. */
  readonly shows?: "density" | "error";
  /** Arrows. Another function when the field changes. */
  readonly field: ArrowField | undefined;
  /** How noisy or hot the particles are, 0 to 1. */
  readonly heat: number;
  /** Drawn points. Another array when they change. */
  readonly marks?: readonly Point[];
}

/** Writes an arrow for each point to `out`, x and y one after the other; a length of 1 is a long arrow, (0, 0) none. */
export type ArrowField = (points: Float32Array, out: Float32Array) => void;

export interface TableRow {
  readonly label: string;
  readonly values: readonly (number | string)[];
  /** Whether screen readers say it when the scene stops. */
  readonly isResult?: boolean;
}

export interface ChartText {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly logX?: boolean;
  readonly logY?: boolean;
  /** Names of its lines; those of the `ChartData` in the same order. */
  readonly lines: readonly string[];
  /** Whether the first line is drawn as bars. */
  readonly bars?: boolean;
}

/** A chart of distances to the target, whose last line is the typical one. */
export const distanceChart = (x: string, lines: readonly string[], title = "Distance to the target"): ChartText => ({
  ...{ title, x, y: "total variation", logY: true },
  lines: [...lines, "typical of exact draws"],
});

export const distanceRows = (target: Target, clouds: readonly { readonly x: Float32Array }[]): readonly TableRow[] => [
  { label: "Distance to the target distribution", values: clouds.map(({ x }) => target.distanceOf(x)), isResult: true },
  { label: typical(target.particles), values: clouds.map(() => target.exact) },
];

export interface ChartData {
  readonly x: readonly [from: number, to: number];
  readonly y: readonly [from: number, to: number];
  readonly lines: readonly (readonly (readonly [x: number, y: number])[])[];
}

/** A line that grows. It keeps at most 200 points: every second, fourth, ... of those that are added. */
export class Trace {
  readonly points: [x: number, y: number][] = [];
  #every = 1;
  #seen = 0;

  add(x: number, y: number): void {
    if (this.#seen++ % this.#every === 0) this.points.push([x, y]);
    if (this.points.length < 200) return;
    for (let i = 0; i < 100; i++) this.points[i] = this.points[2 * i];
    this.points.length = 100;
    this.#every *= 2;
  }
}

export const level = ([from, to]: readonly [number, number], y: number): [number, number][] => [
  [from, y],
  [to, y],
];
