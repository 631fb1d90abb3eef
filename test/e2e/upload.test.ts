/** What `wrangler deploy` would upload: the Worker with its model, small, and nothing of onnxruntime in it. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { writeWranglerBundle } from "../support/bare-worker.ts";

/** Bytes before compression, all modules. */
const MOST = 3_000_000;
/** Bytes of one build of the engine, compressed. */
const MOST_GZIP = 30_000;

const folder = mkdtempSync(join(tmpdir(), "anneal-"));
const metafile = join(folder, "meta.json");
const upload = join(folder, "upload");

beforeAll(() => writeWranglerBundle(upload, "--metafile", metafile));

afterAll(() => rmSync(folder, { recursive: true }));

it("contains the script, both builds of the engine and the model, in at most 3 MB", () => {
  const modules = readdirSync(upload).filter((name) => /\.(js|wasm|onnx)$/.test(name));
  expect(modules.map((name) => name.replace(/^[0-9a-f]{40}-/, "")).sort()).toEqual([
    "index.js",
    "model.onnx",
    "plain.wasm",
    "relaxed.wasm",
  ]);
  const size = modules.reduce((sum, name) => sum + statSync(join(upload, name)).size, 0);
  expect(size).toBeLessThanOrEqual(MOST);
});

it("contains builds of the engine of at most 30 KB each, gzipped", () => {
  const builds = readdirSync(upload).filter((name) => name.endsWith(".wasm"));
  expect(builds).toHaveLength(2);
  for (const name of builds) expect(gzipSync(readFileSync(join(upload, name))).length).toBeLessThanOrEqual(MOST_GZIP);
});

it("sets no function names at run time", () => {
  expect(readFileSync(join(upload, "index.js"), "utf8")).not.toMatch(/"name",\{value:\w+,configurable:/);
});

it("contains nothing of onnxruntime", () => {
  const { outputs } = JSON.parse(readFileSync(metafile, "utf8")) as { outputs: Record<string, { inputs: object }> };
  const sources = Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs));
  expect(sources.filter((path) => path.includes("wasm-model/engine/"))).not.toEqual([]);
  expect(sources.filter((path) => path.includes("onnxruntime"))).toEqual([]);
});
