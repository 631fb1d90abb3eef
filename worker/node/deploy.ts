/**
 * `anneal deploy`: puts the Worker in this folder online. All arguments are wrangler's: `--dry-run` does everything but the upload
 * and needs no account. In a clone, where it is `npm run deploy`, it builds the site first, and without `--env` takes the environment
 * `production` of wrangler.toml.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { fail, SILENCE } from "./folders.ts";

const given = process.argv.slice(2);
const isClone = resolve() === resolve(fileURLToPath(new URL("../..", import.meta.url)));
const isTopLevel = existsSync("wrangler.toml") && !namesEnvironment();
const environment = isTopLevel ? [`--env=${isClone ? "production" : ""}`] : []; // without one wrangler warns that it was given none
const build = new URL("build.ts", import.meta.url).href; // not in the package, whose folder is no clone
if (isClone) await ((await import(build)) as typeof import("./build.ts")).buildSite();
// Not by npx: on Windows that needs a shell, which takes apart what is given.
const wrangler = join(dirname(createRequire(resolve("package.json")).resolve("wrangler/package.json")), "bin/wrangler.js");
const { status } = spawnSync(process.execPath, [wrangler, "deploy", "--minify", ...environment, ...given], {
  env: { ...process.env, ...SILENCE },
  stdio: "inherit",
});
process.exit(status ?? 1); // no status: a signal ended it

/**
 * Whether the arguments name an environment. Ends the process with one line if wrangler.toml does not have it: wrangler itself would
 * take its top level.
 */
function namesEnvironment(): boolean {
  const flag = given.findIndex((arg) => /^(-e|--env)(=|$)/.test(arg));
  if (flag < 0) return false;
  const name = given[flag].includes("=") ? given[flag].replace(/^.*?=/, "") : given[flag + 1];
  const known = [...readFileSync("wrangler.toml", "utf8").matchAll(/^\[env\.([\w-]+)/gm)].map(([, found]) => found);
  if (name === "" || known.includes(name)) return true;
  return fail(
    `Expected one of the environments ${known.join(", ") || "of wrangler.toml, which has none,"} for \`env\` but received "${name}"`,
  );
}
