/**
 * The state of the playground: what a visitor may set in a scene. One table of fields is its controls, its address
 * (`?scene=modes&weight=20`, defaults left out) and the type of its values.
 */
import { formulaProblem } from "./formula.ts";
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
  /** Between its stops, or "ratio": round numbers at about even ratios. Whole steps are of whole numbers alone. */
  readonly step: number | "ratio";
}

export interface Choice<V extends string = string> {
  readonly kind: "choice";
  readonly label: string;
  /** Its values, and the words shown for them. */
  readonly options: Readonly<Record<V, string>>;
  readonly default: V;
}

export type Point = readonly [x: number, y: number];

/** Points that are drawn in the plane or written as lines of two numbers. */
export interface Points {
  readonly kind: "points";
  readonly label: string;
  readonly most: number;
  /** Least distance between two points of a stroke. */
  readonly spacing: number;
  readonly default: readonly Point[];
  /** Other values that drawing sets. */
  readonly also: Values;
}

/** A formula in x and y (formula.ts), or nothing. */
export interface FormulaField {
  readonly kind: "formula";
  readonly label: string;
  readonly default: "";
  readonly example: string;
}

export type Field = Slider | Choice | Points | FormulaField;
export type Fields = Readonly<Record<string, Field>>;
export type Value = number | string | readonly Point[];
export type Values = Readonly<Record<string, Value>>;
export type ValuesOf<F extends Fields> = {
  readonly [K in keyof F]: F[K] extends Choice<infer V>
    ? V
    : F[K] extends Points
      ? readonly Point[]
      : F[K] extends FormulaField
        ? string
        : number;
};

export const choice = <V extends string>(label: string, options: Readonly<Record<V, string>>, byDefault: NoInfer<V>): Choice<V> => ({
  kind: "choice",
  label,
  options,
  default: byDefault,
});

type Range = readonly [min: number, max: number];

export const slider = (label: string, [min, max]: Range, byDefault: number, step: Slider["step"] = 1, unit = ""): Slider => ({
  kind: "slider",
  ...{ label, unit, min, max, step },
  default: byDefault,
});

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

export const defaults = (fields: Fields): Values =>
  Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.default]));

/** Numbers of two digits from 1 to 10, about 4 % to 10 % apart. */
const ROUND = [...evenly(10, 20, 1), ...evenly(20, 50, 2), ...evenly(50, 100, 5)].map((tenths) => tenths / 10);

function evenly(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.round((to - from) / step) }, (_, i) => Number((from + i * step).toPrecision(6)));
}

/** The numbers at which a slider stops, in ascending order. */
export function stopsOf({ min, max, step }: Pick<Slider, "min" | "max" | "step">): number[] {
  if (step !== "ratio") return [...evenly(min, max, step), max];
  const decades = Array.from({ length: 8 }, (_, i) => 10 ** (i - 4));
  const round = decades.flatMap((ten) => ROUND.map((value) => Number((value * ten).toPrecision(2))));
  return round.filter((value) => value >= min && value <= max);
}

/** The index of the stop nearest to a number. */
export const nearestStop = (stops: readonly number[], value: number): number =>
  stops.reduce((best, stop, i) => (Math.abs(stop - value) < Math.abs(stops[best] - value) ? i : best), 0);

export const withUnit = ({ unit }: Slider, value: number): string => (unit ? `${value} ${unit}` : `${value}`);

/** Coordinates of points have two decimals. */
export const rounded = (coordinate: number): number => Math.round(coordinate * 100) / 100;

export const isInPlane = (coordinate: number): boolean => Math.abs(coordinate) <= HALF;

/** Names and texts, as `URLSearchParams` has them. */
type Query = Iterable<readonly [name: string, text: string]>;

/** Puts what an address asks for in the place of `base`, the values that it may leave out. One sentence for each mistake. */
export function readValues(query: Query, fields: Fields, base: Values): { readonly values: Values; readonly problems: string[] } {
  const problems: string[] = [];
  const values: Record<string, Value> = { ...base };
  const all = [...query];
  for (const name of new Set(all.map(([key]) => key))) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const [given, ...more] = all.filter(([key]) => key === name).map(([, text]) => text);
    const value = field && readValue(field, given!);
    if (!field) problems.push(`Unknown setting “${name}” was ignored. This scene knows: ${Object.keys(fields).join(", ")}.`);
    else if (more.length > 0) problems.push(`“${name}” was given ${1 + more.length} times, so it was ignored.`);
    else if (value !== undefined) values[name] = value;
    else if (field.kind === "formula") problems.push(`${formulaProblem(given!)} So it was ignored.`);
    else problems.push(`${field.label} takes ${domain(field)}, so “${given}” was ignored.`);
  }
  return { values, problems };
}

/** The parts of an address that are not as in `base`. */
export const writeValues = (values: Values, base: Values): [name: string, text: string][] =>
  Object.entries(values)
    .map(([name, value]): [string, string] => [name, writeValue(value)])
    .filter(([name, text]) => text !== writeValue(base[name]));

/** Points as `x,y;x,y`. */
const writeValue = (value: Value): string => (typeof value === "object" ? value.map((point) => point.join(",")).join(";") : String(value));

const NUMBER = /^-?\d+(\.\d+)?$/;

/** Parses a value of this field; undefined if the text is none. */
function readValue(field: Field, text: string): Value | undefined {
  if (field.kind === "choice") return Object.hasOwn(field.options, text) ? text : undefined;
  if (field.kind === "points") return readPoints(text, field.most);
  if (field.kind === "formula") return formulaProblem(text) === undefined ? text : undefined;
  const value = Number(text);
  const fits = NUMBER.test(text) && value >= field.min && value <= field.max && (field.step !== 1 || Number.isInteger(value));
  return fits ? value : undefined;
}

function readPoints(text: string, most: number): readonly Point[] | undefined {
  const points = text === "" ? [] : text.split(";").map((pair) => pair.split(","));
  const fit = points.every((pair) => pair.length === 2 && pair.every((number) => NUMBER.test(number) && isInPlane(Number(number))));
  return fit && points.length <= most ? points.map(([x, y]) => [Number(x), Number(y)] as const) : undefined;
}

function domain(field: Exclude<Field, FormulaField>): string {
  if (field.kind === "choice") return `one of ${Object.keys(field.options).join(", ")}`;
  if (field.kind === "points") return `at most ${field.most} points as in “1,2;0.5,-1”, with coordinates from -${HALF} to ${HALF}`;
  return `${field.step === 1 ? "a whole number" : "a number"} from ${field.min} to ${field.max}`;
}
