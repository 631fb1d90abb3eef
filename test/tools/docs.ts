/**
 * `npm run docs`: the API reference of the package, dist/docs, from the docstrings of its declarations. A warning
 * counts as an error.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { installTools, toolPath } from "./install.ts";

installTools();
const args = [toolPath("typedoc/bin/typedoc"), "--options", join(import.meta.dirname, "typedoc.json"), ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, args, { stdio: "inherit" });
process.exitCode = status ?? 1;
