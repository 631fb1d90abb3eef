/** GET /models: what each model is; GET /models/{name}/model.onnx: its file, for the widget and for anyone. */
import { Hono } from "hono";
import { etag } from "hono/etag";
import { CACHEABLE, RETAINED_HEADERS } from "../caching.ts";
import type { Env } from "../env.ts";
import { notFoundResponse } from "../errors.ts";
import { MODELS } from "../models.ts";

export const models = new Hono<Env>()
  .use("/models/*", etag({ retainedHeaders: RETAINED_HEADERS }))
  .get("/models", (c) => {
    const list = MODELS.map(({ name, file, card }) => ({ ...card, name, file: `/models/${name}/model.onnx`, bytes: file.length }));
    return c.json({ models: list }, 200, { "Cache-Control": CACHEABLE });
  })
  .get("/models/:name/model.onnx", (c) => {
    const wanted = c.req.param("name");
    const model = MODELS.find(({ name }) => name === wanted);
    if (!model) {
      const names = MODELS.map(({ name }) => name);
      return notFoundResponse("model", names, wanted);
    }
    return c.body(model.file, 200, { "Content-Type": "application/octet-stream", "Cache-Control": CACHEABLE });
  });
