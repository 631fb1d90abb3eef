/**
 * `npm run tool -- documents`: writes the parts of documents that are made from tables and figures, each between two
 * comments with its name, and of the widget's declarations. `npm run lint` checks them, all links and lengths (`--check`).
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { newCommand } from "../../training/cli/command-line.ts";
import { writeFileAtomically } from "../../training/cli/files.ts";
import { withDeclarations } from "./declarations.ts";
import { brokenLinks } from "./document-links.ts";
import { PARTS } from "./document-parts.ts";

const DECLARATIONS = "worker/element/embed.d.ts";

const ROOT = resolve(import.meta.dirname, "../..");

/** The most words of a document, as `wc -w` counts them. */
const MOST_WORDS: Readonly<Record<string, number>> = {
  ...{ "README.md": 1200, "training/README.md": 1500, "training/LOG.md": 6000, "worker/API.md": 2600, "worker/DEPLOY.md": 2500 },
};

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

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

export async function runDocuments(): Promise<void> {
  const { check } = newCommand("tool documents")
    .description("Writes the tables of the documents that are made from the option table, the models' records and the benches' figures.")
    .option("--check", "only check these tables and all links")
    .parse(process.argv)
    .opts<{ check?: true }>();
  const tell = (fault: string): void => {
    console.error(fault);
    process.exitCode = 1;
  };
  const put = (path: string, made: string): void => {
    if (made === read(path)) return;
    if (check) tell(`${path} is stale; \`npm run tool -- documents\` writes it`);
    else {
      writeFileAtomically(join(ROOT, path), made);
      console.log(`wrote ${path}`);
    }
  };
  put(DECLARATIONS, withDeclarations(read(DECLARATIONS)));
  for (const path of documents()) {
    const text = read(path);
    put(path, withParts(text));
    const words = text.split(/\s+/).filter(Boolean).length;
    if (check && words > (MOST_WORDS[path] ?? Number.POSITIVE_INFINITY))
      tell(`${path} has ${words} words, and ${MOST_WORDS[path]} at most`);
    if (check) for (const link of brokenLinks(ROOT, path, text)) tell(`${path}: the link ${link} leads nowhere`);
  }
}

if (import.meta.main) await runDocuments();
