/** Which sources run here. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The commit, with a + where files were changed since; undefined where the sources are no checkout, as in an installed package. */
export function commitHere(): string | undefined {
  const git = (...args: readonly string[]): string =>
    execFileSync("git", args, { cwd: import.meta.dirname, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    const root = git("rev-parse", "--show-toplevel");
    const { name } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { name?: string };
    if (name !== "anneal") return undefined; // the package in somebody's own checkout
    return git("rev-parse", "HEAD") + (git("status", "--porcelain", "--untracked-files=no") === "" ? "" : "+");
  } catch {
    return undefined;
  }
}
