/** A Worker with more than one model, as worker/models.ts may list them. */
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { simd } from "../../wasm-model/runtime/simd.workerd.ts";
import { createApp } from "../../worker/app.ts";
import { ReadyModels, readyModels } from "../../worker/sampler.ts";

it("lists and draws each by its name and version", async () => {
  const [shipped] = (await readyModels(simd)).list;
  const other = { ...shipped, name: "other", version: "01234567" };
  const app = createApp(new ReadyModels([shipped, other]));
  const ask = async (path: string) => app.fetch(new Request(`https://anneal.test${path}`), env as never);
  const { models } = await (await ask("/v1/models")).json<{ models: { name: string; version: string }[] }>();
  expect(models.map(({ name, version }) => [name, version])).toEqual([shipped, other].map(({ name, version }) => [name, version]));
  for (const { name, version } of models) {
    const response = await ask(`/v1/${name}@${version}/7.json?steps=1`);
    expect([response.status, response.headers.get("X-Model")]).toEqual([200, name]);
    expect(await response.json()).toMatchObject({ model: name, version, seed: "7" });
    expect((await ask(`/sample?model=${name}&seed=7&steps=1`)).headers.get("X-Model")).toBe(name);
    expect((await ask(`/models/${name}/model.onnx`)).status).toBe(200);
  }
  expect((await ask(`/v1/other@${shipped.version}/7.png`)).status).toBe(410);
  expect(await (await ask("/sample?model=third")).json()).toMatchObject({ key: "model", expected: "one of fashion-mnist, other" });
});
