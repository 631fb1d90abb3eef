/** A Worker whose model is a student with a teacher: which of them draws, and that the answers say it. */
import { env } from "cloudflare:workers";
import { decode } from "fast-png";
import { beforeEach, describe, expect, it } from "vitest";
import { type DrawnBy, loadModel, modelVersion, sample } from "../../wasm-model/index.ts";
import { writeModel } from "../../wasm-model/model/onnx/writer.ts";
import { encodePng } from "../../wasm-model/render/image/png.ts";
import { simd } from "../../wasm-model/runtime/simd.workerd.ts";
import { createApp } from "../../worker/app.ts";
import { entryOf } from "../../worker/models/entry.ts";
import { ReadyModels } from "../../worker/models/ready.ts";
import { randomModel, randomPair, TINY } from "../support/random-model.ts";

const { student, teacher } = randomPair(TINY, "pair");
const single = randomModel(TINY, 5, "int8");
const other = writeModel({ ...single, card: { ...single.card, name: "single" } });
const version = modelVersion(student, teacher);
const files: Record<string, Uint8Array<ArrayBuffer>> = {
  "pair/model.onnx": student,
  "pair/teacher.onnx": teacher,
  "single/model.onnx": other,
};

let reads: string[];
let app: ReturnType<typeof createApp>;

beforeEach(async () => {
  reads = [];
  const read = async ({ name }: { readonly name: string }, file: string) => {
    reads.push(file);
    return new Response(files[`${name}/${file}`]);
  };
  const models = new ReadyModels({ entries: [entryOf(student, teacher), entryOf(other)], runtime: simd, read });
  app = createApp(await models.start(student));
});

const ask = async (path: string, init?: RequestInit) => app.fetch(new Request(`https://anneal.test${path}`, init), env);
const bytes = async (response: Response) => new Uint8Array(await response.arrayBuffer());
const image = encodePng({ pixels: new Uint8Array(64).fill(90), width: 8, height: 8, channels: 1 });
const post = (path: string, ...fields: string[]) => {
  const form = new FormData();
  for (const field of fields) form.append(field, new Blob([image]));
  return ask(path, { method: "POST", body: form });
};

it.each<[string, DrawnBy]>([
  ["/sample?seed=a", "student"],
  ["/sample?seed=a&steps=2&temperature=0.5", "student"],
  ["/sample?seed=a&n=4&to=b", "student"],
  ["/v1/pair/a.apng", "student"],
  ["/sample?seed=a&steps=3", "teacher"],
  ["/sample?seed=a&guidance=2", "teacher"],
  ["/v1/pair/a.png?sampler=heun", "teacher"],
  ["/sample?seed=a&n=4&steps=8", "teacher"],
])("%s is drawn by the %s", async (path, drawnBy) => {
  const response = await ask(path);
  expect([response.status, response.headers.get("X-Drawn-By"), response.headers.get("X-Model")]).toEqual([200, drawnBy, "pair"]);
  expect(response.headers.get("Content-Location")).toContain(`/v1/pair@${version}/a.`);
  await response.arrayBuffer();
  expect(reads).toEqual(drawnBy === "teacher" ? ["teacher.onnx"] : []);
  const again = await ask(response.headers.get("Content-Location") ?? "", { method: "HEAD" });
  expect([again.headers.get("X-Drawn-By"), again.headers.get("Cache-Control")]).toEqual([drawnBy, "public, max-age=31536000, immutable"]);
});

it("draws the library's own bytes", async () => {
  const model = await loadModel(student, { runtime: simd, teacher });
  for (const options of [{}, { steps: 3 }, { guidance: 2 }, { n: 3 }]) {
    const query = new URLSearchParams({ seed: "same", ...options } as Record<string, string>);
    expect(await bytes(await ask(`/sample?${query}`))).toEqual((await sample(model, { seed: "same", ...options })).png());
  }
});

describe("uploads", () => {
  it.each([
    ["/v1/pair/variations", ["image"]],
    ["/v1/pair/inpaint?steps=2", ["image", "mask"]],
    ["/v1/pair/denoise", ["image"]],
  ])("%s is drawn by the teacher", async (path, fields) => {
    const response = await post(path, ...fields);
    expect([response.status, response.headers.get("X-Drawn-By")]).toEqual([200, "teacher"]);
    expect(decode(await bytes(response))).toMatchObject({ width: 8, height: 8 });
    expect(reads).toEqual(["teacher.onnx"]);
  });

  it("inspect finds the address of either file's images", async () => {
    for (const query of ["seed=a", "seed=a&steps=3"]) {
      const file = await bytes(await ask(`/sample?${query}`));
      const answer = await ask("/v1/inspect", { method: "POST", body: file, headers: { "Content-Type": "image/png" } });
      const { url } = await answer.json<{ url: string }>();
      expect(await bytes(await ask(url))).toEqual(file);
    }
  });
});

it("lists the student's steps and its teacher, and gives both files permanent addresses", async () => {
  const { models } = await (await ask("/v1/models")).json<{ models: Record<string, unknown>[] }>();
  expect(models).toMatchObject([
    {
      name: "pair",
      version,
      sampling: { steps: 4, allowedSteps: [2, 4] },
      file: "/v1/models/pair/model.onnx",
      bytes: student.length,
      teacher: { name: "pair", sampling: { steps: 3 }, file: "/v1/models/pair/teacher.onnx", bytes: teacher.length },
    },
    { name: "single" },
  ]);
  expect(models[1]).not.toHaveProperty("teacher");
  for (const [file, content] of [
    ["model.onnx", student],
    ["teacher.onnx", teacher],
  ] as const) {
    for (const path of [`/v1/models/pair/${file}`, `/v1/models/pair@${version}/${file}`])
      expect(await bytes(await ask(path))).toEqual(content);
  }
  const missing = await ask("/v1/models/single/teacher.onnx");
  expect(missing.status).toBe(404);
  expect(await missing.json()).toMatchObject({ key: "file", expected: "one of model.onnx", received: "teacher.onnx" });
});

it("has a studio with every number of steps, which says which file draws", async () => {
  const studio = async (query: string) => (await ask(`/studio?seed=7${query}`)).text();
  expect(await studio("")).toContain("4 network evaluations of the student");
  expect(await studio("&steps=8")).toContain("8 network evaluations of the teacher");
  expect(/<input[^>]*name="steps"[^>]*>/.exec(await studio(""))?.[0]).toMatch(/min="1" max="64".* value="4"/);
  expect(reads).toEqual([]);
});
