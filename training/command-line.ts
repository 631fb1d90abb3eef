/** What the commands of this folder share: one clear line and exit code 2 for a user's mistake, and checked numbers. */
import { Command, InvalidArgumentError } from "commander";
import { ModelError } from "../wasm-model/onnx/model-error.ts";
import { OptionError } from "../wasm-model/options.ts";
import { UserError } from "./user-error.ts";

/** A commander command whose messages are one line. */
export function newCommand(name: string): Command {
  return new Command(name)
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "")) })
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
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
