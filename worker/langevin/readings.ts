/** What a scene tells beside its planes: a table of numbers, and charts. */
import { type Target, typical } from "./target.ts";

export interface TableRow {
  readonly label: string;
  /** One for each plane. */
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
  /** Whether the first line is drawn as bars, and whether the last one is what the others should reach. */
  readonly bars?: boolean;
  readonly exact?: boolean;
}

type Range = readonly [from: number, to: number];
type Line = readonly (readonly [x: number, y: number])[];

export interface ChartData {
  readonly x: Range;
  readonly y: Range;
  readonly lines: readonly Line[];
}

/** A chart of distances to the target, whose last line is the typical one. */
export const distanceChart = (x: string, lines: readonly string[], title = "Distance to the target"): ChartText => ({
  ...{ title, x, y: "total variation", logY: true, exact: true },
  lines: [...lines, "typical of exact draws"],
});

export const distanceRows = (target: Target, clouds: readonly { readonly x: Float32Array }[]): readonly TableRow[] => [
  { label: "Distance to the target distribution", values: clouds.map(({ x }) => target.distanceOf(x)), isResult: true },
  { label: typical(target.particles), values: clouds.map(() => target.exact) },
];

export const level = ([from, to]: Range, y: number): Line => [
  [from, y],
  [to, y],
];

/** Lines that grow together. They keep at most 200 points: every second, fourth, ... of those that are added. */
export class Traces {
  #lines: [x: number, y: number][][];
  #every = 1;
  #seen = 0;

  constructor(lines: number) {
    this.#lines = Array.from({ length: lines }, () => []);
  }

  add(x: number, values: readonly number[]): void {
    if (this.#seen++ % this.#every !== 0) return;
    for (const [i, line] of this.#lines.entries()) line.push([x, values[i]]);
    if (this.#lines[0].length < 200) return;
    this.#lines = this.#lines.map((line) => line.filter((_, i) => i % 2 === 0));
    this.#every *= 2;
  }

  get last(): readonly (number | string)[] {
    return this.#lines.map((line) => line.at(-1)?.[1] ?? "none yet");
  }

  /** Their chart from 0 to `end`. The last line is what they should reach, if that is known. */
  chart(end: number, y: Range, exact?: number): ChartData {
    const x = [0, Math.max(1, end)] as const;
    return { x, y, lines: exact === undefined ? this.#lines : [...this.#lines, level(x, exact)] };
  }
}
