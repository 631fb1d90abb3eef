/** Shared by all commands: a user's mistake becomes one clear line and exit code 2, and numbers are checked. */
import { basename, isAbsolute, resolve } from "node:path";
import { Command, Option } from "commander";
import { isModelName, MODEL_NAME_RULE, ModelError } from "../../wasm-model/model/card.ts";
import { OptionError } from "../../wasm-model/request/option-error.ts";
import { UserError } from "./user-error.ts";
import { VERBS, type VerbName } from "./verbs.ts";

/** A command line whose mistakes are UserErrors, in commander's words. */
class CommandLine extends Command {
  override createCommand(name?: string): Command {
    return new CommandLine(name);
  }

  override error(message: string): never {
    throw new UserError(message.replace("error: ", "").replace("\n", " "));
  }
}

export const newCommand = (name: string): Command => new CommandLine(name);

/** The command line of a verb, with the examples of its help. */
export function newVerb(name: VerbName): Command {
  const examples = VERBS[name].examples.map((words) => `  $ npx anneal ${name} ${words}`.trimEnd());
  return newCommand(`anneal ${name}`).addHelpText("after", ["", "Examples:", ...examples].join("\n"));
}

/** The command as typed, quoted for a shell. Paths elsewhere keep only the last name: a record is published. */
export function typedCommand(name: VerbName, words: readonly string[] = process.argv.slice(2)): string {
  const isElsewhere = (path: string): boolean => isAbsolute(path) || /^(~|\.\.)([\\/]|$)/.test(path);
  const named = (word: string): string => {
    const [, flag, path] = /^(--[\w-]+=|)(.*)$/s.exec(word) as unknown as [string, string, string];
    return flag + (isElsewhere(path) ? basename(resolve(path)) : path);
  };
  return ["npx anneal", name, ...words.map(named).map(quoteWord)].join(" ");
}

/** A word of a command, for a shell. */
export const quoteWord = (word: string): string => (/^[\w./:=@+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** A parser of the flag `name` that accepts a number, whole or not, within bounds, or a word. */
export function numberIn<Word extends string = never>(
  name: string,
  least: number,
  most: number,
  kind: "whole" | "any" = "whole",
  word?: Word,
): (text: string) => number | Word {
  return (text) => {
    if (text === word) return word as Word;
    const value = Number(text);
    if (text.trim() === "" || !(value >= least && value <= most) || (kind === "whole" && !Number.isInteger(value))) {
      const noun = kind === "whole" ? "a whole number" : "a number";
      const range = `${noun} from ${least} to ${most}${word === undefined ? "" : `, or ${word},`}`;
      throw new UserError(`Expected ${range} for \`${name}\` but received "${text}"`);
    }
    return value;
  };
}

/** Errors that a user can mend. Any other error is a bug. */
const MISTAKES = [UserError, OptionError, ModelError];

/** Runs `main`. A user's mistake is printed to stderr, with exit code 2; a bug keeps its stack trace. */
export async function runCommandLine(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (!MISTAKES.some((mistake) => error instanceof mistake)) throw error;
    console.error((error as Error).message);
    process.exitCode = 2;
  }
}

export const backendOption = (): Option =>
  new Option("--backend <name>", "what computes: auto is native if that is set up").choices(["auto", "native", "wasm"]).default("auto");

export function parseName(text: string): string {
  if (!isModelName(text)) throw new UserError(`Expected ${MODEL_NAME_RULE} for \`name\` but received "${text}"`);
  return text;
}

/** Runs when it is imported, and has its own flags and `--help`. */
export interface NamedProgram {
  /** One line in the help. */
  readonly summary: string;
  readonly run: () => Promise<unknown>;
}

/** `heading`: above the names in the help. Without a name, prints the help and exits with code 2. */
export async function runOneOf(command: Command, heading: string, programs: Readonly<Record<string, NamedProgram>>): Promise<void> {
  command
    .configureHelp({ subcommandTerm: (program) => program.name() })
    .commandsGroup(heading)
    .helpCommand(false)
    .enablePositionalOptions();
  for (const [name, { summary, run }] of Object.entries(programs)) {
    command
      .command(name)
      .summary(summary)
      .argument("[words...]", "its own arguments and flags")
      .helpOption(false) // this and all other flags belong to the program
      .allowUnknownOption()
      .passThroughOptions()
      .action(async () => {
        process.argv.splice(2, 1);
        await run();
      });
  }
  process.exitCode = process.argv.length > 2 ? 0 : 2;
  await command.parseAsync();
}
