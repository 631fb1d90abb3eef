/** `npm start`: builds what is needed and runs the Worker on this machine. No account, no telemetry. PORT chooses the port (8787). */
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { buildSite } from "./build.ts";

const HOST = "127.0.0.1";
const WRANGLER = fileURLToPath(new URL("../node_modules/wrangler/bin/wrangler.js", import.meta.url));
const FLAGS = ["--local", "--ip", HOST, "--inspector-port", "0", "--show-interactive-dev-session=false", "--log-level", "warn"];
/** Wrangler asks and tells nobody anything. */
const SILENCE = {
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_HIDE_BANNER: "true",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
};

const port = await freePort(process.env.PORT ?? "8787");
await buildSite();
const server = spawn(process.execPath, [WRANGLER, "dev", ...FLAGS, "--port", String(port)], {
  cwd: fileURLToPath(new URL("..", import.meta.url)),
  env: { ...process.env, ...SILENCE },
  stdio: ["ignore", "inherit", "inherit"],
});
server.on("exit", (code) => process.exit(code ?? 0));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => server.kill(signal));
while (!(await answers(`http://${HOST}:${port}/models`))) await setTimeout(200);
console.log(`Anneal is at http://localhost:${port}/ (Ctrl-C stops it)`);

/** The port that `PORT` names. Ends the process with one clear line when there is none or it is taken. */
async function freePort(text: string): Promise<number> {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1 || number > 65535) fail(`Expected an integer from 1 to 65535 for \`PORT\` but received ${text}`);
  const taken = `Expected a free port for \`PORT\` but received ${number}, which is taken (PORT=${number + 1} npm start takes the next one)`;
  const probe = createServer();
  await new Promise<void>((resolve) => {
    probe.on("error", () => fail(taken));
    probe.listen(number, HOST, () => probe.close(() => resolve()));
  });
  return number;
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
