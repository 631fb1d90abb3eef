/**
 * `npm run tool -- documents`: writes the parts of documents that are made from tables and figures, each between two
 * comments with its name. `npm run lint` checks them and all links (`--check`).
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { newCommand } from "../../training/cli/command-line.ts";
import { writeFileAtomically } from "../../training/cli/files.ts";
import { brokenLinks } from "./document-links.ts";
import { PARTS } from "./document-parts.ts";

const ROOT = resolve(import.meta.dirname, "../..");

const documents = (): string[] =>
  execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"], { cwd: ROOT, encoding: "utf8" })
    .trim()
    .split("\n");

/** A document with each of its parts made anew. Throws if a part has no end, or is none that we make. */
function withParts(text: string): string {
  return text.replaceAll(/<!-- (\w+): .* -->\n[\s\S]*?<!-- \/\1 -->|<!-- \w+: npm run .*/g, (part, name: string | undefined) => {
    const render = name === undefined ? undefined : PARTS[name];
    if (!render) throw new Error(`Expected a part of ${Object.keys(PARTS).join(", ")} with its end but received "${part.split("\n")[0]}"`);
    return `${part.split("\n")[0]}\n\n${render(text)}\n\n<!-- /${name} -->`;
  });
}

/** What is wrong with the document at `path` under `root`, a line each. */
function faultsOf(path: string, text: string): string[] {
  return [
    ...(withParts(text) === text ? [] : [`${path}: a table is stale; \`npm run tool -- documents\` writes it`]),
    ...brokenLinks(ROOT, path, text).map((link) => `${path}: the link ${link} leads nowhere`),
  ];
}

export function runDocuments(): void {
  const { check } = newCommand("tool documents")
    .description("Writes the tables of the documents that are made from the option table, the models' records and the benches' figures.")
    .option("--check", "only check these tables and all links")
    .parse(process.argv)
    .opts<{ check?: true }>();
  if (check) {
    for (const fault of documents().flatMap((path) => faultsOf(path, readFileSync(join(ROOT, path), "utf8")))) {
      console.error(fault);
      process.exitCode = 1;
    }
    return;
  }
  for (const path of documents()) {
    const text = readFileSync(join(ROOT, path), "utf8");
    const made = withParts(text);
    if (made === text) continue;
    writeFileAtomically(join(ROOT, path), made);
    console.log(`wrote ${path}`);
  }
}

if (import.meta.main) runDocuments();
