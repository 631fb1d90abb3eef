/** What `npm start` and `npm run deploy` share: how wrangler is started in this repository. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fail } from "./verb.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Wrangler asks no questions and sends no telemetry. */
const SILENCE = {
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_HIDE_BANNER: "true",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
};

export function wrangler(...args: readonly string[]): ChildProcess {
  const command = ["node_modules/wrangler/bin/wrangler.js", ...args];
  const server = spawn(process.execPath, command, {
    cwd: ROOT,
    env: { ...process.env, ...SILENCE },
    stdio: ["ignore", "inherit", "inherit"],
  });
  return server.on("exit", (code) => process.exit(code ?? 1)); // no code: a signal ended it
}

/**
 * The environment that these arguments of wrangler name. Ends the process with one line if wrangler.toml in `folder` has no
 * such environment: wrangler itself would take its top level.
 */
export function environmentIn(args: readonly string[], folder = ROOT): string | undefined {
  const flag = args.findIndex((arg) => /^(-e|--env)(=|$)/.test(arg));
  if (flag < 0) return undefined;
  const env = args[flag].includes("=") ? args[flag].replace(/^.*?=/, "") : args[flag + 1];
  const known = [...readFileSync(join(folder, "wrangler.toml"), "utf8").matchAll(/^\[env\.([\w-]+)/gm)].map(([, name]) => name);
  if (known.includes(env)) return env;
  const expected = known.length === 0 ? "no value (wrangler.toml has no environments)" : `one of ${[...new Set(known)].join(", ")}`;
  return fail(`Expected ${expected} for \`env\` but received "${env}"`);
}
