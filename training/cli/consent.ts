/** Questions at the terminal. */
import { createInterface } from "node:readline/promises";
import { UserError } from "./user-error.ts";

/** Throws a UserError unless `--yes` was given or somebody at a terminal says yes. */
export async function expectConsent(yes: boolean): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY) throw new UserError("There is no terminal to ask at: add --yes to go on");
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question("Go on? [y/N] ");
  terminal.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new UserError("Nothing was done, since the answer was not y");
}
