/**
 * A record of fields with type, default and bounds. It is at once a page's address, its controls, and what is drawn
 * (worker/pages/shared/state.ts).
 */

interface Named {
  readonly label: string;
}

export interface TextField extends Named {
  readonly kind: "text";
  readonly default: string;
  readonly example?: string;
  /** What is wrong with a text, in a sentence for visitors. */
  readonly problem?: (text: string) => string | undefined;
  /** Other values that it sets. */
  readonly also?: Values;
}

export interface NumberField extends Named {
  readonly kind: "number";
  readonly min: number;
  readonly max: number;
  readonly default: number;
  /** Between its stops, or "ratio": round numbers at about even ratios. Whole steps are of whole numbers alone. */
  readonly step: number | "ratio";
  readonly unit?: string;
}

export interface ChoiceField<V extends string = string> extends Named {
  readonly kind: "choice";
  /** Its values, and the words shown for them. */
  readonly values: Readonly<Record<V, string>>;
  readonly default: V;
}

export type Field = TextField | NumberField | ChoiceField;
export type Fields = Readonly<Record<string, Field>>;
export type Value = number | string;
export type Values = Readonly<Record<string, Value>>;
export type ValuesOf<F extends Fields> = {
  readonly [K in keyof F]: Field extends F[K]
    ? Value
    : F[K] extends { readonly kind: "number" }
      ? number
      : F[K] extends { readonly kind: "choice"; readonly values: infer All }
        ? keyof All & string
        : string;
};

/** The values of a choice that are their own texts. */
export const choices = (values: readonly string[]): Record<string, string> => Object.fromEntries(values.map((value) => [value, value]));

export const choice = <V extends string>(label: string, values: Readonly<Record<V, string>>, byDefault: NoInfer<V>): ChoiceField<V> => ({
  kind: "choice",
  ...{ label, values },
  default: byDefault,
});

type Range = readonly [min: number, max: number];

export const slider = (label: string, [min, max]: Range, byDefault: number, step: NumberField["step"] = 1, unit = ""): NumberField => ({
  kind: "number",
  ...{ label, min, max, step },
  ...(unit && { unit }),
  default: byDefault,
});

export const defaults = (fields: Fields): Values =>
  Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.default]));

/** Numbers of two digits from 1 to 10, about 4 % to 10 % apart. */
const ROUND = Array.from({ length: 90 }, (_, i) => (10 + i) / 10).filter(
  (number) => number < 2 || (number < 5 ? (10 * number) % 2 === 0 : (10 * number) % 5 === 0),
);

/** The round numbers at which a slider of even ratios stops, in ascending order. */
export function ratioStops({ min, max }: Pick<NumberField, "min" | "max">): number[] {
  const decades = Array.from({ length: 8 }, (_, i) => 10 ** (i - 4));
  const round = decades.flatMap((ten) => ROUND.map((value) => Number((value * ten).toPrecision(2))));
  return round.filter((value) => value >= min && value <= max);
}

/** The index of the stop nearest to a number. */
export const nearestStop = (stops: readonly number[], value: number): number =>
  stops.reduce((best, stop, i) => (Math.abs(stop - value) < Math.abs(stops[best] - value) ? i : best), 0);

/** The part of `URLSearchParams` that is used. */
export interface Asked {
  keys(): Iterable<string>;
  get(name: string): string | null | undefined;
}

/** What an address asks for, defaults for what it leaves out, and a sentence for each mistake. */
export function readValues(asked: Asked, fields: Fields): { readonly values: Values; readonly problems: readonly string[] } {
  const problems = [...asked.keys()].filter((name) => !(name in fields)).map((name) => `There is no setting “${name}” on this page.`);
  const values = Object.entries(fields).map(([name, field]) => {
    const text = asked.get(name) ?? undefined;
    const value = text === undefined ? undefined : valueIn(field, text);
    if (text !== undefined && value === undefined) problems.push(problemOf(field, text));
    return [name, value ?? field.default];
  });
  return { values: Object.fromEntries(values), problems };
}

/** What an address has of these values: those that are not the defaults. */
export const writeValues = (values: Values, fields: Fields): [name: string, text: string][] =>
  Object.entries(values).flatMap(([name, value]) => (value === fields[name]?.default ? [] : [[name, String(value)]]));

const NUMBER = /^-?\d+(\.\d+)?$/;

function valueIn(field: Field, text: string): Value | undefined {
  if (field.kind === "text") return field.problem?.(text) === undefined ? text : undefined;
  if (field.kind === "choice") return Object.hasOwn(field.values, text) ? text : undefined;
  const value = Number(text);
  const fits = NUMBER.test(text) && value >= field.min && value <= field.max && (field.step !== 1 || Number.isInteger(value));
  return fits ? value : undefined;
}

function problemOf(field: Field, text: string): string {
  if (field.kind === "text") return field.problem?.(text) ?? "";
  const isWhole = field.kind === "number" && field.step === 1;
  const domain =
    field.kind === "choice"
      ? `one of ${Object.keys(field.values).join(", ")}`
      : `a ${isWhole ? "whole " : ""}number from ${field.min} to ${field.max}`;
  return `“${field.label}” takes ${domain}, not ${text === "" ? "nothing" : text}.`;
}
