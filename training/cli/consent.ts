/** Questions at the terminal. */
import { createInterface } from "node:readline/promises";
import { UserError } from "./user-error.ts";

/** Throws a UserError unless `--yes` was given or somebody at a terminal says yes. */
export async function expectConsent(yes: boolean | undefined, why = ""): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY) throw new UserError(`${why} There is no terminal to ask at: add --yes to go on`.trimStart());
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`${why} Go on? [y/N] `.trimStart());
  terminal.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new UserError("Nothing was done, since the answer was not y");
}
