/** `anneal deploy` in a project: wrangler's deploy, with its flags. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { MODELS, projectModels } from "./folders.ts";
import { fail } from "./verb.ts";
import { environmentIn, expectStart } from "./wrangler.ts";

const given = process.argv.slice(2);
const isTopLevel = existsSync("wrangler.toml") && environmentIn(given, resolve()) === undefined;
const environment = isTopLevel ? ["--env", ""] : []; // otherwise wrangler warns that it was given none
const args = [join(wranglerFolder(), "bin/wrangler.js"), "deploy", "--minify", ...environment, ...given];
if (existsSync(MODELS)) await expectStart(projectModels(), given);
const { status } = spawnSync(process.execPath, args, { stdio: "inherit" });
process.exit(status ?? 1); // no status: a signal ended it

function wranglerFolder(): string {
  try {
    return dirname(createRequire(resolve("package.json")).resolve("wrangler/package.json"));
  } catch {
    return fail(`Expected a project with wrangler installed in this folder but received "${resolve()}"; \`npx anneal new\` writes one`);
  }
}
