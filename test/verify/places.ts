/**
 * Where `npm run verify` draws: Nodes, browsers, workerd and emulated ARM64 processors, each of which does tasks one
 * after the other.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { unstable_startWorker as startWorker } from "wrangler";
import { readModelFile } from "../../training/cli/model-files.ts";
import { MODEL_FILE } from "../../wasm-model/model/model.ts";
import { modelFolder, readGolden } from "../golden/golden.ts";
import type { Hashes } from "../golden/hashes.ts";
import { prepareArm64, prepareChromium, prepareFirefox, prepareWebKit } from "../setup/machine.ts";
import { ARM64_PROCESSORS, arm64Node } from "../support/arm64.ts";
import { bundled } from "../support/bundled.ts";
import { openChromium } from "../support/chromium.ts";
import { openFirefox } from "../support/firefox.ts";
import { newFolder, removeFolder } from "../support/scratch.ts";
import { openWebKit } from "../support/webkit.ts";
import type { Task } from "./task.ts";

/** Does a task. Throws an Error with what went wrong. */
type Doing = (task: Task) => Promise<Hashes>;

export interface Place {
  readonly name: string;
  /** Node 20 has no relaxed SIMD. */
  readonly builds: readonly Task["build"][];
  /** Installs what the machine lacks for it. */
  readonly prepare?: () => void | Promise<void>;
  /** Gives `use` a place that does tasks. */
  open(use: (doing: Doing) => Promise<void>): Promise<void>;
}

const BOTH = ["plain", "relaxed"] as const;

/** `commandOf`: the words that start this Node. */
const node = (name: string, commandOf: () => readonly string[] | Promise<readonly string[]>, more: Partial<Place> = {}): Place => ({
  name,
  builds: BOTH,
  ...more,
  async open(use) {
    const folder = newFolder("verify");
    const script = join(folder, "node.mjs");
    writeFileSync(script, await bundled(join(import.meta.dirname, "node.ts")));
    const [command = "", ...args] = await commandOf();
    const child = spawn(command, [...args, script], { stdio: ["pipe", "pipe", "inherit"] });
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    try {
      await use(async (task) => {
        child.stdin.write(`${JSON.stringify({ ...task, file: join(modelFolder(task.model), MODEL_FILE) })}\n`);
        const { done, value } = await lines.next();
        if (done) throw new Error(`Expected hashes from ${name} but it ended`);
        return JSON.parse(value) as Hashes;
      });
    } finally {
      child.stdin.end();
      removeFolder(folder);
    }
  },
});

const npmNode = (version: string, more?: Partial<Place>): Place =>
  node(`Node ${version}`, () => ["npm", "exec", "--yes", `--package=node@${version}`, "--", "node"], more);

/** One for each kind of processor. They differ in relaxed SIMD alone, and a draw takes a minute: plain SIMD is drawn once. */
const ARM64: readonly Place[] = ARM64_PROCESSORS.map((processor, i) =>
  node(`Node on ARM64 (${processor})`, () => arm64Node(processor), { prepare: prepareArm64, builds: i === 0 ? BOTH : ["relaxed"] }),
);

type Close = () => Promise<void>;

/** `show` opens an address in the browser and gives the function that closes it. */
const browser = (name: string, prepare: Place["prepare"], show: (url: string) => Close | Promise<Close>): Place => ({
  name,
  builds: BOTH,
  ...(prepare && { prepare }),
  async open(use) {
    const script = await bundled(join(import.meta.dirname, "page.ts"));
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
        const [result] = (await told) as [{ hashes: Hashes } | { error: string }];
        if ("error" in result) throw new Error(result.error);
        return result.hashes;
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
        const body = readModelFile(modelFolder(task.model));
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
  npmNode("20", { builds: ["plain"] }),
  npmNode("22"),
  npmNode("24"),
  workerd,
  browser("Chromium", prepareChromium, openChromium),
  browser("Firefox", prepareFirefox, openFirefox),
  browser("WebKit", prepareWebKit, openWebKit),
  ...ARM64,
];

/** The hashes of the models' golden images in a place, by build and model. */
export async function drawnIn(place: Place, models: readonly string[]): Promise<Record<string, Hashes>> {
  const hashes: Record<string, Hashes> = {};
  await place.open(async (doing) => {
    for (const build of place.builds) for (const model of models) hashes[`${build}, ${model}`] = await doing({ model, build });
  });
  return hashes;
}

/** What `drawnIn` gives where all bytes are the released ones. */
export const releasedIn = ({ builds }: Place, models: readonly string[]): Record<string, Hashes> =>
  Object.fromEntries(builds.flatMap((build) => models.map((model) => [`${build}, ${model}`, readGolden(model).images])));
