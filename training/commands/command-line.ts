/** What the commands of this folder share: one clear line and exit code 2 for a user's mistake, flags given at most once, and checked numbers. */
import { Command, InvalidArgumentError, type Option } from "commander";
import { ModelError } from "../../wasm-model/model/model-error.ts";
import { OptionError } from "../../wasm-model/request/option-error.ts";
import type { Ramp } from "../../wasm-model/sampling/ramp.ts";
import { UserError } from "./user-error.ts";

/** A commander command whose messages are one line in this project's form, and whose flags are each given at most once. */
export function newCommand(name: string): Command {
  return new FlagsOnce(name)
    .configureOutput({ outputError: (text, write) => write(`${reworded(text.trimEnd())}\n`) })
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
}

class FlagsOnce extends Command {
  override addOption(option: Option): this {
    super.addOption(option);
    let given = false;
    return this.on(`option:${option.name()}`, () => {
      if (given) this.error(`error: Expected \`${option.name()}\` at most once but received it again`);
      given = true;
    });
  }
}

/** Commander's messages, and what is said in their place. A message of our own parsers follows commander's "is invalid." and stays as it is. */
const WORDINGS: readonly (readonly [RegExp, string])[] = [
  [/^.* is invalid\. (Expected .*)$/s, "$1"],
  [/^option '.*--([\w-]+) .*' argument '(.*)' is invalid\. Allowed choices are (.*)\.$/s, 'Expected one of $3 for `$1` but received "$2"'],
  [/^required option '.*--([\w-]+) (<.*>)' not specified$/, "Expected $2 for `$1` but received nothing"],
  [/^option '.*--([\w-]+) (<.*>)' argument missing$/, "Expected $2 for `$1` but received nothing"],
  [/^missing required argument '(.*)'$/, "Expected an argument for `$1` but received nothing"],
  [
    /^unknown option '(.*?)'\n\(Did you mean (?:one of )?(.*)\?\)$/s,
    'Expected a flag that --help lists but received "$1": did you mean $2?',
  ],
  [/^unknown option '(.*)'$/s, 'Expected a flag that --help lists but received "$1"'],
  [/^too many arguments\. Expected (\d+ arguments?) but got \d+: (.*)\.$/s, 'Expected $1 but received "$2"'],
];

function reworded(text: string): string {
  const message = text.replace(/^error: /, "");
  const found = WORDINGS.find(([pattern]) => pattern.test(message));
  return found ? message.replace(...found) : message;
}

/** A parser of the flag `name`: a number, whole or not, within bounds. */
export function numberIn(name: string, least: number, most: number, kind: "whole" | "any" = "whole"): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || !(value >= least && value <= most) || (kind === "whole" && !Number.isInteger(value))) {
      const noun = kind === "whole" ? "a whole number" : "a number";
      throw new InvalidArgumentError(`Expected ${noun} from ${least} to ${most} for \`${name}\` but received "${text}"`);
    }
    return value;
  };
}

/** A parser of the flag `name`: a number within bounds, or the first step's and the last one's with a colon between them. */
export function rampIn(name: string, least: number, most: number): (text: string) => Ramp {
  const parse = numberIn(name, least, most, "any");
  return (text) => {
    const [first, last, ...more] = text.split(":");
    if (more.length > 0)
      throw new InvalidArgumentError(`Expected a number or two with a colon between them for \`${name}\` but received "${text}"`);
    return last === undefined ? parse(first) : [parse(first), parse(last)];
  };
}

/** What a user can do something about; any other error is a bug. */
const MISTAKES = [UserError, OptionError, ModelError];

/** Runs a command's `main`: a user's mistake becomes its message on stderr and exit code 2, a bug keeps its stack trace. */
export async function runCommandLine(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (!MISTAKES.some((mistake) => error instanceof mistake)) throw error;
    console.error((error as Error).message);
    process.exitCode = 2;
  }
}
