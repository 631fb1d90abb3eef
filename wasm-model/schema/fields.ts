/** valibot schemas of values with bounds. Each message says what is expected, as in "Expected {message} for `{name}`". */
import * as v from "valibot";
import { asJson, clip, printable } from "./text.ts";

/** Kind and bounds of a number, for flags and pages. */
export interface NumberBounds {
  readonly kind: "integer" | "number" | "ramp";
  /** Both included. */
  readonly min: number;
  readonly max: number;
}

/** A schema whose type does not matter. */
type AnySchema = v.GenericSchema | v.GenericSchema<unknown, unknown>;

/** The bounds of a field that `integer`, `number` or `ramp` made, optional or not; undefined for any other schema. */
export function fieldOf(schema: AnySchema): NumberBounds | undefined {
  if ("wrapped" in schema) return fieldOf(schema.wrapped as AnySchema);
  const { field } = v.getMetadata(schema) as { readonly field?: NumberBounds };
  return field;
}

/** A whole number, bounds included. */
export function integer(min: number, max: number, error = `an integer from ${min} to ${max}`) {
  const field: NumberBounds = { kind: "integer", min, max };
  return v.pipe(v.number(error), v.integer(error), v.minValue(min, error), v.maxValue(max, error), v.metadata({ field }));
}

/** Any finite number, bounds included. */
export function number(min: number, max: number, error = `a number from ${min} to ${max}`) {
  const field: NumberBounds = { kind: "number", min, max };
  return v.pipe(v.number(error), v.minValue(min, error), v.maxValue(max, error), v.metadata({ field }));
}

/** A number, or the first step's and the last one's, linear in between (`rampAt` in sampling/settings.ts). */
export function ramp(min: number, max: number) {
  const error = `a number from ${min} to ${max}, or two of them`;
  const field: NumberBounds = { kind: "ramp", min, max };
  const bounded = number(min, max, error);
  return v.pipe(v.union([bounded, v.strictTuple([bounded, bounded], error)], error), v.metadata({ field }));
}

export const text = () => v.string("a string");

export const choice = <const T extends readonly string[]>(values: T) => v.picklist(values, `one of ${values.join(", ")}`);

/** An object with exactly these fields. A missing field gets its own schema's error. */
export const object = <const T extends v.ObjectEntries>(entries: T, error = "an object") =>
  v.strictObject(entries, messageOf(entries, error));

/** An object with these fields. Other fields are allowed and left out of the result. */
export const openObject = <const T extends v.ObjectEntries>(entries: T, error = "an object") =>
  v.object(entries, messageOf(entries, error));

/** What must hold of a whole object. A fault is that of the field at this path. */
export const rule = <T extends Record<string, unknown>>(
  path: readonly string[],
  isRight: (value: T) => boolean,
  error: v.ErrorMessage<v.CheckIssue<T>>,
) => v.forward(v.check(isRight, error), path as never);

const UNKNOWN = "a known field";

type Message = (issue: Pick<v.BaseIssue<unknown>, "expected" | "path">) => string;

/** Whether a field is missing because the value is a list: valibot takes a list for an object. */
const isOfList = ({ input, key }: v.IssuePathItem): boolean => Array.isArray(input) && typeof key === "string";

const messageOf =
  (entries: v.ObjectEntries, error: string): Message =>
  ({ expected, path }) => {
    if (!path || isOfList(path[0])) return error;
    if (expected === "never") return UNKNOWN;
    const { message } = entries[path[0].key as string] as unknown as { readonly message: string | Message };
    return typeof message === "string" ? message : message({ expected });
  };

/** The type with all its fields readonly, at every depth. */
export type Immutable<T> = T extends object ? { readonly [K in keyof T]: Immutable<T[K]> } : T;

/** A fault of a value: the path to it, what was expected there and what was received. */
export interface Fault {
  /** `sampling.churn`; empty for the value itself. */
  readonly name: string;
  readonly expected: string;
  readonly received: string;
}

/** In a sentence. `owner`: what has the fields, in words, and how that follows a field's name. */
export function describeFault({ name, expected, received }: Fault, owner: string, after = ` of ${owner}`): string {
  const what = name === "" ? owner : `\`${name}\`${after}`;
  return expected === UNKNOWN ? `${what} is not a known field` : `Expected ${expected} for ${what} but received ${received}`;
}

/** The first fault of `value`; undefined if it is valid. */
export function faultOf(schema: v.GenericSchema<unknown, unknown>, value: unknown): Fault | undefined {
  const { issues } = v.safeParse(schema, value, { abortEarly: true });
  if (!issues) return undefined;
  const [{ message, path = [] }] = issues;
  const keys = path.filter((item) => !isOfList(item)).map(({ key }) => key as PropertyKey);
  const received = keys.reduce<unknown>((parent, key) => (parent as Record<PropertyKey, unknown> | undefined)?.[key], value);
  return {
    name: printable(keys.join(".")),
    expected: message,
    received: received === undefined ? "nothing" : clip(asJson(received) ?? typeof received),
  };
}
