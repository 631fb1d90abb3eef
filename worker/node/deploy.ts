/**
 * `anneal deploy`: puts the Worker in this folder online. All arguments are wrangler's: `--dry-run` does everything but the upload
 * and needs no account. In a clone, where it is `npm run deploy`, it builds the site first, and without `--env` takes the environment
 * `production` of wrangler.toml.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fail, MODELS, projectModels } from "./folders.ts";
import { environmentIn, expectStart, ROOT, SILENCE } from "./wrangler.ts";

const given = process.argv.slice(2);
const program = join(wranglerFolder(), "bin/wrangler.js");
const build = new URL("build.ts", import.meta.url).href; // not in the package, whose folder is no clone
const clone = resolve() === resolve(ROOT) ? ((await import(build)) as typeof import("./build.ts")) : undefined;
const isTopLevel = existsSync("wrangler.toml") && environmentIn(given, resolve()) === undefined;
const environment = isTopLevel ? ["--env", clone ? "production" : ""] : []; // without one wrangler warns that it was given none
const args = [...environment, ...given];
if (clone || existsSync(MODELS)) await expectStart(clone?.SHIPPED ?? projectModels(), args);
await clone?.buildSite();
const { status } = spawnSync(process.execPath, [program, "deploy", "--minify", ...args], {
  env: { ...process.env, ...SILENCE },
  stdio: "inherit",
});
process.exit(status ?? 1); // no status: a signal ended it

function wranglerFolder(): string {
  try {
    return dirname(createRequire(resolve("package.json")).resolve("wrangler/package.json"));
  } catch {
    return fail(`Expected a project with wrangler installed in this folder but received "${resolve()}"; \`npx anneal new\` writes one`);
  }
}
