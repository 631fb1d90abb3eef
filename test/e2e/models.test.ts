/** Models from folders: what the build makes of them, and the Worker that serves them instead of the shipped ones. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadModel, modelVersion, sample } from "../../wasm-model/index.ts";
import { writeModel } from "../../wasm-model/model/onnx/writer.ts";
import { simd } from "../../wasm-model/runtime/simd.ts";
import { buildSite } from "../../worker/node/build.ts";
import { FolderError, MAX_ASSET, readModels } from "../../worker/node/folders.ts";
import { writeFolder } from "../support/files.ts";
import { randomModel, randomModelFile, SMALL, TINY } from "../support/random-model.ts";
import { startWorker } from "../support/start-worker.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const base = mkdtempSync(join(tmpdir(), "anneal-models-"));

afterAll(() => rmSync(base, { recursive: true }));

/** A folder of files, by their paths. */
const folder = (name: string, files: Parameters<typeof writeFolder>[1]): string => writeFolder(join(base, name), files);

function named(name: string, seed = 1, spec = TINY): Uint8Array<ArrayBuffer> {
  const model = randomModel(spec, seed, "int8");
  return writeModel({ ...model, card: { ...model.card, name } });
}

/** Runs `npm run deploy` or `npm start` to its end. */
const command = (name: "start" | "deploy", ...args: string[]) =>
  spawnSync(process.execPath, [join(ROOT, "worker/node", `${name}.ts`), ...args], {
    encoding: "utf8",
    env: { ...process.env, PORT: "65000" },
  });

describe("a folder that cannot be served", () => {
  const damaged = () => {
    const file = named("pets");
    file[file.length - 100] ^= 1;
    return file;
  };
  const huge = () => {
    const path = folder("huge", { "model.onnx": named("pets") });
    truncateSync(join(path, "model.onnx"), MAX_ASSET + 1);
    return path;
  };
  const pipe = () => {
    const path = folder("pipe", {});
    execFileSync("mkfifo", [join(path, "model.onnx")]);
    return path;
  };
  const linked = () => {
    const path = folder("linked", { "model.onnx": named("pets"), "versions/1/model.onnx": named("pets", 2) });
    symlinkSync("1", join(path, "versions/2"));
    return path;
  };
  it.each<[string, () => string[], string]>([
    ["without a model", () => [folder("empty", {})], 'Expected a folder with model.onnx for `model` but received "'],
    ["with a damaged model", () => [folder("damaged", { "model.onnx": damaged() })], "damaged"],
    ["with an fp32 model", () => [folder("fp32", { "model.onnx": randomModelFile(TINY, 1, "fp32") })], "Expected an int8 model"],
    [
      "with a name that is no part of a URL",
      () => [folder("slash", { "model.onnx": named("my/pets") })],
      'for `name` of the model\'s card but received "my/pets"',
    ],
    ["with a pipe in the model's place", () => [pipe()], "Expected a regular file for `model` but received "],
    [
      "with a file larger than an asset may be",
      () => [huge()],
      "Expected a model.onnx of at most 26214400 bytes for `model` but received ",
    ],
    [
      "with a version of another model",
      () => [folder("two-names", { "model.onnx": named("pets"), "versions/1/model.onnx": named("birds") })],
      "Expected a version of pets for `model` but received ",
    ],
    ["with a version that is a link", () => [linked()], "Expected versions in folders of their own for `model` but received "],
    [
      "of the same name as another",
      () => [folder("a", { "model.onnx": named("pets", 1) }), folder("b", { "model.onnx": named("pets", 2) })],
      "Expected folders of models with different names for `model` but received ",
    ],
  ])("is one %s", async (_, folders, message) => {
    const error = await readModels(folders()).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(FolderError);
    expect((error as Error).message).toContain(message);
  });

  it.each([
    ["not JSON", "a JSON object for the record"],
    ["{}", "a list of strings for `commands` of"],
    ['{ "commands": [], "figures": {} }', "a list for `figures` of"],
    ['{ "commands": [], "figures": [], "intendedUse": [7] }', "a string for `intendedUse.0` of"],
    ['{ "commands": [], "figures": [{ "title": "", "commands": [], "tables": [1] }] }', "a list for `figures.0.tables.0` of"],
  ])("is one with the record %s", async (record, message) => {
    const path = folder(`record-${message.length}-${record.length}`, {
      "model.onnx": named("pets"),
      "record.json": new TextEncoder().encode(record),
    });
    const error = await buildSite(join(base, "built"), [path]).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(FolderError);
    expect((error as Error).message).toContain(message);
    expect((error as Error).message).toContain(`"${join(path, "record.json")}" but received `);
  });

  it("ends `npm start` with one clear line and exit code 2", () => {
    const { status, stdout, stderr } = command("start", "--model", join(base, "none"));
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^Expected a folder with model\.onnx for `model` but received .*\n$/);
  });
});

