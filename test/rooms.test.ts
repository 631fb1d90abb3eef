/** Who may import whom: floors, and the rooms of each from the ground up. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");

/**
 * The rooms of each floor, "." being the files at its root: each may import those before it.
 */
const ROOMS = {
  "wasm-model": ["schema", "network", "sampling", "model", "engine", "request", "render", "."],
  worker: ["drawing", "element", "service", "langevin", "pages", ".", "node"],
  training: [
    ...["cli", "network", "backend", "quantize", "data", "measure", "learning", "finishing", "run"],
    ".", // the verbs
  ],
};

/** Files of TypeScript below a folder, relative to it. */
function sourcesOf(folder: string): string[] {
  const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" });
  return files.filter((file) => /\.tsx?$/.test(file) && !/(^|\/)(node_modules|dist)\//.test(file));
}

/** Which files each imports by a relative path, all relative to the folder. */
function importsBelow(folder: string): { readonly from: string; readonly to: string }[] {
  return sourcesOf(folder).flatMap((from) => {
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

it("no page imports another one's files: what several use stands in pages/shared/", () => {
  const pageOf = (file: string): string | undefined => /^pages\/([^/]+)\//.exec(file)?.[1];
  const between = importsBelow("worker").filter(({ from, to }) => pageOf(to) && pageOf(to) !== "shared" && pageOf(from) !== pageOf(to));
  expect(between.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
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

/** What is left once files that import no other, or that no other imports, are taken out again and again. */
it.each(Object.keys(ROOMS))("no files of %s/ import each other in a circle", (floor) => {
  let arrows = importsBelow(floor).filter(({ to }) => !to.startsWith(".."));
  for (let before = 0; before !== arrows.length; ) {
    before = arrows.length;
    const [importing, imported] = [new Set(arrows.map(({ from }) => from)), new Set(arrows.map(({ to }) => to))];
    arrows = arrows.filter(({ from, to }) => imported.has(from) && importing.has(to));
  }
  expect(arrows.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
});

/** Top-level interfaces, types and classes with one name in several files. Each should mean one thing. */
const SHARED_NAMES = 8;

it(`at most ${SHARED_NAMES} names of types stand in several files`, () => {
  const files = Object.keys(ROOMS).flatMap((floor) => sourcesOf(floor).map((file) => `${floor}/${file}`));
  const declared = new Map<string, string[]>();
  for (const file of files.filter((name) => !name.endsWith(".d.ts") && !name.includes("/template/"))) {
    const text = readFileSync(join(ROOT, file), "utf8");
    for (const [, name] of text.matchAll(/^(?:export )?(?:abstract )?(?:interface|type|class) (\w+)/gm))
      declared.set(name, [...new Set([...(declared.get(name) ?? []), file])]);
  }
  const shared = [...declared].filter(([, places]) => places.length > 1).map(([name, places]) => `${name}: ${places.join(", ")}`);
  expect(shared.length, shared.sort().join("\n")).toBeLessThanOrEqual(SHARED_NAMES);
});
