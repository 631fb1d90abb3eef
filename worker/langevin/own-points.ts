/** Points as a visitor writes or pastes them, and what had to be done to use them. */
import { isInPlane, type Point, rounded } from "./state.ts";

/** Half the width that points fill when they had to be scaled. */
const FILLED = 2.5;
/** Lines that a message quotes. */
const QUOTED = 3;

export interface OwnPoints {
  readonly points: readonly Point[];
  /** What was left out or changed, in sentences; empty if nothing was. */
  readonly words: string;
}

/** Points as lines of two numbers. */
export const textOf = (points: readonly Point[]): string => points.map(([x, y]) => `${x}, ${y}`).join("\n");

/**
 * Points of a text with two numbers a line, separated by commas, semicolons, blanks or tabs. Other lines are left out.
 * If some lie outside the plane, all are shifted and scaled into it. At most so many, evenly chosen.
 */
export function pointsFromText(text: string, most: number): OwnPoints {
  const lines = text.split(/\r?\n/).map((line, i) => ({ line: line.trim(), number: i + 1 }));
  const written = lines.filter(({ line }) => line !== "");
  const read = written.map(({ line, number }) => ({ point: pointOf(line), line, number }));
  const all = read.flatMap(({ point }) => (point ? [point] : []));
  const bad = read.filter(({ point }) => !point);
  const kept = all.length <= most ? all : Array.from({ length: most }, (_, i) => all[Math.floor((i * all.length) / most)]);
  const { points, words } = intoPlane(kept);
  const sentences = [
    ...(bad.length > 0 ? [leftOut(bad)] : []),
    ...(kept.length < all.length ? [`Of ${all.length} points, ${most} were taken, evenly.`] : []),
    ...words,
  ];
  return { points, words: sentences.join(" ") };
}

function pointOf(line: string): Point | undefined {
  const [x, y] = line.split(/[\s,;]+/).map((cell) => (cell === "" ? Number.NaN : Number(cell)));
  return Number.isFinite(x) && Number.isFinite(y) ? [x!, y!] : undefined;
}

function leftOut(bad: readonly { readonly line: string; readonly number: number }[]): string {
  const quoted = bad.slice(0, QUOTED).map(({ line, number }) => `line ${number} (“${line.slice(0, 20)}”)`);
  const more = bad.length > QUOTED ? ` and ${bad.length - QUOTED} more` : "";
  return `Left out, as two numbers are needed, such as “1.5, -0.2”: ${quoted.join(", ")}${more}.`;
}

function intoPlane(points: readonly Point[]): { readonly points: readonly Point[]; readonly words: readonly string[] } {
  if (points.flat().every(isInPlane)) return { points: points.map(([x, y]) => [rounded(x), rounded(y)]), words: [] };
  const [left, right] = rangeOf(points.map(([x]) => x));
  const [bottom, top] = rangeOf(points.map(([, y]) => y));
  const scale = (2 * FILLED) / (Math.max(right - left, top - bottom) || 1);
  const [x0, y0] = [(left + right) / 2, (bottom + top) / 2];
  const short = (value: number) => Number(value.toPrecision(4));
  return {
    points: points.map(([x, y]) => [rounded(scale * (x - x0)), rounded(scale * (y - y0))]),
    words: [
      `The points did not fit the plane: (${short(x0)}, ${short(y0)}) became its middle, and lengths were multiplied by ${short(scale)}.`,
    ],
  };
}

const rangeOf = (values: readonly number[]): readonly [number, number] => [
  values.reduce((least, value) => Math.min(least, value), Infinity),
  values.reduce((largest, value) => Math.max(largest, value), -Infinity),
];
