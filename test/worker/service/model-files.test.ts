import { expect, it } from "vitest";
import { headIn } from "../../../wasm-model/model/onnx/reader.ts";
import { ask } from "../worker.ts";

interface ModelsJson {
  readonly models: {
    readonly name: string;
    readonly version: string;
    readonly labels: string[];
    readonly file: string;
    readonly bytes: number;
  }[];
}

it("gives a model's file a permanent address with its version", async () => {
  const { models } = await (await ask("/v1/models")).json<ModelsJson>();
  const [{ name, version, file }] = models;
  const [today, forGood] = await Promise.all([file, `/v1/models/${name}@${version}/model.onnx`].map((path) => ask(path)));
  expect(forGood.headers.get("ETag")).toBe(`"${version}"`);
  expect(forGood.headers.get("Cache-Control")).toBe("public, max-age=31536000, immutable");
  expect(new Uint8Array(await forGood.arrayBuffer())).toEqual(new Uint8Array(await today.arrayBuffer()));
});

it("lists each model with its card and its complete file", async () => {
  const response = await ask("/v1/models");
  expect(response.headers.get("Content-Type")).toBe("application/json");
  const { models } = await response.json<ModelsJson>();
  expect(models.map(({ name }) => name)).toEqual(["avatars", "fashion-mnist", "mnist", "cifar10"]);
  for (const { name, version, labels, file, bytes } of models) {
    const download = await ask(file);
    expect(download.headers.get("Access-Control-Allow-Origin")).toBe("*");
    const content = new Uint8Array(await download.arrayBuffer());
    expect(content.length).toBe(bytes);
    expect(headIn(content)).toMatchObject({ card: { name, labels }, version });
  }
});
