/** The same bytes everywhere: the kept hashes of the shipped model's images, in Nodes and browsers, with either build of the engine. In workerd: test/worker. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { build } from "esbuild";
import { chromium } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hashOfModel } from "../../training/verify/hashes.ts";
import { RENDER_VERSION } from "../../wasm-model/model/version.ts";
import { type Golden, readGolden, shippedModel } from "../golden/golden.ts";
import { CHROMIUM_FLAGS, findChromium } from "../support/chromium.ts";
import { openFirefox } from "../support/firefox.ts";

/** What a script of golden/ tells of the machine that ran it. */
interface Told {
  readonly version: string;
  readonly builds?: Readonly<Record<string, Golden["images"]>>;
  readonly error?: string;
}

const folder = mkdtempSync(join(tmpdir(), "anneal-"));
const { model, renderVersion, images } = await readGolden();

beforeAll(async () => {
  const entryPoints = ["command.ts", "page.ts"].map((name) => resolve(import.meta.dirname, "../golden", name));
  const { file, teacher } = shippedModel();
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
  const define = { MODEL: JSON.stringify({ file: base64(file), ...(teacher && { teacher: base64(teacher) }) }) };
  await build({ entryPoints, outdir: folder, outExtension: { ".js": ".mjs" }, bundle: true, format: "esm", target: "es2023", define });
});

afterAll(() => rmSync(folder, { recursive: true }));

it("belong to the shipped model (else: npm run golden)", async () => {
  expect(hashOfModel(shippedModel())).toBe(model);
  expect(RENDER_VERSION).toBe(renderVersion);
});

describe("Node", () => {
  // Version 20 has no relaxed SIMD.
  it.each([
    ["20", ["plain"]],
    ["22", ["plain", "relaxed"]],
    ["24", ["plain", "relaxed"]],
  ])(
    "%s, %j",
    async (version, builds) => {
      const args = ["exec", "--yes", `--package=node@${version}`, "--", "node", join(folder, "command.mjs"), ...builds];
      const { stdout } = await promisify(execFile)("npm", args, { maxBuffer: 2 ** 24 });
      expectGolden(JSON.parse(stdout), `v${version}.`, builds);
    },
    600_000,
  ); // the first time, npm downloads that Node
});

describe("browser", () => {
  it("Chromium", async () => {
    const open = async (url: string) => {
      const browser = await chromium.launch({ executablePath: findChromium(), args: CHROMIUM_FLAGS });
      await (await browser.newPage()).goto(url);
      return () => browser.close();
    };
    expectGolden(await toldBy(open), "Chrome/", ["plain", "relaxed"]);
  });

  it("Firefox", async () => {
    expectGolden(await toldBy(openFirefox), "Firefox/", ["plain", "relaxed"]);
  });
});

function expectGolden(told: Told, version: string, builds: readonly string[]): void {
  expect(told).toEqual({ version: expect.stringContaining(version), builds: Object.fromEntries(builds.map((build) => [build, images])) });
}

/** What a browser's page tells. `open` shows it an address and gives the function that closes the browser. */
async function toldBy(open: (url: string) => (() => Promise<void>) | Promise<() => Promise<void>>): Promise<Told> {
  const script = readFileSync(join(folder, "page.mjs"));
  let close: (() => Promise<void>) | undefined;
  const server = createServer();
  try {
    const told = new Promise<Told>((resolve) => {
      server.on("request", async (request, response) => {
        if (request.method === "POST") resolve(JSON.parse(await text(request)));
        if (request.url === "/page.mjs") response.writeHead(200, { "Content-Type": "text/javascript" }).end(script);
        else response.writeHead(200, { "Content-Type": "text/html" }).end(`<!doctype html><script type="module" src="/page.mjs"></script>`);
      });
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    close = await open(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    return await told;
  } finally {
    await close?.();
    server.closeAllConnections();
    server.close();
  }
}
