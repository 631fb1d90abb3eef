/** `anneal new` and `anneal dev`: whatever belongs to a model goes along, its teacher and its earlier versions. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { afterAll, describe, expect, it, vi } from "vitest";
import { modelVersion } from "../../wasm-model/index.ts";
import { finished, killGroup, start } from "../support/command-line.ts";
import { writeFolder } from "../support/files.ts";
import { randomModelFile, randomPair, SMALL, TINY } from "../support/random-model.ts";

const base = mkdtempSync(join(tmpdir(), "anneal-projects-"));
afterAll(() => rmSync(base, { recursive: true }));
const projects = mkdtempSync(join(base, "projects-"));

/** A folder of files, by their paths. */
const folder = (name: string, files: Parameters<typeof writeFolder>[1]): string => writeFolder(join(base, name), files);

const pair = randomPair(TINY, "pair");
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

describe("a student with its teacher", () => {
  const path = folder("student", { "model.onnx": pair.student, "teacher.onnx": pair.teacher });

  it.each([
    ["its folder", path],
    ["its file", join(path, "model.onnx")],
  ])("is copied into a new project, by %s", async (_, model) => {
    const name = model === path ? "by-folder" : "by-file";
    expect(await create(name, "--model", model)).toMatchObject({ code: 0, stderr: "" });
    for (const [file, bytes] of Object.entries({ "model.onnx": pair.student, "teacher.onnx": pair.teacher })) {
      expect(new Uint8Array(readFileSync(join(projects, name, "models/pair", file)))).toEqual(bytes);
      expect(read(name, "src/index.ts")).toContain(` from "../models/pair/${file}";`);
      expect(read(name, "workerd.capnp")).toContain(`(name = "models/pair/${file}", data = embed "models/pair/${file}"),`);
    }
    expect(read(name, "src/index.ts")).toContain("models: [{ student: model, teacher }]");
  });

  it("leaves nothing in the project of a model of one file", async () => {
    await create("single", "--model", folder("single", { "model.onnx": randomModelFile(TINY, 1, "int8") }));
    expect(read("single", "src/index.ts")).toContain("models: [model]");
    for (const file of ["src/index.ts", "workerd.capnp"]) expect(read("single", file)).not.toContain("teacher");
  });

  it("is refused if the two do not belong together", async () => {
    const strangers = folder("strangers", { "model.onnx": pair.student, "teacher.onnx": randomPair(SMALL, "pair").teacher });
    const { code, stderr } = await create("none", "--model", strangers);
    expect(stderr).toMatch(
      /^Expected a folder with a model that our engine runs for `model` but received ".*": Expected a teacher that draws what its student draws, .*\n$/,
    );
    expect([code, existsSync(join(projects, "none"))]).toEqual([2, false]);
  });

  it("is served by anneal dev", async () => {
    await served([join(path, "model.onnx")], async (ask) => {
      const drawnBy = async (query: string) => (await ask(`/sample?seed=7${query}`)).headers.get("X-Drawn-By");
      expect([await drawnBy(""), await drawnBy("&guidance=2")]).toEqual(["student", "teacher"]);
    });
  });
});

describe("a model with earlier versions", () => {
  const before = randomPair(TINY, "pair", "int8", 3);
  const path = folder("versions", {
    "model.onnx": pair.student,
    "teacher.onnx": pair.teacher,
    "versions/b/model.onnx": before.student,
    "versions/b/teacher.onnx": before.teacher,
    "versions/b/versions/a/model.onnx": pair.teacher,
  });
  const earlier = [modelVersion(before.student, before.teacher), modelVersion(pair.teacher)];

  it.each([
    ["its folder", path],
    ["its file", join(path, "model.onnx")],
  ])("keeps its permanent addresses under anneal dev, by %s", async (_, model) => {
    const addresses = earlier.map((version) => `/v1/pair@${version}/7.png`);
    await served([model], async (ask) => {
      for (const address of addresses) expect([address, (await ask(address)).status]).toEqual([address, 200]);
      expect((await ask("/v1/pair@00000000/7.png")).status).toBe(410);
    });
  });

  it("copies them into a new project, where the Worker serves them", async () => {
    expect(await create("versioned", "--model", path)).toMatchObject({ code: 0, stderr: "" });
    const [b, a] = earlier;
    const source = read("versioned", "src/index.ts");
    expect(source).toContain(`earlier: [{ student: model_${b}, teacher: teacher_${b} }, model_${a}]`);
    for (const [file, bytes] of [
      [`versions/${b}/model.onnx`, before.student],
      [`versions/${b}/teacher.onnx`, before.teacher],
      [`versions/${a}/model.onnx`, pair.teacher],
    ] as const) {
      expect(new Uint8Array(readFileSync(join(projects, "versioned/models/pair", file)))).toEqual(bytes);
      expect(source).toContain(` from "../models/pair/${file}";`);
      expect(read("versioned", "workerd.capnp")).toContain(`(name = "models/pair/${file}", data = embed "models/pair/${file}"),`);
    }
    await served([join(projects, "versioned/models/pair")], async (ask) => {
      for (const version of earlier) expect((await ask(`/v1/pair@${version}/7.png`)).status).toBe(200);
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
  it("that was killed before it was complete may be repeated, and then leaves no sign of it", async () => {
    // Kills the process that writes the project, where it begins with the folder of the model.
    const killer = join(base, "killer.mjs");
    writeFileSync(
      killer,
      `import fs from "node:fs"; import { syncBuiltinESMExports } from "node:module"; const { mkdirSync } = fs;
       fs.mkdirSync = (path, ...rest) => String(path).includes("/killed/models/") ? process.kill(process.pid, "SIGKILL") : mkdirSync(path, ...rest);
       syncBuiltinESMExports();`,
    );
    const killed = await finished(start("new", [join(projects, "killed")], { NODE_OPTIONS: `--import=${killer}` }));
    expect(killed.code).toBe(137);
    expect(existsSync(join(projects, "killed", "package.json"))).toBe(true);
    expect(await create("killed")).toMatchObject({ code: 0, stderr: "" });
    expect(await create("never-killed")).toMatchObject({ code: 0 });
    const files = (name: string) => readdirSync(join(projects, name), { recursive: true, encoding: "utf8" }).sort();
    expect(files("killed")).toEqual(files("never-killed"));
    expect((await create("killed")).stderr).toMatch(
      /^Expected a new or empty folder for `folder` but received ".*", which is not empty\n$/,
    );
  });

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

  it("writes a Worker that only this machine reaches on workerd", async () => {
    await create("local");
    expect(read("local", "workerd.capnp")).toContain('sockets = [(name = "http", address = "127.0.0.1:8080"');
    expect(readdirSync(join(projects, "local"))).toContain(".gitignore");
  });
});
