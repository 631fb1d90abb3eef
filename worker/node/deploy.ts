/**
 * `npm run deploy`: builds what is needed and puts the Worker online, as the environment `production` of wrangler.toml.
 * `--model` names folders of models to serve instead of the shipped ones (node/flags.ts). All other arguments are
 * wrangler's: `--env free` takes the environment for the Workers Free plan, `--dry-run` does everything but the upload
 * and needs no account.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { buildFor } from "./flags.ts";
import { checkFlags } from "./settings.ts";

const WRANGLER = fileURLToPath(new URL("../../node_modules/wrangler/bin/wrangler.js", import.meta.url));

const given = process.argv.slice(2);
const environment = given.some((arg) => arg === "-e" || arg.startsWith("--env")) ? [] : ["--env", "production"];
checkFlags([...environment, ...given], false);
const args = await buildFor(given);

const { status } = spawnSync(process.execPath, [WRANGLER, "deploy", "--minify", ...environment, ...args], {
  cwd: fileURLToPath(new URL("../..", import.meta.url)),
  env: { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_SEND_ERROR_REPORTS: "false" },
  stdio: "inherit",
});
process.exit(status ?? 1); // no status: a signal ended it
