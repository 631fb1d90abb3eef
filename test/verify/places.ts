/** Where `npm run verify` draws: Nodes, browsers and workerd, each of which does tasks one after the other. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { build } from "esbuild";
import { FormData } from "miniflare";
import { unstable_startWorker as startWorker } from "wrangler";
import { readModelFiles } from "../../training/cli/model-files.ts";
import { openChromium } from "../support/chromium.ts";
import { openFirefox } from "../support/firefox.ts";
import type { Hashes, Task } from "./draw.ts";

/** Does a task. Throws an Error with what went wrong. */
type Doing = (task: Task) => Promise<Hashes>;

export interface Place {
  readonly name: string;
  /** Node 20 has no relaxed SIMD. */
  readonly builds: readonly Task["build"][];
  /** Gives `use` a place that does tasks. */
  open(use: (doing: Doing) => Promise<void>): Promise<void>;
}

const BOTH = ["plain", "relaxed"] as const;
const MODELS = resolve(import.meta.dirname, "../../wasm-model/models");
const modelFolder = (name: string): string => join(MODELS, name);

/** A script of this folder in one file. */
async function bundled(name: string): Promise<string> {
  const entryPoints = [join(import.meta.dirname, name)];
  const { outputFiles } = await build({ entryPoints, bundle: true, format: "esm", target: "es2023", external: ["node:*"], write: false });
  return outputFiles[0].text;
}

const node = (version: string, builds: Place["builds"] = BOTH): Place => ({
  name: `Node ${version}`,
  builds,
  async open(use) {
    const folder = mkdtempSync(join(tmpdir(), "anneal-verify-"));
    const script = join(folder, "node.mjs");
    writeFileSync(script, await bundled("node.ts"));
    const args = ["exec", "--yes", `--package=node@${version}`, "--", "node", script, MODELS];
    const child = spawn("npm", args, { stdio: ["pipe", "pipe", "inherit"] });
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    try {
      await use(async (task) => {
        child.stdin.write(`${JSON.stringify(task)}\n`);
        const { done, value } = await lines.next();
        if (done) throw new Error(`Expected hashes from Node ${version} but it ended`);
        return JSON.parse(value) as Hashes;
      });
    } finally {
      child.stdin.end();
      rmSync(folder, { recursive: true });
    }
  },
});

type Close = () => Promise<void>;

/** `show` opens an address in the browser and gives the function that closes it. */
const browser = (name: string, show: (url: string) => Close | Promise<Close>): Place => ({
  name,
  builds: BOTH,
  async open(use) {
    const script = await bundled("page.ts");
    /** To the page, which asked for a task. */
    let waiting: ServerResponse | undefined;
    const server = createServer(async (request, response) => {
      const { url = "/", method } = request;
      if (method === "POST") {
        server.emit("told", JSON.parse(await text(request)));
        response.end();
      } else if (url === "/task") {
        waiting = response;
        server.emit("asked");
      } else if (url === "/page.mjs") response.writeHead(200, { "Content-Type": "text/javascript" }).end(script);
      else if (url === "/")
        response.writeHead(200, { "Content-Type": "text/html" }).end(`<!doctype html><script type="module" src="/page.mjs"></script>`);
      else {
        const [, model = "", file = ""] = /^\/([\w-]+)\/(\w+\.onnx)$/.exec(url) ?? [];
        const path = join(modelFolder(model), file);
        if (file && existsSync(path)) response.end(readFileSync(path));
        else response.writeHead(404).end();
      }
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const close = await show(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    try {
      await use(async (task) => {
        if (!waiting) await once(server, "asked");
        const told = once(server, "told");
        waiting?.end(JSON.stringify(task));
        waiting = undefined;
        const [result] = (await told) as [Hashes | { error: string }];
        if ("error" in result) throw new Error(result.error);
        return result;
      });
    } finally {
      await close();
      server.closeAllConnections();
      server.close();
    }
  },
});

const workerd: Place = {
  name: "workerd",
  builds: BOTH,
  async open(use) {
    process.env.CLOUDFLARE_CF_FETCH_ENABLED = "false"; // wrangler asks nobody
    const worker = await startWorker({
      entrypoint: join(import.meta.dirname, "worker.ts"),
      compatibilityDate: "2026-01-01",
      dev: { server: { port: 0 }, inspector: false, logLevel: "error" },
    });
    try {
      await use(async (task) => {
        const query = encodeURIComponent(JSON.stringify(task));
        const body = new FormData();
        for (const [name, bytes] of Object.entries(readModelFiles(modelFolder(task.model)))) if (bytes) body.set(name, new Blob([bytes]));
        const response = await worker.fetch(`http://localhost/?${query}`, { method: "POST", body });
        if (!response.ok) throw new Error(await response.text());
        return (await response.json()) as Hashes;
      });
    } finally {
      await worker.dispose();
    }
  },
};

export const PLACES: readonly Place[] = [
  node("20", ["plain"]),
  node("22"),
  node("24"),
  workerd,
  browser("Chromium", openChromium),
  browser("Firefox", openFirefox),
];
