/** Points that are drawn in the plane, or written: `1,2; 0.5,-1`. */
import type { TextField } from "./fields.ts";
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

/** The points of a text that its field has no problem with. */
export const pointsIn = (text: string): Point[] =>
  text.trim() === ""
    ? []
    : text.split(";").map((pair) => pair.split(",").map((cell) => (cell.trim() === "" ? Number.NaN : Number(cell))) as never);

/** Coordinates have two decimals. */
export const rounded = (coordinate: number): number => Math.round(coordinate * 100) / 100;

export const isInPlane = (coordinate: number): boolean => Math.abs(coordinate) <= HALF;
