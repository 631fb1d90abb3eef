/**
 * Documents and records name files of the tree and commands, no commits: who has the tree can follow them. Their tables
 * are those that options, records and figures make; their links lead somewhere.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { OPTION_NAMES } from "../../wasm-model/request/options.ts";
import { anchorsOf, brokenLinks } from "./document-links.ts";
import { PARTS } from "./document-parts.ts";
import { faultsOf, withParts } from "./documents.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const files = execFileSync("git", ["ls-files", "*.md", "*/record.json"], { cwd: ROOT, encoding: "utf8" }).trim().split("\n");

it.each(files)("%s names no commit, and has no stale table and no broken link", (path) => {
  const text = readFileSync(join(ROOT, path), "utf8");
  expect(text).not.toMatch(/git show|\bcommit `?[0-9a-f]{7}/i);
  if (path.endsWith(".md")) expect(faultsOf(ROOT, path, text)).toEqual([]);
});

const part = (name: string, inside = ""): string => `<!-- ${name}: npm run tool -- documents -->\n${inside}<!-- /${name} -->`;

describe("a part of a document", () => {
  it("is made anew between its comments, whatever stood there", () => {
    const document = `# A\n\n${part("contents", "old\n")}\n\n## First one\n\n### \`code\` & more\n`;
    const made = withParts(document);
    expect(made).toContain("-->\n\n- [First one](#first-one)\n  - [code & more](#code--more)\n\n<!-- /contents -->");
    expect(withParts(made)).toBe(made);
    expect(faultsOf(ROOT, "x.md", document)).toEqual(["x.md: a table is stale; `npm run tool -- documents` writes it"]);
  });

  it.each([part("nonsense"), "<!-- quality: npm run tool -- documents -->\nwithout an end"])("is known and has an end: %s", (text) => {
    expect(() => withParts(text)).toThrow(/^Expected a part of contents, options, quality, speed with its end/);
  });

  it("has a row for every option, with its bounds and its default", () => {
    const table = PARTS.options?.("") ?? "";
    for (const name of [...OPTION_NAMES, "model", "format"]) expect(table).toContain(`\n| \`${name}\``);
    expect(table).toMatch(/^\| `steps` +\| an integer from 1 to 64 +\| the model's +\|/m);
  });
});

it("the README has at most 1500 words, as `wc -w` counts them", () => {
  expect(faultsOf(ROOT, "README.md", "word ".repeat(1500))).toEqual([]);
  expect(faultsOf(ROOT, "README.md", "word ".repeat(1501))).toEqual(["README.md: expected at most 1500 words but found 1501"]);
  const [counted] = execFileSync("wc", ["-w", "README.md"], { cwd: ROOT, encoding: "utf8" }).split(" ");
  expect(Number(counted)).toBeLessThanOrEqual(1500);
});

it("a link leads to a file, and to a heading in it", () => {
  const folder = mkdtempSync(join(tmpdir(), "anneal-links-"));
  try {
    mkdirSync(join(folder, "sub"));
    writeFileSync(
      join(folder, "sub/b.md"),
      "# Title\n\n## What is `it`, [really](x)?\n\n```sh\n# no heading\n```\n\n## Twice\n\n## Twice\n",
    );
    expect(anchorsOf(readFileSync(join(folder, "sub/b.md"), "utf8"))).toEqual(["title", "what-is-it-really", "twice", "twice-1"]);
    const good = "[b](sub/b.md#what-is-it-really) [b](sub/b.md#twice-1) [out](https://a.example/x) `[code](nowhere)`";
    expect(brokenLinks(folder, "a.md", good)).toEqual([]);
    const bad = '[b](sub/c.md) [b](sub/b.md#no-heading) [here](#none) <img src="x.png">';
    expect(brokenLinks(folder, "a.md", bad)).toEqual(["sub/c.md", "sub/b.md#no-heading", "#none", "x.png"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
