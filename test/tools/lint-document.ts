/**
 * Part of `npm run lint`: checks the OpenAPI document with the recommended rules of redocly and of spectral. A warning
 * counts as an error.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { simd } from "../../wasm-model/runtime/simd.ts";
import { annealOn } from "../../worker/anneal.ts";
import { SHIPPED } from "../../worker/node/build.ts";
import { readModels } from "../../worker/node/folders.ts";
import { runTool } from "./install.ts";

const RULES = "rules.json";

/** What each linter is called with. */
const LINTERS = [
  ["@redocly/cli/bin/cli.js", "lint", "openapi.json", "--extends", "recommended-strict", "--format", "stylish"],
  ["@stoplight/spectral-cli/dist/index.js", "lint", "openapi.json", "--ruleset", RULES, "--fail-severity", "hint"],
];

const folder = mkdtempSync(join(tmpdir(), "anneal-"));
try {
  const models = (await readModels(SHIPPED)).map(({ file }) => file);
  const document = await annealOn({ runtime: simd })({ models }).request("/openapi.json");
  writeFileSync(join(folder, "openapi.json"), await document.text());
  writeFileSync(join(folder, RULES), JSON.stringify({ extends: ["spectral:oas"] }));
  const env = { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };
  for (const [script, ...args] of LINTERS)
    process.exitCode = Math.max(Number(process.exitCode ?? 0), runTool(script, args, { cwd: folder, env }));
} finally {
  rmSync(folder, { recursive: true });
}
