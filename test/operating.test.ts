/** The chapter "Operating" of worker/DEPLOY.md says all that the code can say. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { PROBLEMS } from "../worker/http/problems.ts";

const chapter = (await readFile("worker/DEPLOY.md", "utf8")).split(/^## Operating$/m)[1]?.split(/^## /m)[0] ?? "";

/** The cells of a chapter's table whose first column is called `first`. */
function rows(first: string): string[][] {
  const lines = chapter.split("\n");
  const head = lines.findIndex((line) => new RegExp(`^\\| ${first} +\\|`).test(line));
  const end = lines.findIndex((line, i) => i > head && !line.startsWith("|"));
  const cells = (line: string): string[] =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim());
  return lines.slice(head + 2, end).map(cells);
}

it("has a row for each problem of the service, with what it means and what to change", () => {
  const table = rows("status");
  const problems = Object.entries(PROBLEMS).flatMap(([status, { codes }]) => codes.map((code) => [status, `\`${code}\``]));
  expect(table.map(([status, code]) => [status, code])).toEqual(problems);
  for (const [status, code, meaning, change] of table) {
    expect(meaning, `${status} ${code}`).toMatch(/\w/);
    expect(change, `${status} ${code}`).toMatch(/\w/);
  }
});

it("has a row for each type of event", async () => {
  const source = await readFile("worker/http/hono-options.ts", "utf8");
  const [, types] = /readonly type: ([^;]+);/.exec(source) ?? [];
  expect(rows("type").map(([type]) => type.replaceAll("`", '"'))).toEqual(types?.split(" | "));
});

it("has a software bill of materials, with the packages that the library needs and those that dist bundles", async () => {
  const { dependencies } = JSON.parse(await readFile("package.json", "utf8")) as { readonly dependencies: object };
  const { stdout } = await promisify(execFile)("npm", ["sbom", "--sbom-format", "cyclonedx", "--package-lock-only"], {
    maxBuffer: 2 ** 26,
  });
  const { bomFormat, components } = JSON.parse(stdout) as { bomFormat: string; components: { name: string }[] };
  expect(bomFormat).toBe("CycloneDX");
  expect(components.map(({ name }) => name)).toEqual(expect.arrayContaining([...Object.keys(dependencies), "hono", "lru-cache"]));
});
