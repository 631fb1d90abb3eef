/** Documents and records name files of the tree and commands, no commits: who has the tree can follow them. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const files = execFileSync("git", ["ls-files", "*.md", "*/record.json"], { cwd: ROOT, encoding: "utf8" }).trim().split("\n");

it.each(files)("%s", (path) => {
  expect(readFileSync(join(ROOT, path), "utf8")).not.toMatch(/git show|\bcommit `?[0-9a-f]{7}/i);
});
