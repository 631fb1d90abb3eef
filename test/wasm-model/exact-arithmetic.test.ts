/**
 * Guards the promise that a seed gives the same bytes on every machine. ECMAScript fixes every bit of the four
 * operations, Math.sqrt and the like, but leaves those of `**`, Math.exp, Math.hypot and others to the engine.
 */
import { globSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const ROOT = new URL("../../wasm-model/", import.meta.url).pathname;

const EXACT = "abs|ceil|clz32|floor|fround|imul|max|min|round|sign|sqrt|trunc|[A-Z][A-Z0-9_]*";
const APPROXIMATE = new RegExp(String.raw`\*\*|\bMathf?\b(?!\.(?:${EXACT})\b)[.\w]*`, "g");

function approximate(source: string): string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
  return [...code.matchAll(APPROXIMATE)].map(([found]) => found);
}

it.each(globSync("**/*.ts", { cwd: ROOT }))("wasm-model computes %s with exact operations only", (file) => {
  expect(approximate(readFileSync(ROOT + file, "utf8"))).toEqual([]);
});

it("finds what is not exact, and nothing in comments", () => {
  const sources = ["x **= 2", "sqrt(Math.pow(x, 2))", "values.map(Math.log)", "const { exp } = Math;", "Math['cos'](x)", "Mathf.sin(x)"];
  expect(sources.map((source) => approximate(source)[0])).toEqual(["**", "Math.pow", "Math.log", "Math", "Math", "Mathf.sin"]);
  expect(approximate("2 * Math.PI * Math.floor(x) * Math.LOG2E /** sqrt(a ** 2) */ // Math.exp")).toEqual([]);
});
