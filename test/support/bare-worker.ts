/**
 * What `wrangler deploy` would upload, and that Worker in workerd alone: none of the development server's middleware
 * and proxies around it.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { freePort, type RunningWorker } from "./start-worker.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const MODULES = join(ROOT, "node_modules");

/** Writes the minified modules, and bundle-meta.json, into the folder. Throws an Error with what wrangler said. */
function writeWranglerBundle(folder: string): void {
  const wrangler = join(MODULES, "wrangler/bin/wrangler.js");
  const args = ["deploy", "--dry-run", "--minify", "--env", "", "--outdir", folder, "--metafile"];
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false" };
  const { status, stderr } = spawnSync(process.execPath, [wrangler, ...args], { cwd: ROOT, env, encoding: "utf8" });
  if (status !== 0) throw new Error(`Expected wrangler to bundle the Worker but it ended with ${status}: ${stderr}`);
}

/** Writes what `npm run deploy` would upload of the last build, with a configuration for workerd. Gives the folder. */
export function bundleForWorkerd(folder: string): string {
  writeWranglerBundle(folder);
  const modules = readdirSync(folder).flatMap((name) => {
    const type = name.endsWith(".wasm") ? "wasm" : name.endsWith(".onnx") ? "data" : undefined;
    return type ? [`(name = "./${name}", ${type} = embed "${name}")`] : [];
  });
  const toml = readFileSync(join(ROOT, "wrangler.toml"), "utf8");
  const setting = (name: string): string => new RegExp(`^${name} = (.+)$`, "m").exec(toml)?.[1] ?? "";
  writeFileSync(
    join(folder, "config.capnp"),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker), (name = "site", disk = "${join(ROOT, "dist/site")}")],
  sockets = [(name = "http", http = (cfBlobHeader = "CF-Blob"), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "index.js", esModule = embed "index.js"), ${modules.join(", ")}],
  compatibilityDate = ${setting("compatibility_date")},
  compatibilityFlags = ${setting("compatibility_flags")},
  bindings = [(name = "ASSETS", service = "site")],
);
`,
  );
  return folder;
}

/** The headers of a request from this address through Cloudflare, for that Worker, which believes no address otherwise. */
export const through = (address: string) => ({ "CF-Blob": "{}", "CF-Connecting-IP": address });

/** Resolves when the Worker of that folder answers. `inspector`: the port of its inspector. */
export async function startBareWorker(folder: string, inspector?: number): Promise<RunningWorker> {
  const port = await freePort();
  const workerd = join(MODULES, "workerd/bin/workerd");
  const flags = ["--socket-addr", `http=127.0.0.1:${port}`, ...(inspector ? ["--inspector-addr", `127.0.0.1:${inspector}`] : [])];
  const server = spawn(workerd, ["serve", join(folder, "config.capnp"), ...flags], { stdio: "inherit" });
  const ended = once(server, "exit");
  const origin = `http://127.0.0.1:${port}`;
  while (
    !(await fetch(`${origin}/v1/models`).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (server.exitCode !== null) throw new Error(`Expected workerd to serve but it ended with exit code ${server.exitCode}`);
    await setTimeout(20);
  }
  return {
    origin,
    async stop() {
      server.kill("SIGKILL"); // at SIGTERM it waits for open connections, an inspector's too, perhaps forever
      await ended;
    },
  };
}
