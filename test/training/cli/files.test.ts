import { existsSync, lstatSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { expectNewFolder, makeFolder, writeFileAtomically } from "../../../training/cli/files.ts";
import { UserError } from "../../../training/cli/user-error.ts";
import { temporaryFolder } from "../../support/files.ts";

const folder = temporaryFolder("write");
const file = join(folder, "file.txt");
writeFileSync(file, "precious");
symlinkSync(join(folder, "nowhere"), join(folder, "dangling"));

describe("a folder", () => {
  it("is made with its parents, or already exists", () => {
    const deep = join(folder, "a/b/c");
    makeFolder(deep);
    makeFolder(deep);
    makeFolder("/");
    expect(existsSync(deep)).toBe(true);
  });

  it.each(["file.txt", "file.txt/run", "file.txt/run/deep", "dangling/run"])("cannot be made at %s", (path) => {
    expect(() => makeFolder(join(folder, path))).toThrow(UserError);
    expect(() => makeFolder(join(folder, path))).toThrow(/^The folder `.*` cannot be made: E[A-Z]+/);
  });
});

it.each([
  ["file.txt", "ENOTDIR: .*"],
  ["file.txt/run", ".*file.txt is not a folder"],
  ["file.txt/a/run", ".*file.txt is not a folder"],
  ["/dev/null/run", "/dev/null is not a folder"],
  [".", "it holds other files"],
])("a new folder cannot be %s", (path, reason) => {
  const made = () => expectNewFolder(resolve(folder, path));
  expect(made).toThrow(UserError);
  expect(made).toThrow(new RegExp(`^\`.*\` cannot become a new folder: ${reason}$`));
  expect(readFileSync(file, "utf8")).toBe("precious");
});

describe("a file", () => {
  const at = (name: string) => join(folder, name);
  const tmp = () => readdirSync(folder).filter((name) => name.endsWith(".tmp"));

  it("is written through the links that lead to it, which stay", () => {
    writeFileSync(at("target"), "old");
    symlinkSync("target", at("link"));
    symlinkSync("link", at("link-to-link"));
    writeFileAtomically(at("link-to-link"), "new");
    expect([lstatSync(at("link-to-link")).isSymbolicLink(), readFileSync(at("target"), "utf8")]).toEqual([true, "new"]);
    expect(tmp()).toEqual([]);
  });

  it("never replaces a device", () => {
    expect(() => writeFileAtomically("/dev/null", "content")).toThrow("`/dev/null` cannot be written: it is not a regular file");
    expect(lstatSync("/dev/null").isCharacterDevice()).toBe(true);
  });

  it.each(["file.txt/b.png", "x".repeat(300), "none/b.png"])("cannot be written at %s", (path) => {
    expect(() => writeFileAtomically(at(path), "content")).toThrow(UserError);
    expect(() => writeFileAtomically(at(path), "content")).toThrow(/^`.*` cannot be written: E[A-Z]+/);
    expect(tmp()).toEqual([]);
  });
});
