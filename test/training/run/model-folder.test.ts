/** A model's folder is written whole, by one process at a time, and nothing of others is touched. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { basename, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { expectModelFolder, writeModelFolder } from "../../../training/run/model-folder.ts";
import { temporaryFolder, writeFolder } from "../../support/files.ts";
import { randomModelFile, TINY } from "../../support/random-model.ts";

const folder = temporaryFolder("model-folder");
const MODULE = resolve(import.meta.dirname, "../../../training/run/model-folder.ts");
const model = randomModelFile(TINY, 9, "int8");

/** Takes the lock in a process of its own, which prints what stands in the way, or the locks that there are then. */
const take = (place: string, after = "", before = ""): string => {
  const code = `${before} const { lockRun } = await import(${JSON.stringify(MODULE)});
    try { lockRun(${JSON.stringify(place)}); console.log(process.pid, ...(await import("node:fs")).readdirSync(${JSON.stringify(join(place, "run"))})); ${after} }
    catch (error) { console.log(error.message); }`;
  return spawnSync(process.execPath, ["--input-type=module", "-e", code], { encoding: "utf8" }).stdout.trim();
};

describe("the lock of a run", () => {
  const place = join(folder, "locked");
  const lockOf = (pid: number, host = hostname()): string => join(place, `run/lock.${host}.${pid}`);
  const taken = new RegExp(`^(\\d+) lock\\.${hostname()}\\.\\1$`);

  it.each([
    ["at its end", ""],
    ["at an error", "setTimeout(() => { throw new Error(); })"],
  ])("is removed with its process %s, and so is a folder in which nothing was written", (_, after) => {
    expect(take(place, after)).toMatch(taken);
    expect(existsSync(place)).toBe(false);
  });

  it("of a killed process is taken over, and half-written files go", () => {
    expect(take(place, "process.kill(process.pid, 'SIGKILL')")).toMatch(taken);
    writeFileSync(join(place, "run/checkpoint.safetensors.77.tmp"), "half");
    expect(() => expectModelFolder(place)).not.toThrow();
    expect(take(place, "process.kill(process.pid, 'SIGKILL')")).not.toBe("");
    expect(readdirSync(join(place, "run"))).toEqual([expect.stringMatching(/^lock\./)]);
    expect(take(place)).not.toBe("");
    expect(readdirSync(place)).toEqual([]);
  });

  it.each([
    ["a living process", process.pid, hostname()],
    ["a process on another machine, which may share the folder", 1e9, "elsewhere"],
  ])("of %s is left alone, and so is what it is writing", (_, pid, host) => {
    const lock = lockOf(pid, host);
    mkdirSync(lock, { recursive: true });
    writeFileSync(join(place, "run/checkpoint.safetensors.77.tmp"), "half");
    expect(take(place)).toBe(
      `The run in \`${place}\` is being trained by process ${pid} on ${host}: stop it first, or remove \`${lock}\` if it no longer runs`,
    );
    expect(readdirSync(join(place, "run"))).toEqual(["checkpoint.safetensors.77.tmp", basename(lock)]);
    rmSync(place, { recursive: true });
  });

  it("of two that refuse each other leaves nothing behind: the last to end removes the folder", () => {
    const lock = lockOf(1e9, "elsewhere");
    mkdirSync(lock, { recursive: true });
    const isGoneFirst = `process.once("exit", () => process.getBuiltinModule("node:fs").rmdirSync(${JSON.stringify(lock)}));`;
    expect(take(place, "", isGoneFirst)).toMatch(/is being trained by process 1000000000 on elsewhere/);
    expect(readdirSync(place)).toEqual([]);
  });
});

describe("a folder for a model", () => {
  it.each([
    ["other files", { "notes.txt": "mine", "model.onnx": "mine" }, "which holds other files", false],
    ["a model", { "model.onnx": model, "notes.txt": "mine" }, "which holds a model: --force replaces it", true],
    ["a run", { "run/config.json": "{}" }, "which holds a run: --resume .* continues it, and --force replaces it", true],
  ] as const)("is refused with %s, and taken by force only where a run or an export wrote", (name, files, why, isForced) => {
    const place = writeFolder(join(folder, name), files);
    expect(() => expectModelFolder(place)).toThrow(new RegExp(`^Expected a new or empty folder for \`out\` but received ".*", ${why}$`));
    if (isForced) expect(() => expectModelFolder(place, true)).not.toThrow();
    else expect(() => expectModelFolder(place, true)).toThrow(why);
  });

  it("that is a file, or cannot be read, is refused", () => {
    const file = join(writeFolder(join(folder, "of-file"), { file: "x" }), "file");
    expect(() => expectModelFolder(file)).toThrow(/^`out` cannot be written: .*file is not a folder$/);
  });
});

describe("the files of a model", () => {
  const files = new Map([
    ["model.onnx", "new"],
    ["README.md", "its page"],
  ]);

  it("replace those of another one, whose page stays beside, and nothing else", () => {
    const place = writeFolder(join(folder, "replaced"), {
      "model.onnx": model,
      "README.md": "old",
      "notes.txt": "mine",
    });
    writeModelFolder(place, files);
    expect(readdirSync(place).sort()).toEqual(["README.earlier.md", "README.md", "model.onnx", "notes.txt"]);
    expect(["README.md", "README.earlier.md"].map((name) => readFileSync(join(place, name), "utf8"))).toEqual(["its page", "old"]);
  });

  it("keep every page that somebody edited, and none that is as its run wrote it", () => {
    const place = writeFolder(join(folder, "edited"), { "README.md": "one", "run/README.md": "its page" });
    for (const edited of ["two", "three", undefined]) {
      writeModelFolder(place, files);
      if (edited) writeFileSync(join(place, "README.md"), edited);
    }
    writeModelFolder(place, files);
    const pages = readdirSync(place).filter((name) => name.startsWith("README"));
    expect(pages.map((name) => readFileSync(join(place, name), "utf8")).sort()).toEqual(["its page", "one", "three", "two"]);
  });

  it("are never those of two models: where they cannot all be written there is no model.onnx, or the old one with its page", () => {
    const place = writeFolder(join(folder, "half"), { "model.onnx": model, "README.md": "old" });
    mkdirSync(join(place, "samples.png")); // stands in the way of a file of this name
    expect(() => writeModelFolder(place, new Map([...files, ["samples.png", "x"]]))).toThrow(/cannot be filled/);
    expect(existsSync(join(place, "model.onnx"))).toBe(false);
    const full = writeFolder(join(folder, "full"), { "model.onnx": model, "README.md": "old" });
    expect(() => writeModelFolder(full, new Map([...files, ["x".repeat(300), "x"]]))).toThrow();
    expect([readFileSync(join(full, "model.onnx")).equals(model), readdirSync(full)]).toEqual([true, ["README.md", "model.onnx"]]);
  });

  it("remove what a killed process left: a folder without its model.onnx is taken by force, and one without any file as an empty one", () => {
    const place = writeFolder(join(folder, "killed"), { ".anneal/model.onnx": "half" });
    expect(() => expectModelFolder(place)).not.toThrow();
    writeFileSync(join(place, "README.md"), "its page");
    expect(() => expectModelFolder(place)).toThrow("which holds a model: --force replaces it");
    expect(() => expectModelFolder(place, true)).not.toThrow();
    writeModelFolder(place, files);
    expect(readdirSync(place).sort()).toEqual(["README.earlier.md", "README.md", "model.onnx"]);
  });
});
