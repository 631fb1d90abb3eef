import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { UserError } from "../../../training/cli/user-error.ts";
import { makeFolder } from "../../../training/cli/write-file.ts";
import { run } from "../../support/command-line.ts";
import { writeTinyDataset } from "../../support/tiny-dataset.ts";

const folder = mkdtempSync(join(tmpdir(), "anneal-write-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, "file.txt");
writeFileSync(file, "precious");
symlinkSync(join(folder, "nowhere"), join(folder, "dangling"));

describe("a folder", () => {
  it("is made with those above it, or is there", () => {
    const deep = join(folder, "a/b/c");
    makeFolder(deep);
    makeFolder(deep);
    makeFolder("/");
    expect(existsSync(deep)).toBe(true);
  });

  it.each(["file.txt", "file.txt/run", "file.txt/run/deep", "dangling", "dangling/run"])("cannot be made at %s", (path) => {
    expect(() => makeFolder(join(folder, path))).toThrow(UserError);
    expect(() => makeFolder(join(folder, path))).toThrow(/^Expected a folder that can be made or exists but `.*` is none: E[A-Z]+/);
  });

  it("cannot be made where nothing can", () => {
    expect(() => makeFolder("/proc/none/run")).toThrow(/^Expected .* `\/proc\/none` is none: E[A-Z]+/);
  });
});

describe("--out under an impossible path", () => {
  it.each(["file.txt/run", "file.txt/a/run"])("%s is refused", async (path) => {
    const out = join(folder, path);
    const { code, stderr } = await run("train", ["--data", writeTinyDataset(join(folder, "data")), "--out", out, "--backend", "wasm"]);
    expect(stderr).toMatch(/^Expected a new or empty folder that can be written for `out` but received .*: .*file.txt is no folder\n$/);
    expect(code).toBe(2);
  });

  it("does not hang where Node would", async () => {
    const { code, stderr } = await run("train", [
      "--data",
      writeTinyDataset(join(folder, "data")),
      "--out",
      "/proc/none/run",
      "--backend",
      "wasm",
    ]);
    expect(stderr).toMatch(/^Expected a new or empty folder that can be written for `out` but received `\/proc\/none\/run`: .*\n$/);
    expect(code).toBe(2);
  }, 60_000);
});
