/**
 * Building blocks of the schemas of cards and runs: values with their bounds, in zod/mini. The message of each schema says what it expects, as in "Expected
 * {message} for `{name}`". Errors, flags and documentation all take it from there.
 */
import * as z from "zod/mini";
import { asJson, clip } from "./shown.ts";

/** Kind, bounds and documentation of a number, for flags and pages. */
export interface NumberField {
  readonly kind: "integer" | "number" | "ramp";
  /** Both included. */
  readonly min: number;
  readonly max: number;
  /** One line of documentation. */
  readonly doc: string;
}

const FIELDS = z.registry<NumberField>();

/** The bounds of a field that `integer`, `number` or `ramp` made, optional or not; undefined for any other schema. */
export function fieldOf(schema: z.core.$ZodType): NumberField | undefined {
  const { def } = schema._zod as { def: { innerType?: z.core.$ZodType } };
  return FIELDS.get(schema) ?? (def.innerType && fieldOf(def.innerType));
}

/** A whole number, bounds included. */
export function integer(min: number, max: number, doc = "") {
  const error = `an integer from ${min} to ${max}`;
  return z.int({ error }).check(z.gte(min, { error }), z.lte(max, { error })).register(FIELDS, { kind: "integer", min, max, doc });
}

/** Any finite number, bounds included. */
export function number(min: number, max: number, doc = "") {
  const error = `a number from ${min} to ${max}`;
  return z.number({ error }).check(z.gte(min, { error }), z.lte(max, { error })).register(FIELDS, { kind: "number", min, max, doc });
}

/** A number for all steps of an image, or the first step's and the last one's, linear in between (sampling/ramp.ts). */
export function ramp(min: number, max: number, doc = "") {
  const bounded = number(min, max);
  const error = `a number from ${min} to ${max}, or two of them`;
  return z.union([bounded, z.tuple([bounded, bounded])], { error }).register(FIELDS, { kind: "ramp", min, max, doc });
}

export const text = () => z.string({ error: "a string" });

export const choice = <const T extends readonly string[]>(values: T) => z.enum(values, { error: `one of ${values.join(", ")}` });

/** The type with all its fields readonly, at every depth. */
export type Immutable<T> = T extends object ? { readonly [K in keyof T]: Immutable<T[K]> } : T;

/** What is wrong with a value: the path to it, what was expected there and what was received. */
export interface Fault {
  /** `sampling.churn`; empty for the value itself. */
  readonly name: string;
  readonly expected: string;
  readonly received: string;
}

/** The first fault of `value`; undefined if it is valid. */
export function faultOf(schema: z.core.$ZodType, value: unknown): Fault | undefined {
  const { error } = z.safeParse(schema, value);
  if (!error) return undefined;
  const [issue] = error.issues;
  const path = issue.code === "unrecognized_keys" ? [...issue.path, issue.keys[0]!] : issue.path;
  const expected = issue.code === "unrecognized_keys" ? "no such field" : issue.message;
  const received = path.reduce<unknown>((parent, key) => (parent as Record<PropertyKey, unknown> | undefined)?.[key], value);
  return { name: clip(path.join(".")), expected, received: received === undefined ? "nothing" : clip(asJson(received) ?? typeof received) };
}
