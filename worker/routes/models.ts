/** GET /v1/models, also /models: what each model is and what its pictures' permanent addresses look like; GET /models/{name}/model.onnx: its file. */
import { Hono } from "hono";
import { etag } from "hono/etag";
import { CACHEABLE, RETAINED_HEADERS } from "../caching.ts";
import type { Env } from "../env.ts";
import { notFound } from "../errors.ts";
import type { ReadyModels } from "../sampler.ts";

export const models = (ready: ReadyModels) => {
  const list = ready.list.map(({ name, version, file, card }) => ({
    ...card,
    name,
    version,
    pictures: `/v1/${name}@${version}/{seed}.{format}`,
    file: `/models/${name}/model.onnx`,
    bytes: file.length,
  }));
  return new Hono<Env>()
    .use("/v1/models", etag({ retainedHeaders: RETAINED_HEADERS }))
    .use("/models/*", etag({ retainedHeaders: RETAINED_HEADERS }))
    .on("GET", ["/v1/models", "/models"], (c) => c.json({ models: list }, 200, { "Cache-Control": CACHEABLE }))
    .get("/models/:name/model.onnx", (c) => {
      const model = ready.find(c.req.param("name"));
      if (!model) throw notFound("model", ready.names, c.req.param("name"));
      return c.body(model.file, 200, { "Content-Type": "application/octet-stream", "Cache-Control": CACHEABLE });
    });
};
