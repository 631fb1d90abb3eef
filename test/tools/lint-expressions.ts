/** Part of `npm run lint`: finds regular expressions that take more than linear time (eslint.config.js). */
import { resolve } from "node:path";
import { runTool } from "./install.ts";

const config = resolve(import.meta.dirname, "eslint.config.js");
const cwd = resolve(import.meta.dirname, "../..");
process.exitCode = runTool("eslint/bin/eslint.js", ["--config", config, "worker", "wasm-model", "training"], { cwd });
