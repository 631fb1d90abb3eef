/** A student that is loaded by its URL, from a server: its teacher is the file beside it. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { loadModel, modelVersion, sample, simd } from "../../../wasm-model/anneal.ts";
import { randomPair, TINY } from "../../support/random-model.ts";

const { student, teacher } = randomPair(TINY, "pair");
const other = randomPair(TINY, "other");

/** By path: a file, with the address that its folder has. */
const FILES: Readonly<Record<string, readonly [file: Uint8Array, location?: string]>> = {
  "/models/pair/model.onnx": [student],
  "/models/pair/teacher.onnx": [teacher],
  "/models/alone/model.onnx": [student],
  "/model.onnx": [student, "/models/pair/model.onnx"],
  "/teacher.onnx": [other.student],
  "/single/model.onnx": [teacher],
  "/single/teacher.onnx": [other.student],
};

let asked: string[] = [];
const server = createServer(({ url = "" }, response) => {
  asked.push(url);
  const path = url.split("?")[0];
  const [file, location] = FILES[path] ?? [];
  if (path === "/moved/model.onnx") response.writeHead(308, { Location: "/models/pair/model.onnx" }).end();
  else response.writeHead(file ? 200 : 404, location ? { "Content-Location": location } : {}).end(file);
});
let origin: string;

beforeAll(async () => {
  await once(server.listen(0, "127.0.0.1"), "listening");
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

beforeEach(() => {
  asked = [];
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

it.each([
  ["beside its URL", "/models/pair/model.onnx"],
  ["and not where a query points", "/models/pair/model.onnx?from=/models/alone/"],
  ["beside the address that the server gives it", "/model.onnx"],
  ["beside the address that it was sent on to", "/moved/model.onnx"],
])("finds its teacher %s", async (_where, path) => {
  const pair = await loadModel(student, { runtime: simd, teacher });
  const model = await loadModel(new URL(path, origin), { runtime: simd });
  expect(asked.at(-1)).toBe("/models/pair/teacher.onnx");
  expect(model.version).toBe(modelVersion(student, teacher));
  for (const options of [{}, { steps: 3 }, { sampler: "heun" }, { guidance: 2 }, { temperature: 0.5 }, { to: "8" }]) {
    expect((await sample(model, { seed: "7", ...options })).png()).toEqual((await sample(pair, { seed: "7", ...options })).png());
  }
});

it("says which file is missing", async () => {
  const missing = `${origin}/models/alone/teacher.onnx`;
  await expect(loadModel(`${origin}/models/alone/model.onnx`, { runtime: simd })).rejects.toThrow(
    `Expected a student's teacher, or \`teacher: false\`, at ${missing} but received HTTP status 404`,
  );
});

it("has no teacher if the caller says so, or if no file can be beside it", async () => {
  const inline = `data:application/octet-stream;base64,${Buffer.from(student).toString("base64")}`;
  for (const [source, options] of [
    [`${origin}/models/pair/model.onnx`, { teacher: false }],
    [inline, {}],
    [student, {}],
  ] as const) {
    const model = await loadModel(source, { runtime: simd, ...options });
    expect(model.version).toBeUndefined();
    expect((await sample(model, { seed: "7" })).recipe).toBeUndefined();
    await expect(sample(model, { seed: "7", steps: 3 })).rejects.toThrow("the step counts that this model knows");
  }
  expect(asked).toEqual(["/models/pair/model.onnx"]);
});

it("takes the teacher that the caller names", async () => {
  const model = await loadModel(`${origin}/models/alone/model.onnx`, {
    runtime: simd,
    teacher: `${origin}/models/pair/teacher.onnx`,
  });
  expect(model.version).toBe(modelVersion(student, teacher));
});

it("looks for no teacher beside a model of one file", async () => {
  const model = await loadModel(`${origin}/single/model.onnx`, { runtime: simd });
  expect(model.version).toBe(modelVersion(teacher));
  expect(asked).toEqual(["/single/model.onnx"]);
});
