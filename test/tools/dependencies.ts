/**
 * `npm run tool -- dependencies`: the packages of the lock file that users install (all with `--all`), their licences,
 * and those that run code while they are installed.
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { newCommand, runCommandLine } from "../../training/cli/command-line.ts";

const ROOT = resolve(import.meta.dirname, "../..");

export interface Dependency {
  readonly name: string;
  readonly version: string;
  /** SPDX, or "unknown". */
  readonly licence: string;
  /** Whether a script of its own runs when it is installed. */
  readonly runsCode: boolean;
  /** Needed by this repository alone, not by users of the package. */
  readonly development: boolean;
}

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly hasInstallScript?: boolean;
  readonly dev?: boolean;
}

export function dependencies(): Dependency[] {
  const { packages } = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as { packages: Record<string, Locked> };
  return Object.entries(packages)
    .filter(([path]) => path !== "")
    .map(([path, { version = "", license = "unknown", hasInstallScript = false, dev = false }]) => ({
      name: path.replace(/^.*node_modules\//, ""),
      version,
      licence: license,
      runsCode: hasInstallScript,
      development: dev,
    }));
}

export async function listDependencies(): Promise<void> {
  await runCommandLine(async () => {
    const { all } = newCommand("tool dependencies")
      .description("Lists the packages that users install, their licences, and those that run code while they are installed.")
      .option("--all", "those for development too", false)
      .parse(process.argv)
      .opts<{ all: boolean }>();
    const listed = dependencies().filter(({ development }) => all || !development);
    for (const { name, version, licence, runsCode } of listed)
      console.log(`${name} ${version}  ${licence}${runsCode ? "  runs code when installed" : ""}`);
    const licences = new Map<string, number>();
    for (const { licence } of listed) licences.set(licence, (licences.get(licence) ?? 0) + 1);
    const counts = [...licences].map(([licence, count]) => `${licence} ${count}`).join(", ");
    console.log(`${listed.length} packages, ${listed.filter(({ runsCode }) => runsCode).length} run code when installed; ${counts}`);
  });
}
