/** What `npm start` and deployments share: how wrangler is started, and what wrangler.toml says. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { ConfigurationError } from "../service/problems.ts";
import { settingsFrom } from "../service/settings.ts";
import { fail, orFail, readModels } from "./folders.ts";
import { anneal } from "./hono.ts";

/** Of the clone; in the package its folder. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Wrangler sends no telemetry. */
export const SILENCE = {
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
 * The environment that these arguments of wrangler name, "" for its top level. Ends the process with one line if wrangler.toml in
 * `folder` has no such environment: wrangler itself would take its top level.
 */
export function environmentIn(args: readonly string[], folder = ROOT): string | undefined {
  const flag = args.findIndex((arg) => /^(-e|--env)(=|$)/.test(arg));
  if (flag < 0) return undefined;
  const env = args[flag].includes("=") ? args[flag].replace(/^.*?=/, "") : args[flag + 1];
  const known = [...readFileSync(join(folder, "wrangler.toml"), "utf8").matchAll(/^\[env\.([\w-]+)/gm)].map(([, name]) => name);
  if (env === "" || known.includes(env)) return env;
  const expected = known.length === 0 ? "no value (wrangler.toml has no environments)" : `one of ${[...new Set(known)].join(", ")}`;
  return fail(`Expected ${expected} for \`env\` but received "${env}"`);
}

/**
 * Makes a service of these models with the variables that the Worker in this folder will have. Ends the process with one line where the
 * Worker would not start; prints what its operator would be warned of.
 */
export async function expectStart(paths: readonly string[], args: readonly string[]): Promise<void> {
  const wrangler = createRequire(resolve("package.json")).resolve("wrangler");
  const { unstable_readConfig } = (await import(pathToFileURL(wrangler).href)) as typeof import("wrangler");
  const { vars } = readOrFail(() => unstable_readConfig({ env: environmentIn(args, resolve()) }));
  const given = [...args.join(" ").matchAll(/--var[ =](\w+):(\S+)/g)].map(([, name, value]) => [name, value]);
  const models = await orFail(readModels(paths));
  try {
    anneal({ models: models.map(({ file }) => file), client: () => "", ...settingsFrom({ ...vars, ...Object.fromEntries(given) }) });
  } catch (error) {
    if (error instanceof ConfigurationError) fail(error.message);
    throw error;
  }
}

/** What wrangler reads of wrangler.toml. What it cannot read ends the process with one line. */
function readOrFail<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    const { message, location } = error as Error & { readonly location?: { readonly line: number } };
    return fail(
      `Expected a file that wrangler can read but received wrangler.toml${location ? `, line ${location.line}` : ""}: ${message}`,
    );
  }
}
