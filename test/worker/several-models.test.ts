/** A Worker with more than one model: one that travels with it, and one that lies among its assets. */
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { readModel } from "../../wasm-model/model/onnx/reader.ts";
import { writeModel } from "../../wasm-model/model/onnx/writer.ts";
import { simd } from "../../wasm-model/runtime/simd.workerd.ts";
import { createApp } from "../../worker/app.ts";
import { entryOf } from "../../worker/models/entry.ts";
import { ReadyModels } from "../../worker/models/ready.ts";
import { ENTRIES, FIRST } from "../../worker/models/served.ts";

const [shipped] = ENTRIES;
const { card, weights } = readModel(FIRST);
const labels = card.labels.map((label) => `other ${label}`);
const other = writeModel({
  card: { ...card, name: "other", labels, training: { ...card.training, data: "other-data" } },
  weights,
});

/** An application whose one asset is `answer`, and the paths that were fetched. */
async function appWith(answer: Response) {
  const fetched: string[] = [];
  const assets = {
    async fetch(url: string) {
      fetched.push(new URL(url).pathname);
      return answer.clone();
    },
  };
  const models = await new ReadyModels({ entries: [shipped, entryOf(other)], runtime: simd }).start(FIRST);
  const app = createApp(models);
  const ask = async (path: string) => app.fetch(new Request(`https://anneal.test${path}`), { ...env, ASSETS: assets } as never);
  return { ask, fetched };
}

it("loads the other one when it is first needed", async () => {
  const { ask, fetched } = await appWith(new Response(other));
  expect((await ask("/sample?seed=7")).headers.get("X-Model")).toBe("avatars");
  expect(fetched).toEqual([]);
  for (let i = 0; i < 2; i++) expect((await ask("/sample?model=other&seed=7&steps=1")).headers.get("X-Model")).toBe("other");
  expect(fetched).toEqual([`/models/other/${entryOf(other).version}/model.onnx`]);
  expect(new Uint8Array(await (await ask("/v1/models/other/model.onnx")).arrayBuffer())).toEqual(other);
});

it("lists and draws each by its name and version", async () => {
  const { ask } = await appWith(new Response(other));
  const { models } = await (await ask("/v1/models")).json<{ models: { name: string; version: string }[] }>();
  expect(models.map(({ name }) => name)).toEqual(["avatars", "other"]);
  expect(models[0].version).toBe(shipped.version);
  for (const { name, version } of models) {
    const response = await ask(`/v1/${name}@${version}/7.png`);
    expect([response.status, response.headers.get("X-Model")]).toEqual([200, name]);
  }
  expect((await ask(`/v1/other@${shipped.version}/7.png`)).status).toBe(410);
  expect(await (await ask("/sample?model=third")).json()).toMatchObject({ key: "model", expected: "one of avatars, other" });
});

it("answers 500 if a model's file is missing, and continues with the first model", async () => {
  const { ask } = await appWith(new Response(null, { status: 404 }));
  expect((await ask("/sample?model=other&seed=never&steps=1")).status).toBe(500);
  expect((await ask("/sample?seed=7")).status).toBe(200);
});
