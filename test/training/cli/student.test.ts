/** The commands that draw, with a student and the teacher beside it. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { modelVersion, parseRecipe, recipeIn } from "../../../wasm-model/index.ts";
import { encodePng } from "../../../wasm-model/render/image/png.ts";
import { run } from "../../support/command-line.ts";
import { randomPair, TINY } from "../../support/random-model.ts";

const folder = mkdtempSync(join(tmpdir(), "anneal-student-"));
const at = (name: string): string => join(folder, name);
const { student, teacher } = randomPair(TINY, "pair");

beforeAll(() => {
  writeFileSync(at("model.onnx"), student);
  writeFileSync(at("teacher.onnx"), teacher);
  writeFileSync(at("alone.onnx"), student);
  writeFileSync(at("image.png"), encodePng({ pixels: new Uint8Array(64).fill(200), width: 8, height: 8, channels: 1 }));
});
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  ["sample", folder, [], "4 evaluations of the student"],
  ["sample", at("model.onnx"), ["--steps", "3"], "3 evaluations of the teacher"],
  ["inpaint", folder, ["--image", at("image.png"), "--mask", at("image.png")], "3 evaluations of the teacher"],
])("npm run %s -- %s %j: %s", async (command, path, flags, said) => {
  const { code, stdout, stderr } = await run(command, [path, ...flags, "--seed", "7", "--out", at("out.png")]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain(said);
  if (command === "sample") {
    const recipe = parseRecipe(recipeIn(readFileSync(at("out.png"))) ?? "");
    expect(recipe).toMatchObject({ model: "pair", version: modelVersion(student, teacher) });
  }
});

it.each<[string, (path: string) => unknown, string]>([
  ["a pipe", (path) => execFileSync("mkfifo", [path]), "it is not a regular file"],
  ["a device", (path) => symlinkSync("/dev/zero", path), "it is not a regular file"],
  ["a folder", (path) => mkdirSync(path), "it is a folder"],
])("%s in place of a model is refused in one line", async (name, make, reason) => {
  const path = at(name);
  mkdirSync(path);
  make(join(path, "model.onnx"));
  const { code, stderr } = await run("sample", [path, "--out", at("out.png")]);
  expect({ code, stderr }).toEqual({ code: 2, stderr: `Expected a model's file for \`model.onnx\` but received "${path}": ${reason}\n` });
});

it("a student's file with another name draws alone", async () => {
  const { code, stderr } = await run("sample", [at("alone.onnx"), "--steps", "3", "--out", at("out.png")]);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: "Expected one of 2, 4, the step counts that this model knows, for `steps` but received 3\n",
  });
});
