/** Part of `npm run lint`: checks the OpenAPI document with the recommended rules of redocly. A warning counts as an error. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { documentText } from "./document.ts";
import { installTools, toolPath } from "./install.ts";

installTools();
const folder = mkdtempSync(join(tmpdir(), "anneal-"));
try {
  writeFileSync(join(folder, "openapi.json"), await documentText());
  const args = [toolPath("@redocly/cli/bin/cli.js"), "lint", "openapi.json", "--extends", "recommended-strict", "--format", "stylish"];
  const env = { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };
  const { status } = spawnSync(process.execPath, args, { cwd: folder, env, stdio: "inherit" });
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true });
}
