/** A run is trained by one process at a time, and a dead one's lock is nobody's. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../support/files.ts";

const folder = temporaryFolder("lock");
const lock = join(folder, "lock");

const MODULE = resolve(import.meta.dirname, "../../../training/run/lock.ts");
/**
 * Takes the lock in a process of its own, which prints what stands in the way, or "taken" and whether the lock is
 * there.
 */
const take = (after = ""): string => {
  const code = `const { lockRun } = await import(${JSON.stringify(MODULE)});
    try { lockRun(${JSON.stringify(folder)}); console.log("taken", (await import("node:fs")).existsSync(${JSON.stringify(lock)})); ${after} }
    catch (error) { console.log(error.message); }`;
  return spawnSync(process.execPath, ["--input-type=module", "-e", code], { encoding: "utf8" }).stdout.trim();
};

describe("the lock", () => {
  it.each([
    ["at its end", ""],
    ["at an error", "setTimeout(() => { throw new Error(); })"],
  ])("is removed with its process %s", (_, after) => {
    expect(take(after)).toBe("taken true");
    expect(existsSync(lock)).toBe(false);
  });

  it("of a killed process is taken over", () => {
    expect(take("process.kill(process.pid, 'SIGKILL')")).toBe("taken true");
    expect(JSON.parse(readFileSync(lock, "utf8"))).toEqual({ pid: expect.any(Number), host: hostname() });
    writeFileSync(join(folder, "checkpoint.safetensors.77.tmp"), "half");
    expect(take()).toBe("taken true");
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ["a living process", JSON.stringify({ pid: process.pid, host: hostname() }), `process ${process.pid} on ${hostname()}`],
    [
      "a process on another machine, which may share the folder",
      JSON.stringify({ pid: 1e9, host: "elsewhere" }),
      "process 1000000000 on elsewhere",
    ],
  ])("of %s is left alone", (_, content, holder) => {
    writeFileSync(lock, content);
    expect(take()).toBe(
      `The run in \`${folder}\` is being trained by ${holder}: stop it first, or remove \`${lock}\` if it no longer runs`,
    );
    expect(readFileSync(lock, "utf8")).toBe(content);
    rmSync(lock);
  });
});
