import { execFileSync, spawn } from "node:child_process";
import { existsSync, lstatSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { expectNewFolder, makeFolder, writeFileAtomically } from "../../../training/cli/files.ts";
import { UserError } from "../../../training/cli/user-error.ts";
import { finished, refused, run } from "../../support/command-line.ts";
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

  it.each(["file.txt", "file.txt/run", "file.txt/run/deep", "dangling", "dangling/run"])("cannot be made at %s", (path) => {
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
    symlinkSync("new-target", at("link-to-nothing"));
    for (const [link, target] of [
      ["link-to-link", "target"],
      ["link-to-nothing", "new-target"],
    ]) {
      writeFileAtomically(at(link), "new");
      expect([lstatSync(at(link)).isSymbolicLink(), readFileSync(at(target), "utf8")]).toEqual([true, "new"]);
    }
    expect(tmp()).toEqual([]);
  });

  it("is written to directly if it is a pipe or a device, and never replaces that", async () => {
    execFileSync("mkfifo", [at("pipe")]);
    const reader = spawn("cat", [at("pipe")]);
    const read = finished(reader);
    writeFileAtomically(at("pipe"), "content");
    expect((await read).stdout).toBe("content");
    expect(lstatSync(at("pipe")).isFIFO()).toBe(true);
    symlinkSync("/dev/full", at("full")); // no way to test a device that must not be lost but one that refuses what is written
    expect(() => writeFileAtomically(at("full"), "content")).toThrow(/^`.*full` cannot be written: ENOSPC/);
    expect([lstatSync(at("full")).isSymbolicLink(), lstatSync("/dev/full").isCharacterDevice()]).toEqual([true, true]);
  });

  it.each(["file.txt/b.png", "x".repeat(300), "a", "loop", "none/b.png"])("cannot be written at %s", (path) => {
    rmSync(at("loop"), { force: true });
    symlinkSync("loop", at("loop"));
    expect(() => writeFileAtomically(at(path), "content")).toThrow(UserError);
    expect(() => writeFileAtomically(at(path), "content")).toThrow(/^`.*` cannot be written: E[A-Z]+/);
    expect(tmp()).toEqual([]);
  });
});

// The kernel's log: a read waits for its next line, for ever.
const [kmsg, why] = ["/proc/kmsg", "it is empty"];

it.each([
  ["sample", [kmsg], `Expected a model's file for \`model.onnx\` but received "${kmsg}": ${why}\n`],
  ["dev", [kmsg, "--port", "0"], `Expected a model's file for \`model\` but received "${kmsg}", which is empty\n`],
])("what claims to be a regular file and has no end is refused before it is opened by %s", async (verb, args, message) => {
  expect(await refused(run(verb, [...args, ...(verb === "sample" ? ["--out", join(folder, "x.png")] : [])]))).toBe(message);
});

it("the image of --out is a PNG file by its name", async () => {
  const out = join(folder, "x.png.gif");
  const { code, stdout, stderr } = await run("sample", ["--out", out]);
  expect(stderr).toBe(`Expected a file whose name ends in .png, or a folder that ends in a slash, for \`out\` but received "${out}"\n`);
  expect([code, stdout, existsSync(out)]).toEqual([2, "", false]);
});
