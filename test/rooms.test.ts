/** Who may import whom: floors, and the rooms of training/ from the ground up (CONTRIBUTING.md). */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");

/**
 * The rooms of training/: each may import those before it. Training stands above distillation and tuning, because a run
 * ends with both.
 */
const ROOMS = [
  ...["cli", "data", "network", "backend", "learning", "record", "measure", "run", "distill", "tune", "train", "export", "verify"],
  ".", // the verbs
];

/** Files of TypeScript below a folder, and which files each imports by a relative path, all relative to the folder. */
function importsBelow(folder: string): { readonly from: string; readonly to: string }[] {
  const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" });
  const sources = files.filter((file) => /\.tsx?$/.test(file) && !/(^|\/)(node_modules|dist)\//.test(file));
  return sources.flatMap((from) => {
    const text = readFileSync(join(ROOT, folder, from), "utf8");
    const specifiers = [...text.matchAll(/(?:\bfrom|\bimport|\bimport\()\s*"(\.[^"]*)"/g)].map(([, specifier]) => specifier);
    return specifiers.map((specifier) => ({ from, to: relative(folder, join(folder, dirname(from), specifier)) }));
  });
}

const roomOf = (file: string): string => (dirname(file) === "." ? "." : file.split("/")[0]);

it("no room of training/ imports one above it", () => {
  const arrows = importsBelow("training").filter(({ to }) => !to.startsWith(".."));
  expect(arrows.length).toBeGreaterThan(300);
  expect([...new Set(arrows.flatMap(({ from, to }) => [roomOf(from), roomOf(to)]))].sort()).toEqual([...ROOMS].sort());
  const climbing = arrows.filter(({ from, to }) => ROOMS.indexOf(roomOf(to)) > ROOMS.indexOf(roomOf(from)));
  expect(climbing.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
});

it.each([
  ["wasm-model", []],
  ["worker", ["wasm-model"]],
  ["training", ["wasm-model"]],
])("%s/ imports no other floor but %j", (floor, allowed) => {
  const outside = importsBelow(floor).filter(({ to }) => to.startsWith(".."));
  const others = outside.filter(({ to }) => !allowed.some((other) => to.startsWith(`../${other}/`)) && !to.startsWith("../dist/"));
  expect(others.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
});
