/**
 * What a visitor may set in a scene: a table of controls, from which the page's form, the address and the types of a
 * scene's values follow.
 */
import type { Draws } from "./particles.ts";
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

export interface DrawnPoints {
  readonly kind: "drawing";
  readonly label: string;
  /** The word for one of them. */
  readonly one: string;
  readonly most: number;
  /** Least distance between two points of a stroke. */
  readonly spacing: number;
  readonly default: readonly Point[];
  /** Other values that drawing sets. */
  readonly also?: SceneValues;
}

/** A whole number that the visitor draws anew by a button. */
export interface SeedField {
  readonly kind: "seed";
  readonly label: string;
  readonly most: number;
  readonly default: number;
}

/** A formula in x and y (formula.ts), or nothing. */
export interface FormulaField {
  readonly kind: "formula";
  readonly label: string;
  readonly default: "";
  readonly example: string;
}

export type Control = Slider | Selection | DrawnPoints | SeedField | FormulaField;
export type Controls = Readonly<Record<string, Control>>;

export type Value = number | string | readonly Point[];
/** A scene's values, by the names of its controls. */
export type SceneValues = Readonly<Record<string, Value>>;
export type ValuesOf<C extends Controls> = {
  readonly [K in keyof C]: C[K] extends Selection<infer V>
    ? V
    : C[K] extends DrawnPoints
      ? readonly Point[]
      : C[K] extends FormulaField
        ? string
        : number;
};

export const choice = <V extends string>(label: string, options: Readonly<Record<V, string>>, byDefault: NoInfer<V>): Selection<V> => ({
  kind: "choice",
  label,
  options,
  default: byDefault,
});

export const PARTICLES = { 500: "500", 1000: "1000", 2000: "2000", 5000: "5000", 10000: "10 000", 20000: "20 000" } as const;

/** What every scene has, unless it has its own. The speed is the page's alone: the particles do not notice it. */
export const COMMON = {
  particles: choice("Particles", PARTICLES, "5000"),
  speed: { kind: "slider", label: "Speed", unit: "×", min: 0.1, max: 10, default: 1, scale: "ratio" },
  seed: { kind: "seed", label: "Random seed", most: 99_999, default: 1 },
} as const;

export const withCommon = (own: Controls): Controls => ({
  ...own,
  ...Object.fromEntries(Object.entries(COMMON).filter(([name]) => !(name in own))),
});

export type SceneStart<C extends Controls> = ValuesOf<C> & ValuesOf<typeof COMMON>;

export const drawsOf = ({ particles, seed }: ValuesOf<typeof COMMON>): Draws => ({ particles: Number(particles), seed });

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
