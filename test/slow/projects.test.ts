/** `anneal new`, `anneal add` and `anneal dev`. */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { simd } from "../../wasm-model/engine/simd.ts";
import { loadModel, sample } from "../../wasm-model/index.ts";
import { headIn } from "../../wasm-model/model/onnx/reader.ts";
import { writeModel } from "../../wasm-model/model/onnx/writer.ts";
import { finished, refused, start, untilPrinted } from "../support/command-line.ts";
import { temporaryFolder, writeFolder } from "../support/files.ts";
import { randomModel, randomModelFile, TINY } from "../support/random-model.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const ANNEAL = join(ROOT, "training/anneal.ts");
const base = temporaryFolder("projects");

const projects = mkdtempSync(join(base, "projects-"));

/** A folder of files, by their paths. */
const folder = (name: string, files: Parameters<typeof writeFolder>[1]): string => writeFolder(join(base, name), files);

const pets = randomModelFile(TINY, 1, "int8");
const create = (name: string, ...args: string[]) => finished(start("new", [join(projects, name), ...args]));
const read = (...parts: string[]) => readFileSync(join(projects, ...parts), "utf8");

/** Asks a server of these models while it runs, and stops it as Ctrl-C does. */
async function served(models: readonly string[], use: (ask: (path: string) => Promise<Response>) => Promise<void>): Promise<void> {
  const server = start("dev", [...models, "--port", "0"]);
  const [origin] = await untilPrinted(server, /http:\S+(?=\/)/);
  try {
    await use((path) => fetch(origin + path));
  } finally {
    server.kill("SIGINT");
  }
  expect((await finished(server)).code).toBeNull(); // ended by the signal
}

it("the clone, packed, and a model's file alone are copied into a new project", async () => {
  const trained = folder("single", { "model.onnx": pets, "README.md": "", "run/state": "" });
  expect(await create("single", "--model", trained)).toMatchObject({ code: 0, stderr: "" });
  const [tarball] = readdirSync(join(projects, "single")).filter((path) => path.endsWith(".tgz"));
  expect(JSON.parse(read("single", "package.json")).dependencies.anneal).toBe(`file:${tarball}`);
  expect(readdirSync(join(projects, "single/models"))).toEqual(["model.onnx"]);
  expect(new Uint8Array(readFileSync(join(projects, "single/models/model.onnx")))).toEqual(pets);
  expect(read("single", "src/models.ts")).toContain('import model from "../models/model.onnx";');
});

