/**
 * The same bytes everywhere: the kept hashes of the shipped model's images, in Nodes and browsers, with either build of
 * the engine. In workerd: test/worker.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hashOfModel } from "../../training/verify/hashes.ts";
import { RENDER_VERSION } from "../../wasm-model/model/model.ts";
import { type Golden, readGolden, shippedModel } from "../golden/golden.ts";
import { openChromium } from "../support/chromium.ts";
import { openFirefox } from "../support/firefox.ts";
import { startWebPage } from "../support/web-page.ts";

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
    expectGolden(await toldBy(openChromium), "Chrome/", ["plain", "relaxed"]);
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
  const page = await startWebPage({ "/page.mjs": ["text/javascript", readFileSync(join(folder, "page.mjs"))] });
  page.set(`<script type="module" src="/page.mjs"></script>`);
  const report = page.report();
  const close = await open(page.url);
  try {
    return (await report) as Told;
  } finally {
    await close();
    await page.stop();
  }
}
