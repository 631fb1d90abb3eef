/** Who may import whom: floors, and the rooms of each from the ground up. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");

/**
 * The rooms of each floor, "." being the files at its root: each may import those before it.
 */
const ROOMS = {
  "wasm-model": ["schema", "network", "sampling", "model", "engine", "request", "render", "runtime", "."],
  worker: ["drawing", "element", "http", "admission", "models", "images", "openapi", "langevin", "pages", "routes", ".", "node"],
  training: [
    ...["cli", "network", "backend", "learning", "quantize", "data", "measure", "course", "run", "train", "export", "verify"],
    ".", // the verbs
  ],
};

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

it.each(Object.entries(ROOMS))("no room of %s/ imports one above it", (floor, rooms) => {
  const arrows = importsBelow(floor).filter(({ from, to }) => !to.startsWith("..") && roomOf(from) !== roomOf(to));
  expect([...new Set(arrows.flatMap(({ from, to }) => [roomOf(from), roomOf(to)]))].sort()).toEqual([...rooms].sort());
  const climbing = arrows.filter(({ from, to }) => rooms.indexOf(roomOf(to)) > rooms.indexOf(roomOf(from)));
  expect(climbing.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
});

it.each([
  ["wasm-model", []],
  ["worker", ["wasm-model"]],
  ["training", ["wasm-model"]],
])("%s/ imports no other floor but %j", (floor, allowed) => {
  const outside = importsBelow(floor).filter(({ to }) => to.startsWith(".."));
  // One page trains.
  const allowedFor = (from: string): readonly string[] => (from.startsWith("pages/yours/") ? [...allowed, "training"] : allowed);
  const others = outside.filter(
    ({ from, to }) => !allowedFor(from).some((other) => to.startsWith(`../${other}/`)) && !to.startsWith("../dist/"),
  );
  expect(others.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
});
