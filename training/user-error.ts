/**
 * Mistakes and missing things that a user can do something about. A command line prints only their message, one clear line
 * and no stack trace, and ends with exit code 2; any other error is a bug and keeps its stack trace.
 */
export class UserError extends Error {
  override name = "UserError";
}

/** Runs a command line's `main` and turns a UserError into its message on stderr and exit code 2. */
export async function runCommandLine(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}
