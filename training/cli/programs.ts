/** A command line whose first word selects the program to run. */
import type { Command } from "commander";

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
