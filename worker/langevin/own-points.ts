/** Points from a visitor's own data: lines of two numbers, or the dark pixels of an image. */
import { type Point, rounded } from "./controls.ts";
import { RandomNumbers } from "./random-numbers.ts";
import { HALF } from "./target.ts";

/** Half the width that data fill when they had to be scaled. */
const FILLED = 2.5;

/**
 * Points of a text with two numbers a line, separated by commas, semicolons, blanks or tabs; other lines, such as a
 * header, are left out. Points outside the plane are all shifted and scaled into it. At most so many, evenly chosen.
 */
export function pointsFromText(text: string, most: number): Point[] {
  const numbers = text.split(/\r?\n/).map((line) => line.trim().split(/[\s,;]+/));
  const points = numbers.flatMap((cells): Point[] => {
    const [x, y] = cells.map(Number);
    return cells.length >= 2 && Number.isFinite(x) && Number.isFinite(y) && cells[0] !== "" && cells[1] !== "" ? [[x!, y!]] : [];
  });
  return intoPlane(evenly(points, most));
}

/**
 * Points drawn from an image as if its darkness were a density: `darkness` of each pixel, 0 to 1, row by row from the
 * top. The longer side fills the plane. None for an image without darkness.
 */
export function pointsFromDarkness(darkness: ArrayLike<number>, width: number, most: number): Point[] {
  const height = darkness.length / width;
  const scale = (2 * FILLED) / Math.max(width, height);
  const random = new RandomNumbers("langevin/own-image");
  let total = 0;
  for (let i = 0; i < darkness.length; i++) total += darkness[i];
  if (!(total > 0)) return [];
  // Systematic draws: every total / most of darkness one point.
  const points: Point[] = [];
  let next = random.uniform() * (total / most);
  let sum = 0;
  for (let i = 0; i < darkness.length; i++) {
    sum += darkness[i];
    for (; next < sum && points.length < most; next += total / most) {
      const x = (i % width) + random.uniform() - width / 2;
      const y = height / 2 - Math.floor(i / width) - random.uniform();
      points.push([rounded(scale * x), rounded(scale * y)]);
    }
  }
  return points;
}

const evenly = (points: readonly Point[], most: number): readonly Point[] =>
  points.length <= most ? points : Array.from({ length: most }, (_, i) => points[Math.floor((i * points.length) / most)]);

function intoPlane(points: readonly Point[]): Point[] {
  const isInside = points.every(([x, y]) => Math.max(Math.abs(x), Math.abs(y)) <= HALF);
  const [left, right] = rangeOf(points.map(([x]) => x));
  const [bottom, top] = rangeOf(points.map(([, y]) => y));
  const scale = (2 * FILLED) / (Math.max(right - left, top - bottom) || 1);
  return points.map(([x, y]) =>
    isInside ? [rounded(x), rounded(y)] : [rounded(scale * (x - (left + right) / 2)), rounded(scale * (y - (bottom + top) / 2))],
  );
}

const rangeOf = (values: readonly number[]): readonly [number, number] => [
  values.reduce((least, value) => Math.min(least, value), Infinity),
  values.reduce((largest, value) => Math.max(largest, value), -Infinity),
];
