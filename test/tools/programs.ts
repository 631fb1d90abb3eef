/**
 * A script of package.json that runs one of several programs: `npm run bench -- <name> [flags]`. A program runs when it
 * is imported, and has flags and a `--help` of its own.
 */
import { type NamedProgram, newCommand, runCommandLine, runOneOf } from "../../training/cli/command-line.ts";

/**
 * Runs the program that the command line names. The engine is built before. Without a name: the list, and exit code 2.
 */
export async function runScript(script: string, description: string, programs: Readonly<Record<string, NamedProgram>>): Promise<void> {
  await runCommandLine(async () => {
    const command = newCommand(script)
      .usage("<name> [flags]")
      .description(description)
      .addHelpText("after", `\nThe flags of one of them:\n  $ npm run ${script} -- <name> --help`);
    await import("../../wasm-model/build/build.ts");
    await runOneOf(command, "Names:", programs);
  });
}
