/** SECURITY.md names tests that there are, and the packages that are installed are listed and known. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { dependencies } from "../tools/dependencies.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const threats = readFileSync(resolve(ROOT, "SECURITY.md"), "utf8").split("\n### ").slice(1);
const { allowScripts } = JSON.parse(readFileSync(resolve(ROOT, "package.json"), "utf8")) as { allowScripts: Record<string, boolean> };

describe("SECURITY.md", () => {
  it("has a test for each threat", () => {
    expect(threats.length).toBeGreaterThan(15);
    for (const threat of threats) {
      const tests = [...threat.matchAll(/^- \[`([^`]+)`\]\(([^)]+)\)$/gm)];
      expect(tests.length, threat).toBeGreaterThan(0);
      for (const [, title, path] of tests) expect(readFileSync(resolve(ROOT, path), "utf8"), path).toContain(title);
    }
  });
});

describe("npm run tool -- dependencies", () => {
  it("lists every package with its licence, and the packages that run code when installed", () => {
    const listed = dependencies();
    expect(listed.length).toBeGreaterThan(100);
    expect(listed.filter(({ licence }) => licence === "unknown").map(({ name }) => name)).toEqual([]);
    const running = new Set(listed.filter(({ runsCode }) => runsCode).map(({ name }) => name));
    expect([...running].filter((name) => !(name in allowScripts))).toEqual([]);
    expect(
      listed.filter(({ runsCode, development, name }) => runsCode && !development && allowScripts[name]).map(({ name }) => name),
    ).toEqual([]);
  });
});
