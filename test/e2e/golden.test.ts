/**
 * The same bytes everywhere: the kept hashes of the shipped model's images, in Nodes and browsers, with either build of
 * the engine. In workerd: test/worker. In WebKit: test/slow.
 */
import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RENDER_VERSION } from "../../wasm-model/model/model.ts";
import { sha256Hex } from "../../wasm-model/sampling/sha256.ts";
import { readGolden, shippedModel } from "../golden/golden.ts";
import { bundledScripts, type Told, toldBy } from "../golden/told.ts";
import { openChromium } from "../support/chromium.ts";
import { openFirefox } from "../support/firefox.ts";

let folder: string;
const { model, renderVersion, images } = await readGolden();

beforeAll(async () => {
  folder = await bundledScripts();
});

afterAll(() => rmSync(folder, { recursive: true }));

it("belong to the shipped model (else: npm run golden)", async () => {
  expect(sha256Hex(shippedModel())).toBe(model);
  expect(RENDER_VERSION).toBe(renderVersion);
});

describe("Node", { concurrent: true }, () => {
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
    expectGolden(await toldBy(folder, openChromium), "Chrome/", ["plain", "relaxed"]);
  });

  it("Firefox", async () => {
    expectGolden(await toldBy(folder, openFirefox), "Firefox/", ["plain", "relaxed"]);
  });
});

function expectGolden(told: Told, version: string, builds: readonly string[]): void {
  expect(told).toEqual({ version: expect.stringContaining(version), builds: Object.fromEntries(builds.map((build) => [build, images])) });
}
