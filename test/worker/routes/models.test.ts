import { describe, expect, it } from "vitest";
import { cardIn, modelVersion } from "../../../wasm-model/index.ts";
import { ask } from "../worker.ts";

interface ModelsJson {
  readonly models: {
    readonly name: string;
    readonly version: string;
    readonly labels: string[];
    readonly file: string;
    readonly bytes: number;
    readonly sampling: object;
    readonly teacher?: { readonly file: string };
  }[];
}

it("gives the file of the first model to those who name none", async () => {
  const [named, unnamed] = await Promise.all(["/models/fashion-mnist/model.onnx", "/model.onnx"].map((path) => ask(path)));
  expect(unnamed.headers.get("Content-Location")).toBe("/models/fashion-mnist/model.onnx");
  for (const header of ["Content-Type", "Cache-Control", "ETag", "Access-Control-Allow-Origin"]) {
    expect(unnamed.headers.get(header)).toBe(named.headers.get(header));
  }
  expect(new Uint8Array(await unnamed.arrayBuffer())).toEqual(new Uint8Array(await named.arrayBuffer()));
});

it("names a model's file for good by its version, and has no other version of it", async () => {
  const { models } = await (await ask("/v1/models")).json<ModelsJson>();
  const [{ name, version, file }] = models;
  const [today, forGood] = await Promise.all([file, `/models/${name}@${version}/model.onnx`].map((path) => ask(path)));
  expect(forGood.headers.get("ETag")).toBe(`"${version}"`);
  expect(forGood.headers.get("Cache-Control")).toBe("public, max-age=31536000, immutable");
  expect(new Uint8Array(await forGood.arrayBuffer())).toEqual(new Uint8Array(await today.arrayBuffer()));
  const other = await ask(`/models/${name}@00000000/model.onnx`);
  expect(other.status).toBe(410);
  expect(await other.json()).toMatchObject({ code: "gone", key: "version", expected: expect.stringContaining(version) });
});

describe.each(["/models", "/v1/models"])("GET %s", (path) => {
  it("lists each model with its card and its file, which is whole", async () => {
    const response = await ask(path);
    expect(response.headers.get("Content-Type")).toBe("application/json");
    const { models } = await response.json<ModelsJson>();
    expect(models.map(({ name }) => name)).toEqual(["fashion-mnist", "mnist", "cifar10"]);
    for (const { name, version, labels, file, bytes, teacher } of models) {
      const download = await ask(file);
      expect(download.headers.get("Access-Control-Allow-Origin")).toBe("*");
      const content = new Uint8Array(await download.arrayBuffer());
      expect(content.length).toBe(bytes);
      expect(cardIn(content)).toMatchObject({ name, labels });
      const teachers = teacher && new Uint8Array(await (await ask(teacher.file)).arrayBuffer());
      expect(modelVersion(content, teachers)).toBe(version);
    }
  });

  it("leaves the numbers of a Gaussian start to the file", async () => {
    const { models } = await (await ask(path)).json<ModelsJson>();
    const { sampling, file } = models.find(({ name }) => name === "cifar10")!;
    const { sampling: whole } = cardIn(new Uint8Array(await (await ask(file)).arrayBuffer()));
    const [{ start, ...schedule }] = whole.schedules!;
    expect(start?.means.map(({ length }) => length)).toEqual(Array(10).fill(48));
    expect(sampling).toEqual({ ...whole, schedules: [schedule] });
  });
});
