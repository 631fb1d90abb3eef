/** Folders of models that a command line names and that cannot be served. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { writeModel } from "../../wasm-model/model/onnx/writer.ts";
import { readModels } from "../../worker/node/folders.ts";
import { temporaryFolder, writeFolder } from "../support/files.ts";
import { randomModel, randomModelFile, TINY } from "../support/random-model.ts";

const base = temporaryFolder("models");

/** A folder of files, by their paths. */
const folder = (name: string, files: Parameters<typeof writeFolder>[1]): string => writeFolder(join(base, name), files);

function named(name: string, seed = 1, spec = TINY): Uint8Array<ArrayBuffer> {
  const model = randomModel(spec, seed, "int8");
  return writeModel({ ...model, card: { ...model.card, name } });
}

const damaged = () => {
  const file = named("pets");
  file[file.length - 100] ^= 1;
  return file;
};
const pipe = () => {
  const path = folder("pipe", {});
  execFileSync("mkfifo", [join(path, "model.onnx")]);
  return path;
};
it.each<[string, () => string[], string]>([
  ["that does not exist", () => [join(base, "none")], 'Expected a folder with model.onnx for `model` but received "'],
  ["without a model", () => [folder("empty", {})], 'Expected a folder with model.onnx for `model` but received "'],
  ["with a damaged model", () => [folder("damaged", { "model.onnx": damaged() })], "damaged"],
  ["with something else", () => [folder("text", { "model.onnx": new TextEncoder().encode("hello") })], "Expected an ONNX model"],
  ["with an fp32 model", () => [folder("fp32", { "model.onnx": randomModelFile(TINY, 1, "fp32") })], "Expected an int8 model"],
  [
    "with a name that is no part of a URL",
    () => [folder("slash", { "model.onnx": named("my/pets") })],
    'for `name` of the model\'s card but received "my/pets"',
  ],
  ["with a pipe in the model's place", () => [pipe()], "Expected a regular file for `model` but received "],
  [
    "of the same name as another",
    () => [folder("a", { "model.onnx": named("pets", 1) }), folder("b", { "model.onnx": named("pets", 2) })],
    "Expected folders of models with different names for `model` but received ",
  ],
])("a folder that cannot be served is one %s", async (_, folders, message) => {
  vi.spyOn(process, "exit").mockImplementation((code) => {
    throw new Error(`exit code ${code}`);
  });
  const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
  await expect(readModels(folders())).rejects.toThrow("exit code 2");
  expect(said.mock.calls).toEqual([[expect.stringContaining(message)]]);
});
