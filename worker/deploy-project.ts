/** `anneal deploy` in a project: wrangler's deploy, with its flags. */
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";

const wrangler = dirname(createRequire(resolve("package.json")).resolve("wrangler/package.json"));
const args = [join(wrangler, "bin/wrangler.js"), "deploy", "--minify", ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, args, { stdio: "inherit" });
process.exit(status ?? 1); // no status: a signal ended it
