/**
 * A record of fields with type, default and bounds. It is at once a page's address, its controls, and what is drawn
 * (worker/pages/shared/state.ts).
 */

/** `note`: what its word means, for those who ask. */
interface FieldWords {
  readonly label: string;
  readonly note?: string;
}

export interface TextField extends FieldWords {
  readonly kind: "text";
  readonly default: string;
  readonly example?: string;
  /** What is wrong with a text, in a sentence for visitors. */
  readonly problem?: (text: string) => string | undefined;
  /** The most letters that can be typed. */
  readonly maxLength?: number;
}

export interface SliderField extends FieldWords {
  readonly kind: "number";
  readonly min: number;
  readonly max: number;
  readonly default: number;
  /** Distance between two stops. With a step of 1, addresses may have integers only. */
  readonly step: number;
  readonly unit: string;
}

export interface ChoiceField<V extends string = string> extends FieldWords {
  readonly kind: "choice";
  /** Its values, and the words shown for them. */
  readonly values: Readonly<Record<V, string>>;
  readonly default: V;
}

export type Field = TextField | SliderField | ChoiceField;
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

export const slider = (
  label: string,
  [min, max]: readonly [min: number, max: number],
  byDefault: number,
  step = 1,
  unit = "",
): SliderField => ({ kind: "number", ...{ label, min, max, step, unit }, default: byDefault });

export const defaults = (fields: Fields): Values =>
  Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.default]));

/** The values in an address; the default where one is missing or not allowed. */
export const readValues = (asked: { get(name: string): string | null }, fields: Fields): Values =>
  Object.fromEntries(
    Object.entries(fields).map(([name, field]) => {
      const text = asked.get(name);
      return [name, (text === null ? undefined : valueIn(field, text)) ?? field.default];
    }),
  );

/** The values as an address holds them: all but the defaults. */
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
