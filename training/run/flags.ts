/**
 * The flags that decide what a run makes, one row each. From a row are derived the flag with its check and help, and its
 * place and check in config.json.
 */
import { type Command, Option } from "commander";
import type * as v from "valibot";
import { fieldOf } from "../../wasm-model/schema/fields.ts";
import { numberIn } from "../cli/command-line.ts";

/** `sigmaMin` -> `sigma-min` */
function flagOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

type Schema = v.GenericSchema | v.GenericSchema<unknown, unknown>;

export interface RunFlag {
  /** Its values, on the command line and in config.json. A flag without a value is a boolean. */
  readonly schema: Schema;
  readonly doc: string;
  /** The placeholder of the value in the help, as `n`. */
  readonly value?: string;
  /** Whether config.json has it in a place of its own, and not under the flag's name. */
  readonly elsewhere?: true;
  /** Further check of a text. */
  readonly parse?: (text: string) => string;
}

export type RunFlags = Readonly<Record<string, RunFlag>>;

export type FlagValues<Flags extends RunFlags> = { readonly [Name in keyof Flags]?: NonNullable<v.InferOutput<Flags[Name]["schema"]>> };

export function withRunFlags(command: Command, flags: RunFlags): Command {
  for (const [name, row] of Object.entries(flags)) command.addOption(optionOf(flagOf(name), row));
  return command;
}

function optionOf(flag: string, { schema, doc, value, parse }: RunFlag): Option {
  const { type, options } = ("wrapped" in schema ? schema.wrapped : schema) as {
    readonly type: string;
    readonly options?: readonly string[];
  };
  if (type === "boolean") return new Option(`--${flag}`, doc);
  const option = new Option(`--${flag} <${value ?? "name"}>`, doc);
  const field = fieldOf(schema);
  if (field) return option.argParser(numberIn(flag, field.min, field.max, field.kind === "integer" ? "whole" : "any"));
  if (options) return option.choices(options);
  return parse ? option.argParser(parse) : option;
}

type Entries<Flags extends RunFlags> = {
  [Name in keyof Flags as Flags[Name] extends { readonly elsewhere: true } ? never : Name]: Flags[Name]["schema"];
};

/** The fields of config.json that have a flag's own name. */
export const entriesOf = <Flags extends RunFlags>(flags: Flags): Entries<Flags> =>
  Object.fromEntries(
    Object.entries(flags).flatMap(([name, { schema, elsewhere }]) => (elsewhere ? [] : [[name, schema]])),
  ) as Entries<Flags>;
