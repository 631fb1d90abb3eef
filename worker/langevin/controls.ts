/**
 * What a visitor may set in a scene: a table of controls, from which the page's form, the address and the types of a
 * scene's values follow.
 */
import { HALF } from "./target.ts";

export interface Slider {
  readonly kind: "slider";
  readonly label: string;
  /** Unit of its numbers; empty for pure numbers. */
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  readonly default: number;
  /** Whole numbers only, or a logarithmic scale. By default linear. */
  readonly scale?: "whole" | "ratio";
}

export interface Selection<V extends string = string> {
  readonly kind: "choice";
  readonly label: string;
  /** Its values, and the words shown for them. */
  readonly options: Readonly<Record<V, string>>;
  readonly default: V;
}

export type Point = readonly [x: number, y: number];

/** Points that the visitor draws. */
export interface DrawnPoints {
  readonly kind: "drawing";
  readonly label: string;
  /** The word for one of them. */
  readonly one: string;
  readonly most: number;
  /** Least distance between two points of a stroke. */
  readonly spacing: number;
  readonly default: readonly Point[];
}

export type Control = Slider | Selection | DrawnPoints;
export type Controls = Readonly<Record<string, Control>>;

export type Value = number | string | readonly Point[];
/** A scene's values, by the names of its controls. */
export type SceneValues = Readonly<Record<string, Value>>;
export type ValuesOf<C extends Controls> = {
  readonly [K in keyof C]: C[K] extends Selection<infer V> ? V : C[K] extends DrawnPoints ? readonly Point[] : number;
};

export const choice = <V extends string>(label: string, options: Readonly<Record<V, string>>, byDefault: NoInfer<V>): Selection<V> => ({
  kind: "choice",
  label,
  options,
  default: byDefault,
});

export const defaults = (controls: Controls): SceneValues =>
  Object.fromEntries(Object.entries(controls).map(([name, control]) => [name, control.default]));

/** Steps of a slider, except for whole numbers. */
export const POSITIONS = 100;

/**
 * The number at a position of the slider: 0 to POSITIONS, or the whole number itself. Rounded to three significant
 * digits.
 */
export function valueAt({ min, max, scale }: Slider, position: number): number {
  if (scale === "whole") return position;
  const t = position / POSITIONS;
  const value = scale === "ratio" ? min * (max / min) ** t : min + t * (max - min);
  return Math.min(max, Math.max(min, Number(value.toPrecision(3))));
}

/** The position nearest to a number. */
export function positionOf({ min, max, scale }: Slider, value: number): number {
  if (scale === "whole") return value;
  const t = scale === "ratio" ? Math.log(value / min) / Math.log(max / min) : (value - min) / (max - min);
  return Math.round(t * POSITIONS);
}

export const withUnit = ({ unit }: Slider, value: number): string => (unit ? `${value} ${unit}` : `${value}`);

/** Coordinates of drawn points have two decimals. */
export const rounded = (coordinate: number): number => Math.round(coordinate * 100) / 100;

export const isInPlane = (coordinate: number): boolean => Math.abs(coordinate) <= HALF;
