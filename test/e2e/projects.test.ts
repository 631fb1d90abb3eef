/** `anneal new` and `anneal dev`: a model goes along with its earlier versions. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { afterAll, describe, expect, it, vi } from "vitest";
import { modelVersion } from "../../wasm-model/index.ts";
import { finished, killGroup, start } from "../support/command-line.ts";
import { writeFolder } from "../support/files.ts";
import { randomModelFile, TINY } from "../support/random-model.ts";

const base = mkdtempSync(join(tmpdir(), "anneal-projects-"));
afterAll(() => rmSync(base, { recursive: true }));
type Bytes = Uint8Array<ArrayBuffer>;

const projects = mkdtempSync(join(base, "projects-"));

/** A folder of files, by their paths. */
const folder = (name: string, files: Parameters<typeof writeFolder>[1]): string => writeFolder(join(base, name), files);

const [now, before, long] = [1, 2, 3].map((seed) => randomModelFile(TINY, seed, "int8")) as [Bytes, Bytes, Bytes];
const create = (name: string, ...args: string[]) => finished(start("new", [join(projects, name), ...args]));
const read = (...parts: string[]) => readFileSync(join(projects, ...parts), "utf8");

/** Asks a server of these models while it runs, and stops it as Ctrl-C does. */
async function served(models: readonly string[], use: (ask: (path: string) => Promise<Response>) => Promise<void>): Promise<void> {
  const server = start("dev", [...models, "--port", "0"]);
  const [printed] = (await once(server.stdout as Readable, "data")) as [Buffer];
  const [origin] = /http:\S+(?=\/)/.exec(String(printed)) ?? [];
  try {
    await use((path) => fetch(origin + path));
  } finally {
    server.kill("SIGINT");
  }
  expect((await finished(server)).code).toBe(130);
}

it("a model is copied into a new project", async () => {
  expect(await create("single", "--model", folder("single", { "model.onnx": now }))).toMatchObject({ code: 0, stderr: "" });
  expect(new Uint8Array(readFileSync(join(projects, "single/models/random/model.onnx")))).toEqual(now);
  expect(read("single", "src/index.ts")).toContain(' from "../models/random/model.onnx";');
  expect(read("single", "src/index.ts")).toContain("models: [model]");
});

describe("a model with earlier versions", () => {
  const path = folder("versions", { "model.onnx": now, "versions/b/model.onnx": before, "versions/b/versions/a/model.onnx": long });
  const earlier = [before, long].map((file) => modelVersion(file));

  it.each([
    ["its folder", path],
    ["its file", join(path, "model.onnx")],
  ])("keeps its permanent addresses under anneal dev, by %s", async (_, model) => {
    const addresses = earlier.map((version) => `/v1/random@${version}/7.png`);
    await served([model], async (ask) => {
      for (const address of addresses) expect([address, (await ask(address)).status]).toEqual([address, 200]);
      expect((await ask("/v1/random@00000000/7.png")).status).toBe(410);
    });
  });

  it("copies them into a new project, where the Worker serves them", async () => {
    expect(await create("versioned", "--model", path)).toMatchObject({ code: 0, stderr: "" });
    const [b, a] = earlier;
    const source = read("versioned", "src/index.ts");
    expect(source).toContain(`models: [{ current: model, earlier: [model_${b}, model_${a}] }]`);
    for (const [file, bytes] of [
      [`versions/${b}/model.onnx`, before],
      [`versions/${a}/model.onnx`, long],
    ] as const) {
      expect(new Uint8Array(readFileSync(join(projects, "versioned/models/random", file)))).toEqual(bytes);
      expect(source).toContain(` from "../models/random/${file}";`);
      expect(read("versioned", "workerd.capnp")).toContain(`(name = "models/random/${file}", data = embed "models/random/${file}"),`);
    }
    await served([join(projects, "versioned/models/random")], async (ask) => {
      for (const version of earlier) expect((await ask(`/v1/random@${version}/7.png`)).status).toBe(200);
    });
  });
});

describe("npx anneal dev", () => {
  it("ends with npx, which signals only a shell", async () => {
    const npx = spawn("npx", ["--no", "--", "anneal", "dev", "--port", "0"], { detached: true, stdio: ["ignore", "pipe", "inherit"] });
    try {
      const [printed] = (await once(npx.stdout, "data")) as [Buffer];
      const [origin] = /http:\S+/.exec(String(printed)) ?? [];
      expect((await fetch(`${origin}v1/models`)).status).toBe(200);
      npx.kill("SIGTERM");
      await vi.waitFor(() => expect(fetch(`${origin}v1/models`)).rejects.toThrow(), { timeout: 20_000 });
    } finally {
      killGroup(npx);
    }
  });
});

describe("anneal new", () => {
  it.each([
    ["a link that leads nowhere", () => symlinkSync("nowhere", join(projects, "dangling")), "dangling"],
    ["a file", () => writeFileSync(join(projects, "file"), ""), "file"],
    ["a folder below a file", () => writeFileSync(join(projects, "above"), ""), "above/project"],
  ])("refuses %s in one line", async (_, prepare, name) => {
    prepare();
    const { code, stderr } = await create(name);
    expect(stderr).toMatch(/^Expected a .*folder.* for `folder` but received ".*\n$/);
    expect(code).toBe(2);
  });

  it("writes any package source as valid JSON, and refuses a path that does not exist", async () => {
    expect(await create("quoted", "--package", 'x";"y')).toMatchObject({ code: 0 });
    expect(JSON.parse(read("quoted", "package.json")).dependencies.anneal).toBe('x";"y');
    for (const source of ['file:/nope";"x', "./nope.tgz"]) {
      const { code, stderr } = await create("none", "--package", source);
      expect(stderr).toBe(`Expected an existing package source for \`package\` but received "${source}"\n`);
      expect([code, existsSync(join(projects, "none"))]).toEqual([2, false]);
    }
  });
});