it("takes a model's earlier versions from nested folders", async () => {
  const [now, before, long] = [1, 2, 3].map((seed) => named("pets", seed));
  const files = {
    "model.onnx": now,
    "versions/b/model.onnx": before,
    "versions/b/versions/a/model.onnx": long,
    "versions/c/model.onnx": now,
  };
  const [{ entry, files: assets }] = await readModels([folder("updated", files)]);
  expect([entry, ...(entry.earlier ?? [])].map(({ version }) => version)).toEqual([now, before, long].map((file) => modelVersion(file)));
  expect([...assets.values()]).toEqual(expect.arrayContaining([now, before, long]));
  expect(assets.size).toBe(3);
});

describe("npm start -- --model", () => {
  let origin: string;
  let stop: () => Promise<void>;
  const pets = named("pets");
  const older = named("pets", 3);
  const birds = named("birds", 2, SMALL);

  beforeAll(async () => {
    const folders = [folder("pets", { "model.onnx": pets, "versions/1/model.onnx": older }), folder("birds", { "model.onnx": birds })];
    ({ origin, stop } = await startWorker(...folders.flatMap((path) => ["--model", path])));
  });
  afterAll(() => stop?.());

  it("serves those models instead of the shipped ones, the first by default", async () => {
    const { models } = (await (await fetch(`${origin}/v1/models`)).json()) as { models: { name: string }[] };
    expect(models.map(({ name }) => name)).toEqual(["pets", "birds"]);
    for (const [query, file] of [
      ["seed=7", pets],
      ["seed=7&model=birds", birds],
    ] as const) {
      const drawn = new Uint8Array(await (await fetch(`${origin}/sample?${query}`)).arrayBuffer());
      expect(drawn).toEqual((await sample(await loadModel(file, { runtime: simd }), { seed: "7" })).png());
    }
    expect((await fetch(`${origin}/sample?model=fashion-mnist`)).status).toBe(400);
  });

  it("gives each model's file at a permanent address that names its version", async () => {
    const { models } = (await (await fetch(`${origin}/v1/models`)).json()) as { models: { name: string; version: string }[] };
    for (const [i, { name, version }] of models.entries()) {
      const response = await fetch(`${origin}/v1/models/${name}@${version}/model.onnx`);
      expect(response.headers.get("Cache-Control")).toBe("public, max-age=31536000, immutable");
      expect(new Uint8Array(await response.arrayBuffer())).toEqual([pets, birds][i]);
    }
  });

  it("still serves the permanent addresses of an earlier version", async () => {
    const response = await fetch(`${origin}/v1/pets@${modelVersion(older)}/7.png`);
    expect(response.headers.get("Cache-Control")).toBe("public, max-age=31536000, immutable");
    const drawn = new Uint8Array(await response.arrayBuffer());
    expect(drawn).toEqual((await sample(await loadModel(older, { runtime: simd }), { seed: "7" })).png());
  });

  it("leaves the build of the shipped models alone", () => {
    const manifest = readFileSync(join(ROOT, "dist/served-models.js"), "utf8");
    expect(manifest).toContain('"name": "fashion-mnist"');
    expect(manifest).not.toContain("pets");
    expect(existsSync(join(ROOT, "dist/site/models/pets"))).toBe(false);
  });
});

it("deploys those models", () => {
  const { status, stdout, stderr } = command("deploy", "--dry-run", "--model", folder("pets", { "model.onnx": named("pets") }));
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toContain("--dry-run: exiting now.");
});
