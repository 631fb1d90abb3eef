/** worker/DEPLOY.md says all that the code can say; what else whoever runs the service finds in the tree. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { PROBLEMS } from "../worker/http/problems.ts";

const deployment = await readFile("worker/DEPLOY.md", "utf8");
const chapter = deployment.split(/^## Operating$/m)[1]?.split(/^## /m)[0] ?? "";

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

it("needs no adapter of Hono that Hono 5 will not have, but Lambda's: npm has no @hono/aws-lambda yet", () => {
  expect([...deployment.matchAll(/ from "(hono\/[^"]+)"/g)].map(([, name]) => name)).toEqual(["hono/aws-lambda"]);
});

it("has Workers Logs and Workers Traces of a sample of the requests, here and in new projects, without the platform's line that has addresses", async () => {
  for (const path of ["wrangler.toml", "worker/template/wrangler.toml"]) {
    const settings = await readFile(path, "utf8");
    const section = (name: string) => settings.split(`\n[observability.${name}]\n`)[1]?.split("\n\n")[0].trim().split("\n");
    expect([path, section("logs")]).toEqual([path, ["enabled = true", "invocation_logs = false", "head_sampling_rate = 0.1"]]);
    expect([path, section("traces")]).toEqual([path, ["enabled = true", "head_sampling_rate = 0.01"]]);
  }
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
