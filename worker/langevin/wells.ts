/** Points as text (`1,2; 0.5,-1`), and a potential of round wells at them inside a soft wall: its energy and its force. */
import type { TextField } from "./fields.ts";
import type { ParticleDenoiser } from "./particles.ts";
import { HALF } from "./target.ts";

export type Point = readonly [x: number, y: number];

export interface PointsField extends TextField {
  readonly most: number;
  /** Least distance between two points of a stroke. */
  readonly spacing: number;
}

export const pointsField = (label: string, byDefault: string, { most, spacing }: Pick<PointsField, "most" | "spacing">): PointsField => ({
  kind: "text",
  ...{ label, most, spacing },
  example: "1.5,-0.2; 0,1",
  default: byDefault,
  problem: (text) => {
    const read = pointsIn(text);
    const fits = read.length <= most && read.every((point) => point.length === 2 && point.every(isInPlane));
    return fits ? undefined : `“${label}” takes at most ${most} points as in “1,2; 0.5,-1”, from -${HALF} to ${HALF}.`;
  },
});

export const textOf = (points: readonly Point[]): string => points.map((point) => point.join(",")).join(";");

/** Between points: a semicolon, or a space without a comma beside it, as in what is pasted from a table. */
const SEPARATOR = /;|(?<![,;\s])\s+(?![,;\s])/;

/** The points of a text that its field has no problem with. */
export const pointsIn = (text: string): Point[] =>
  text.trim() === ""
    ? []
    : text
        .trim()
        .split(SEPARATOR)
        .map((pair) => pair.split(",").map((cell) => (cell.trim() === "" ? Number.NaN : Number(cell))) as never);

/** Coordinates have two decimals. */
export const roundToHundredths = (coordinate: number): number => Math.round(coordinate * 100) / 100;

export const isInPlane = (coordinate: number): boolean => Math.abs(coordinate) <= HALF;

/** Depth of a well, the unit of energy, and its width. */
const [DEPTH, WIDTH] = [1, 0.45];
/** Beyond this radius a wall rises, (WALL / 2) (r - RADIUS)^2. */
const [RADIUS, WALL] = [2, 4];

/** U, as the page shows it. */
export const FORMULA = `U = −Σ exp(−d² / 2w²) + ${WALL / 2} max(0, r − ${RADIUS})², w = ${WIDTH}; d from a well, r from the middle`;

/** The potential U at a point. */
export function energy(wells: readonly Point[], x: number, y: number): number {
  const wall = (WALL / 2) * Math.max(0, Math.hypot(x, y) - RADIUS) ** 2;
  return wells.reduce((sum, [wx, wy]) => sum - DEPTH * Math.exp(-((x - wx) ** 2 + (y - wy) ** 2) / (2 * WIDTH ** 2)), wall);
}

/** D = x - grad U: with sigma^2 = kT the score (D - x) / sigma^2 is that of the Boltzmann distribution, -grad U / kT. */
export function wellsDenoiser(wells: readonly Point[]): ParticleDenoiser {
  const flat = Float64Array.from(wells.flat());
  return (particles, _, out) => {
    for (let i = 0; i < particles.length; i += 2) {
      const [x, y] = [particles[i], particles[i + 1]];
      const radius = Math.sqrt(x * x + y * y);
      const kept = radius > RADIUS ? 1 - (WALL * (radius - RADIUS)) / radius : 1;
      let [left, down] = [x * kept, y * kept];
      for (let k = 0; k < flat.length; k += 2) {
        const [dx, dy] = [x - flat[k], y - flat[k + 1]];
        const slope = (DEPTH / WIDTH ** 2) * Math.exp(-(dx * dx + dy * dy) / (2 * WIDTH ** 2));
        left -= slope * dx;
        down -= slope * dy;
      }
      out[i] = left;
      out[i + 1] = down;
    }
  };
}
