/** Checks, before the Worker starts, the settings that wrangler will give it. */
import { readFileSync } from "node:fs";
import { unstable_readConfig as readConfig, unstable_getVarsForDev as varsForDev } from "wrangler";
import { checkSettings } from "../admission/limits.ts";
import { ConfigurationError } from "../http/problems.ts";
import { fail } from "./verb.ts";

const CONFIG = new URL("../../wrangler.toml", import.meta.url).pathname;

/**
 * Ends the process with one line that names an invalid variable or an unknown environment. `args`: wrangler's. `isLocal`: whether wrangler also
 * reads the secrets of this machine.
 */
export function checkFlags(args: readonly string[], isLocal: boolean): void {
  const { env, vars } = flagsIn(args);
  const known = environments();
  if (env && !known.includes(env)) fail(`Expected one of ${known.join(", ")} for \`env\` but received "${env}"`);
  const { vars: configured } = readConfig({ config: CONFIG, env }, { hideWarnings: true });
  const secrets = isLocal
    ? Object.entries(varsForDev(CONFIG, undefined, configured, env, true)).map(([name, { value }]) => [name, value])
    : [];
  try {
    checkSettings({ ...configured, ...Object.fromEntries(secrets), ...vars });
  } catch (error) {
    if (error instanceof ConfigurationError) fail(error.message);
    throw error;
  }
}

/** The names of the environments in wrangler.toml. */
const environments = (): string[] => [...readFileSync(CONFIG, "utf8").matchAll(/^\[env\.(\w+)\]/gm)].map(([, name]) => name);

/** The environment and the variables, `--var NAME:value NAME:value`, in wrangler's arguments. */
function flagsIn(args: readonly string[]): { readonly env: string | undefined; readonly vars: Readonly<Record<string, string>> } {
  let env: string | undefined;
  const vars: Record<string, string> = {};
  let flag = "";
  for (const arg of args) {
    const equals = arg.indexOf("=");
    const isFlag = arg.startsWith("-");
    if (isFlag) flag = equals < 0 ? arg : arg.slice(0, equals);
    if (isFlag && equals < 0) continue;
    const value = isFlag ? arg.slice(equals + 1) : arg;
    const colon = value.indexOf(":");
    if (flag === "--env" || flag === "-e") env = value;
    else if (flag === "--var" && colon > 0) vars[value.slice(0, colon)] = value.slice(colon + 1);
  }
  return { env, vars };
}
