/** What a scene tells beside its planes: a table of numbers, and charts. */
import { rightHalf, type Target } from "./target.ts";

export interface TableRow {
  readonly label: string;
  /** One for each plane. */
  readonly values: readonly (number | string)[];
  /** Whether screen readers say it when the scene stops. */
  readonly isResult?: boolean;
}

export interface Axis {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly isLog?: boolean;
}

export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** "exact": what the others should reach. */
  readonly look?: "bars" | "exact";
  /** The plane whose colour it has. By default the lines have those of the planes in their order. */
  readonly plane?: number;
  readonly isDotted?: boolean;
  /** Its value in the run in sight, where its points are results of other runs. */
  readonly now?: number;
}

/** What a line has come to. */
export const valueNow = ({ now, points }: Line): number | undefined => now ?? points.at(-1)?.[1];

export interface Chart {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly lines: readonly Line[];
}

/** A number that describes a plane's particles, and its value in the target distribution. */
export interface Quantity {
  readonly label: string;
  /** Of its chart. */
  readonly axis: Axis;
  readonly of: (particles: Float32Array) => number;
  /** The label of its value in the target distribution, and that value. */
  readonly exactLabel: string;
  readonly exact: () => number;
}

/** Independent particles seldom come closer than as many exact draws do in the mean. */
export const distanceTo = (target: Target): Quantity => ({
  label: "Distance to the target",
  axis: { label: "total variation", from: 0.01, to: 1, isLog: true },
  of: target.distanceOf,
  exactLabel: "Typical of exact draws",
  exact: target.exact,
});

export const rightHalfOf = (target: Target): Quantity => ({
  label: "Weight of the right half",
  axis: { label: "share", from: 0, to: 1 },
  of: rightHalf,
  exactLabel: "In the target distribution",
  exact: () => target.probabilities().rightHalf,
});

/** Lines that grow together. They keep at most 200 points: every second, fourth, ... of those that are added. */
export function tracesOf(names: readonly string[]) {
  let points: [x: number, y: number][][] = names.map(() => []);
  let [every, seen] = [1, 0];
  return {
    add(x: number, values: readonly number[]): void {
      if (seen++ % every !== 0) return;
      for (const [i, line] of points.entries()) line.push([x, values[i]]);
      if (points[0].length < 200) return;
      points = points.map((line) => line.filter((_, i) => i % 2 === 0));
      every *= 2;
    },
    lines: (): Line[] => names.map((name, i) => ({ name, points: points[i] })),
  };
}

/** An axis of what has passed since the start. */
export const axisSince = (label: string, to: number): Axis => ({ label, from: 0, to: Math.max(1, to) });

/** A line for a value that stays the same. */
export const constantLine = (name: string, { from, to }: Axis, y: number): Line => ({
  name,
  look: "exact",
  points: [from, to].map((x) => [x, y] as const),
});

/** Quantities of the particles of each plane: rows of the table, and a chart of what each was. `names`: of the planes, in legends. */
export function readingsOf(names: readonly string[], ...quantities: readonly Quantity[]) {
  const traces = quantities.map(() => tracesOf(names));
  return {
    record(x: number, planes: readonly Float32Array[]): void {
      for (const [i, { of }] of quantities.entries()) traces[i].add(x, planes.map(of));
    },
    rows: (planes: readonly Float32Array[]): TableRow[] =>
      quantities.flatMap(({ label, of, exactLabel, exact }) => [
        { label, values: planes.map(of), isResult: true },
        { label: exactLabel, values: planes.map(exact) },
      ]),
    charts: (x: Axis): Chart[] =>
      quantities.map(({ label, axis, exactLabel, exact }, i) => ({
        ...{ title: label, x, y: axis },
        lines: [...traces[i].lines(), constantLine(exactLabel, x, exact())],
      })),
  };
}
