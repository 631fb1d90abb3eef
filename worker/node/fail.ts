/** Ends the process of a command for a mistake of its user: one line, exit code 2. */
export function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
