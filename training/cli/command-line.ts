/**
 * Shared by all commands: a user's mistake becomes one clear line and exit code 2; each flag may be given once; numbers
 * are checked.
 */
import { Command, Option } from "commander";
import { isModelName, LONGEST_NAME, MODEL_NAME_RULE, ModelError } from "../../wasm-model/model/card.ts";
import { OptionError } from "../../wasm-model/request/option-error.ts";
import type { Ramp } from "../../wasm-model/sampling/settings.ts";
import { UserError } from "./user-error.ts";
import { VERBS, type VerbName } from "./verbs.ts";

/**
 * A command line. Mistakes in it are UserErrors. Missing and surplus arguments are reported in this project's words, by
 * overriding commander methods that its types leave out. An unknown flag is reported in commander's own words, which
 * suggest a similar one.
 */
class CommandLine extends Command {
  override createCommand(name?: string): Command {
    return new CommandLine(name);
  }

  /** Flags may be given only once, except those that take several values. */
  override addOption(option: Option): this {
    const { argChoices } = option;
    if (argChoices) option.argParser(oneOf(option.name(), argChoices));
    super.addOption(option);
    let given = false;
    return this.on(`option:${option.name()}`, () => {
      if (given && !option.variadic) this.error(`Expected \`${option.name()}\` at most once but received it again`);
      given = true;
    });
  }

  override error(message: string): never {
    throw new UserError(message.replace("error: ", "").replace("\n", " "));
  }

  missingArgument(name: string): never {
    this.error(`Expected an argument for \`${name}\` but received nothing`);
  }

  missingMandatoryOptionValue(option: Option): never {
    this.optionMissingArgument(option);
  }

  optionMissingArgument(option: Option): never {
    const [value] = /<[^<>]*>/.exec(option.flags) as RegExpExecArray;
    this.error(`Expected ${value} for \`${option.name()}\` but received nothing`);
  }

  _excessArguments(received: readonly string[]): never {
    const { length } = this.registeredArguments;
    this.error(`Expected ${length} argument${length === 1 ? "" : "s"} but received "${received.join(", ")}"`);
  }
}

export const newCommand = (name: string): Command => new CommandLine(name);

/** The command line of a verb, with the examples of its help. */
export function newVerb(name: VerbName): Command {
  const examples = VERBS[name].examples.map((words) => `  $ npx anneal ${name} ${words}`.trimEnd());
  return newCommand(`anneal ${name}`).addHelpText("after", ["", "Examples:", ...examples].join("\n"));
}

/**
 * Adds the flag `--json`, for verbs whose result a program may read: stdout then holds only one JSON document, and all
 * other lines go to stderr.
 */
export const withJson = (command: Command): Command =>
  command.option("--json", "print the result as JSON on stdout, everything else on stderr", false).on("option:json", () => {
    console.log = console.error;
  });

/** Prints the result of a verb that was called with `--json`. */
export function printJson({ json }: { readonly json: boolean }, result: object): void {
  if (json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
}

/** A parser of the flag or argument `name` that accepts one of several words. */
export function oneOf<T extends string>(name: string, choices: readonly T[]): (text: string) => T {
  return (text) => {
    const choice = choices.find((one) => one === text);
    if (choice === undefined) throw new UserError(`Expected one of ${choices.join(", ")} for \`${name}\` but received "${text}"`);
    return choice;
  };
}

/** A parser of the flag `name` that accepts a number, whole or not, within bounds. */
export function numberIn(name: string, least: number, most: number, kind: "whole" | "any" = "whole"): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || !(value >= least && value <= most) || (kind === "whole" && !Number.isInteger(value))) {
      const noun = kind === "whole" ? "a whole number" : "a number";
      throw new UserError(`Expected ${noun} from ${least} to ${most} for \`${name}\` but received "${text}"`);
    }
    return value;
  };
}

/**
 * A parser of the flag `name` that accepts a number within bounds, or two with a colon between them: the first step's
 * and the last one's.
 */
export function rampIn(name: string, least: number, most: number): (text: string) => Ramp {
  const parse = numberIn(name, least, most, "any");
  return (text) => {
    const [first, last, ...more] = text.split(":");
    if (more.length > 0)
      throw new UserError(`Expected a number, or two numbers with a colon between them, for \`${name}\` but received "${text}"`);
    return last === undefined ? parse(first) : [parse(first), parse(last)];
  };
}

/** Errors that a user can mend. Any other error is a bug. */
const MISTAKES = [UserError, OptionError, ModelError];

/**
 * Runs a command's `main`. For a user's mistake it prints the message to stderr and sets exit code 2; a bug keeps its
 * stack trace.
 */
export async function runCommandLine(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (!MISTAKES.some((mistake) => error instanceof mistake)) throw error;
    console.error((error as Error).message);
    process.exitCode = 2;
  }
}

export const backendOption = (doc = "what computes"): Option =>
  new Option("--backend <name>", doc).choices(["auto", "native", "wasm"]).default("auto");

/** A parser of the flag `name` that accepts values between commas, each parsed by `parse`. */
export const listOf =
  <T>(name: string, parse: (text: string) => T) =>
  (text: string): T[] => {
    const parts = text.split(",").map((part) => part.trim());
    if (parts.includes("")) throw new UserError(`Expected values with commas between them for \`${name}\` but received "${text}"`);
    return parts.map(parse);
  };

export function parseName(text: string): string {
  if (!isModelName(text)) throw new UserError(`Expected ${MODEL_NAME_RULE} for \`name\` but received "${text}"`);
  return text;
}

/** Turns any text into a name that a data set may have: "My Pets!" -> "my-pets". */
export function nameLike(text: string): string {
  const plain = text.normalize("NFKD").toLowerCase().replace(/\p{M}/gu, "");
  const name = plain
    .replace(/[^a-z0-9._]+/g, "-")
    .replace(/^[^a-z0-9]+/, "")
    .slice(0, LONGEST_NAME)
    .replace(/-$/, "");
  return name === "" ? "model" : name;
}
