/**
 * `npm start`: builds the site and runs the Worker on this machine by `wrangler dev`, whose arguments it takes: `npm start -- --env free`
 * runs that environment of wrangler.toml. Nobody is asked or told anything.
 */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { buildSite } from "./build.ts";

const FLAGS = ["--local", "--ip", "127.0.0.1", "--inspector-port", "0", "--show-interactive-dev-session=false"];

/** Variables with which wrangler asks and tells nobody anything. */
const SILENCE = { WRANGLER_SEND_METRICS: "false", WRANGLER_SEND_ERROR_REPORTS: "false", CLOUDFLARE_CF_FETCH_ENABLED: "false" };

const starter = process.ppid;
await buildSite();
const server = spawn(process.execPath, ["node_modules/wrangler/bin/wrangler.js", "dev", ...FLAGS, ...process.argv.slice(2)], {
  cwd: fileURLToPath(new URL("../..", import.meta.url)),
  env: { ...process.env, ...SILENCE },
  stdio: ["ignore", "inherit", "inherit"],
});
server.on("exit", (code) => process.exit(code ?? 1)); // no code: a signal ended it
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => server.kill(signal));
// npm passes a signal to the shell that started this process, and the shell does not pass it on.
setInterval(() => process.ppid !== starter && server.kill("SIGTERM"), 500).unref();
