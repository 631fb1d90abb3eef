/** A Worker with more than one model: one that travels with it, and one that lies among its assets. */
import { expect, it, vi } from "vitest";
import { readModel } from "../../wasm-model/model/onnx/reader.ts";
import { writeModel } from "../../wasm-model/model/onnx/writer.ts";
import { siteOf } from "../../worker/http/assets.ts";
import { assetPath, entryOf } from "../../worker/models/entry.ts";
import { AVATARS, SHIPPED, service } from "./service.ts";

const [shipped] = SHIPPED;
const { card, weights } = readModel(AVATARS);
const labels = card.labels.map((label) => `other ${label}`);
const other = writeModel({
  card: { ...card, name: "other", labels, training: { ...card.training, data: "other-data" } },
  weights,
});

/** A service whose one asset is `answer`. */
function serviceWith(answer: Response) {
  const entry = entryOf(other);
  const site = () => siteOf({ fetch: async () => answer.clone() });
  return service({ models: [AVATARS, { ...entry, path: assetPath(entry) }] }, { site });
}

it("lists and draws each by its name and version", async () => {
  const ask = serviceWith(new Response(other));
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

it("answers 500 if a model's file is missing, with its path in the log, and continues with the first model", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const ask = serviceWith(new Response(null, { status: 404 }));
  expect((await ask("/sample?model=other&seed=never&steps=1")).status).toBe(500);
  const lines = log.mock.calls;
  log.mockRestore();
  expect(lines).toEqual([[`Expected the model ${assetPath(entryOf(other))} among the site's files but received none`]]);
  expect((await ask("/sample?seed=7")).status).toBe(200);
});
