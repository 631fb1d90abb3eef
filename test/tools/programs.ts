/**
 * A script of package.json that runs one of several programs: `npm run bench -- <name> [flags]`. A program runs when it
 * is imported, and has flags and a `--help` of its own.
 */
import { newCommand, runCommandLine } from "../../training/cli/command-line.ts";

export interface Program {
  /** One line of the script's own help. */
  readonly summary: string;
  readonly run: () => Promise<unknown>;
}

/**
 * Runs the program that the command line names. The engine is built before. Without a name: the list, and exit code 2.
 */
export async function runOneOf(script: string, description: string, programs: Readonly<Record<string, Program>>): Promise<void> {
  await runCommandLine(async () => {
    const command = newCommand(script).usage("<name> [flags]").description(description);
    command
      .configureHelp({ subcommandTerm: (program) => program.name() })
      .commandsGroup("Names:")
      .helpCommand(false)
      .enablePositionalOptions()
      .addHelpText("after", `\nThe flags of one of them:\n  $ npm run ${script} -- <name> --help`);
    for (const [name, { summary, run }] of Object.entries(programs)) {
      command
        .command(name)
        .summary(summary)
        .argument("[words...]", "its own arguments and flags")
        .helpOption(false) // it and all other flags are the program's own
        .allowUnknownOption()
        .passThroughOptions()
        .action(async () => {
          process.argv.splice(2, 1);
          await import("../../wasm-model/build.ts");
          await run();
        });
    }
    process.exitCode = process.argv.length > 2 ? 0 : 2;
    await command.parseAsync();
  });
}
