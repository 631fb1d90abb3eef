/** The query of /sample: one schema, made from the table of options. Each key at most once, no empty value, no unknown key. */
import * as z from "zod/mini";
import { expected, OPTIONS, type Option, OptionError, type OptionName, type SampleOptions } from "../wasm-model/index.ts";

export interface Query {
  readonly model?: string | undefined;
  readonly format: "png" | "json";
  /** What is left to `resolve` once the model is known and a missing seed is drawn. */
  readonly sample: Omit<SampleOptions, "seed"> & { readonly seed?: string | undefined };
}

const NAMES = Object.keys(OPTIONS) as OptionName[];

/** The one value of a key, out of the list of all its values. */
function onlyValue({ domain }: Option) {
  const text = z.string().check(z.minLength(1));
  return z.pipe(
    z.tuple([domain.type === "choice" ? z.pipe(text, z.enum(domain.values)) : text]),
    z.transform(([value]) => value),
  );
}

const SCHEMA = z.strictObject(
  Object.fromEntries(NAMES.map((name) => [name, z.optional(onlyValue(OPTIONS[name]))])) as Record<
    OptionName,
    z.ZodMiniOptional<ReturnType<typeof onlyValue>>
  >,
);

/** Throws `OptionError` for the first key that breaks the schema. Ranges that hang on the model are `resolve`'s. */
export function parseQuery(query: URLSearchParams): Query {
  const values = Object.fromEntries(valuesByKey(query));
  const result = SCHEMA.safeParse(values);
  if (!result.success) throw optionError(result.error.issues[0], values);
  const { model, format = OPTIONS.format.default, ...sample } = result.data;
  return { model, format: format as Query["format"], sample };
}

/** One walk over the query, however often its keys repeat. (`getAll` walks it once per key.) */
function valuesByKey(query: URLSearchParams): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const [key, value] of query) {
    const known = values.get(key);
    if (known) known.push(value);
    else values.set(key, [value]);
  }
  return values;
}

function optionError(issue: z.core.$ZodIssue, values: Record<string, string[]>): OptionError {
  if (issue.code === "unrecognized_keys") {
    const [key] = issue.keys;
    return new OptionError("unknown-option", key, `no such key (the keys are ${NAMES.join(", ")})`, values[key][0]);
  }
  const name = issue.path[0] as OptionName;
  const given = values[name];
  if (given.length > 1) return new OptionError("repeated-option", name, `one value only (${expected(name)})`, `${given.length} values`);
  if (given[0] === "") return new OptionError("empty-value", name, expected(name), "nothing");
  return new OptionError("invalid-value", name, expected(name), given[0]);
}