describe("anneal add", () => {
  const add = (project: string, ...args: string[]) =>
    finished(spawn(process.execPath, [ANNEAL, "add", ...args], { cwd: join(projects, project), stdio: ["ignore", "pipe", "pipe"] }));
  /** A file of a model of this name. */
  const named = (name: string, seed = 3): string => {
    const { card, weights } = randomModel(TINY, seed, "int8");
    return join(folder(`${name}-${seed}`, { "any.onnx": writeModel({ card: { ...card, name }, weights }) }), "any.onnx");
  };
  /** Each file of a project's models with the name in it, and how the project imports them. */
  const modelsOf = (project: string) => ({
    files: Object.fromEntries(
      readdirSync(join(projects, project, "models")).map((path) => [
        path,
        headIn(readFileSync(join(projects, project, "models", path))).card.name,
      ]),
    ),
    imported: [...read(project, "src/models.ts").matchAll(/^import (\w+) from "..\/models\/(.*)";$/gm)].map(([, ...found]) => found),
  });
  const list = readFileSync(join(ROOT, "worker/template/src/models.ts"), "utf8");
  /** What `anneal new` writes, as far as models go. */
  const created = (name: string) => writeFolder(join(projects, name), { "models/model.onnx": pets, "src/models.ts": list });

  it("adds models beside the default one, or as the default one", async () => {
    created("several");
    expect(await add("several", named("birds"))).toMatchObject({ code: 0, stderr: "" });
    expect(modelsOf("several")).toEqual({
      files: { "model.onnx": "random", "birds.onnx": "birds" },
      imported: [
        ["model", "model.onnx"],
        ["model2", "birds.onnx"],
      ],
    });
    expect(read("several", "src/models.ts")).toContain("\nexport default [model, model2];\n");
    expect(await add("several", named("cats"), "--default")).toMatchObject({ code: 0, stderr: "" });
    expect(modelsOf("several").files).toEqual({ "model.onnx": "cats", "birds.onnx": "birds", "random.onnx": "random" });
    // What is there already may become the default without a question.
    expect(await add("several", "models/birds.onnx", "--default")).toMatchObject({ code: 0, stderr: "" });
    expect(modelsOf("several")).toMatchObject({
      files: { "model.onnx": "birds", "cats.onnx": "cats", "random.onnx": "random" },
      imported: [["model", "model.onnx"], expect.anything(), expect.anything()],
    });
  });

  it("replaces another model of the same name only if told to, wherever its file is", async () => {
    created("replaced");
    const other = named("random", 4);
    expect(await refused(add("replaced", other))).toMatch(
      /^The project has another model named random, .*: `--replace` does that. Exported with another `--name`, it stands beside it\n$/,
    );
    expect(new Uint8Array(readFileSync(join(projects, "replaced/models/model.onnx")))).toEqual(pets);
    expect(await add("replaced", other, "--replace")).toMatchObject({ code: 0, stderr: "" });
    expect(readFileSync(join(projects, "replaced/models/model.onnx"))).toEqual(readFileSync(other));
    expect(modelsOf("replaced").files).toEqual({ "model.onnx": "random" });
    expect(read("replaced", "src/models.ts")).toBe(list);
  });

  it("changes nothing for a damaged file, a name that is taken, and outside of a project", async () => {
    created("kept");
    const before = [modelsOf("kept"), read("kept", "src/models.ts")];
    const damaged = readFileSync(named("birds"));
    damaged[damaged.length >> 1] ^= 1;
    expect(await refused(add("kept", join(folder("damaged", { "any.onnx": damaged }), "any.onnx")))).toMatch(
      /^".*any.onnx" cannot be served: Expected .*\n$/,
    );
    expect(await refused(add("kept", "nowhere.onnx"))).toMatch(/^Expected .* for `model` but received "nowhere.onnx"\n$/);
    expect(await refused(add("kept", named("model")))).toBe(
      'A model named "model" can only be the first of a project: export it with another `--name`\n',
    );
    expect([modelsOf("kept"), read("kept", "src/models.ts")]).toEqual(before);
    expect(await refused(add("kept/src", named("birds")))).toMatch(/^Expected a project of `npx anneal new` in this folder but received /);
  });
});

describe("npx anneal dev", () => {
  it("serves models by folder and by file, the first by default", async () => {
    const { card, weights } = randomModel(TINY, 2, "int8");
    const birds = writeModel({ card: { ...card, name: "birds" }, weights });
    const models = [folder("served", { "model.onnx": pets }), join(folder("birds", { "any.onnx": birds }), "any.onnx")];
    await served(models, async (ask) => {
      expect(await (await ask("/")).text()).toContain("<title>Anneal: ");
      const listed = (await (await ask("/v1/models")).json()) as { models: { name: string }[] };
      expect(listed.models.map(({ name }) => name)).toEqual(["random", "birds"]);
      for (const [query, file] of [
        ["seed=7", pets],
        ["seed=7&model=birds", birds],
      ] as const) {
        const drawn = await (await ask(`/sample?${query}`)).bytes();
        expect(drawn).toEqual((await sample(await loadModel(file, { runtime: simd }), { seed: "7" })).png());
      }
    });
  });
});

describe("anneal new", () => {
  it.each([
    ["a link that leads nowhere", () => symlinkSync("nowhere", join(projects, "dangling")), "dangling"],
    ["a file", () => writeFileSync(join(projects, "file"), ""), "file"],
    ["a folder below a file", () => writeFileSync(join(projects, "above"), ""), "above/project"],
  ])("refuses %s in one line", async (_, prepare, name) => {
    prepare();
    expect(await refused(create(name))).toMatch(/^Expected a .*folder.* for `folder` but received ".*\n$/);
  });
});
