/**
 * The flags that decide what a run makes, one row each. From a row are derived the flag with its check and help, its
 * place and check in config.json, its refusal together with `--resume`, and its words in the command that repeats the
 * run.
 */
import { type Command, Option } from "commander";
import type * as v from "valibot";
import { fieldOf } from "../../wasm-model/schema/fields.ts";
import { numberIn } from "../cli/command-line.ts";
import { flagOf } from "../cli/sampling-flags.ts";
import { UserError } from "../cli/user-error.ts";

type Schema = v.GenericSchema | v.GenericSchema<unknown, unknown>;

export interface RunFlag {
  /** Its values, on the command line and in config.json. A flag without a value is a boolean. */
  readonly schema: Schema;
  readonly doc: string;
  /** The placeholder of the value in the help, as `n`. */
  readonly value?: string;
  /** Path in config.json, if it is not the flag's own name. */
  readonly at?: readonly string[];
  /** Further check of a text. */
  readonly parse?: (text: string) => string;
}

export type RunFlags = Readonly<Record<string, RunFlag>>;

export type Given<Flags extends RunFlags> = { readonly [Name in keyof Flags]?: NonNullable<v.InferOutput<Flags[Name]["schema"]>> };

export function withRunFlags(command: Command, flags: RunFlags): Command {
  for (const [name, row] of Object.entries(flags)) command.addOption(optionOf(flagOf(name), row));
  return command;
}

function optionOf(flag: string, { schema, doc, value, parse }: RunFlag): Option {
  const kind = kindOf(schema);
  if (kind.type === "boolean") return new Option(`--${flag}`, doc);
  const option = new Option(`--${flag} <${value ?? "name"}>`, doc);
  const field = fieldOf(schema);
  if (field) return option.argParser(numberIn(flag, field.min, field.max, field.kind === "integer" ? "whole" : "any"));
  if (kind.options) return option.choices(kind.options);
  return parse ? option.argParser(parse) : option;
}

interface FlagKind {
  readonly type: string;
  /** The words of a choice. */
  readonly options?: readonly string[];
}

/** Looks inside an optional schema. */
function kindOf(schema: Schema): FlagKind {
  return "wrapped" in schema ? kindOf(schema.wrapped as Schema) : (schema as FlagKind);
}

type Entries<Flags extends RunFlags> = {
  [Name in keyof Flags as Flags[Name] extends { readonly at: readonly string[] } ? never : Name]: Flags[Name]["schema"];
};

/** The fields of config.json that have a flag's own name. */
export const entriesOf = <Flags extends RunFlags>(flags: Flags): Entries<Flags> =>
  Object.fromEntries(Object.entries(flags).flatMap(([name, { schema, at }]) => (at ? [] : [[name, schema]]))) as Entries<Flags>;

/** Throws a UserError if a resumed run is given one of these flags or one of `others`: the run has its own. */
export function expectNoneGiven(flags: RunFlags, given: Readonly<Record<string, unknown>>, others: readonly string[] = []): void {
  const names = [
    ...others,
    ...Object.keys(flags)
      .filter((name) => given[name] !== undefined)
      .map(flagOf),
  ];
  if (names.length === 0) return;
  const list = names.map((name) => `\`${name}\``).join(", ");
  throw new UserError(`Expected no ${list} together with \`resume\`: the run keeps its own`);
}

/** The words of a command line for a configuration, without flags that have their `usual` value. */
export function wordsOf(flags: RunFlags, config: object, usual: Readonly<Record<string, unknown>> = {}): string[] {
  return Object.entries(flags).flatMap(([name, { at = [name] }]) => {
    const value = at.reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], config);
    if (value === undefined || value === false || value === usual[name]) return [];
    const flag = `--${flagOf(name)}`;
    return value === true ? [flag] : [flag, String(value)];
  });
}
