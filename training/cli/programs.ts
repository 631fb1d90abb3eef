/** A command line that runs one of several programs, the one that its first word names. */
import type { Command } from "commander";

/** It runs when it is imported, and has flags and a `--help` of its own. */
export interface NamedProgram {
  /** One line of the command's own help. */
  readonly summary: string;
  readonly run: () => Promise<unknown>;
}

/** `heading`: of the names in the help. Without a name: the help, and exit code 2. */
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
      .helpOption(false) // it and all other flags are the program's own
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
