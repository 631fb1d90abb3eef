/** Part of `npm run lint`: finds regular expressions that take more than linear time (eslint.config.js). */
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { installTools, toolPath } from "./install.ts";

installTools();
const args = [
  toolPath("eslint/bin/eslint.js"),
  "--config",
  resolve(import.meta.dirname, "eslint.config.js"),
  "worker",
  "wasm-model",
  "training",
];
const { status } = spawnSync(process.execPath, args, { cwd: resolve(import.meta.dirname, "../.."), stdio: "inherit" });
process.exitCode = status ?? 1;
