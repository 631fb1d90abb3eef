/**
 * Several versions of a model in one Worker: their permanent addresses go on after an update; those of any other
 * version are gone.
 */

import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { loadModel, modelVersion, sample } from "../../wasm-model/index.ts";
import { RENDER_VERSION } from "../../wasm-model/model/model.ts";
import { simd } from "../../wasm-model/runtime/simd.workerd.ts";
import { sha256Hex } from "../../wasm-model/sampling/sha256.ts";
import { createApp } from "../../worker/app.ts";
import { entryOf, type ModelEntry } from "../../worker/models/entry.ts";
import { ReadyModels } from "../../worker/models/ready.ts";
import { randomModelFile, TINY } from "../support/random-model.ts";

const [now, before, long] = [1, 2, 3].map((seed) => randomModelFile(TINY, seed, "int8"));
const files = new Map([now, before, long].map((file) => [modelVersion(file), file]));
const [current, older, oldest] = files.keys();
const entry: ModelEntry = { ...entryOf(now), earlier: [entryOf(before), entryOf(long)] };
const read = async ({ version }: ModelEntry) => new Response(files.get(version));
const app = createApp(new ReadyModels({ entries: [entry], runtime: simd, read }));

const ask = async (path: string, init?: RequestInit) => app.fetch(new Request(`https://anneal.test${path}`, init), env);
const bytes = async (path: string) => new Uint8Array(await (await ask(path)).arrayBuffer());

it.each([...files])("draws at the permanent addresses of version %s what that file draws", async (version, file) => {
  const expected = await sample(await loadModel(file, { runtime: simd }), { seed: "alice" });
  const response = await ask(`/v1/random@${version}/alice.png`);
  expect([response.status, response.headers.get("Cache-Control")]).toEqual([200, "public, max-age=31536000, immutable"]);
  expect(response.headers.get("Content-Location")).toMatch(`/v1/random@${version}/alice.png?`);
  expect(new Uint8Array(await response.arrayBuffer())).toEqual(expected.png());
  const address = `/v1/models/random@${version}/model.onnx`;
  expect(await bytes(address)).toEqual(file);
  expect((await ask(address)).headers.get("Content-Location")).toBe(address);
});

it("draws with the current version if none is named, and lists them all", async () => {
  expect(await bytes("/v1/random/alice.png")).toEqual(await bytes(`/v1/random@${current}/alice.png`));
  const { models } = await (await ask("/v1/models")).json<{ models: object[] }>();
  expect(models).toMatchObject([{ name: "random", version: current, versions: [current, older, oldest] }]);
});

it("reads the recipe of an earlier version's image, and knows its address", async () => {
  const body = await bytes(`/v1/random@${older}/alice.png`);
  const answer = await ask("/v1/inspect", { method: "POST", body, headers: { "Content-Type": "image/png" } });
  const { version, url } = await answer.json<{ version: string; url: string }>();
  expect(version).toBe(older);
  expect(await bytes(url)).toEqual(body);
});

describe("a version that is gone", () => {
  /** The version of this file with this release of the renderer, and the one that it had before 0.3. */
  const rendered = (file: Uint8Array, release: number) => sha256Hex(text(`${sha256Hex(file)} ${release}`)).slice(0, 32);
  const short = (file: Uint8Array) => sha256Hex(file, text("3")).slice(0, 8);
  const text = (string: string) => new TextEncoder().encode(string);

  it("is one whose files are no longer served, or that of an earlier renderer or release", async () => {
    expect(rendered(now, RENDER_VERSION)).toBe(current);
    for (const version of ["0".repeat(32), rendered(now, RENDER_VERSION - 1), short(now)]) {
      for (const [path, here] of [
        [`/v1/random@${version}/al%2Fice.png?steps=2`, `/v1/random@${current}/al%2Fice.png?steps=2`],
        [`/v1/models/random@${version}/model.onnx`, `/v1/models/random@${current}/model.onnx`],
      ]) {
        const response = await ask(path);
        expect(response.status).toBe(410);
        const { detail, ...problem } = await response.json<{ detail: string }>();
        expect(problem).toMatchObject({
          code: "gone",
          key: "version",
          expected: expect.stringContaining(`${current}, the model's current version`),
        });
        expect(detail).toContain("which is gone");
        expect(detail).toMatch(new RegExp(`The current address is ${here.replaceAll(/[?.]/g, "\\$&")}$`));
        expect((await ask(here)).status).toBe(200);
      }
    }
  });
});
