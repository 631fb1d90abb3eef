/**
 * `npm run docs`: the API reference of the package, dist/docs, from the docstrings of its declarations. A warning
 * counts as an error.
 */
import { join } from "node:path";
import { runTool } from "./install.ts";

const options = join(import.meta.dirname, "typedoc.json");
process.exitCode = runTool("typedoc/bin/typedoc", ["--options", options, ...process.argv.slice(2)]);
