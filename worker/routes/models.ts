/**
 * GET /v1/models, also /models: what each model is and what its pictures' permanent addresses look like; GET /models/{name}/model.onnx: its file, which
 * /models/{name}@{version}/model.onnx names for good; GET /model.onnx: the file of the first, for those who name none.
 */
import { type Context, Hono } from "hono";
import { etag } from "hono/etag";
import type { Env } from "../env.ts";
import { CACHEABLE, IMMUTABLE, RETAINED_HEADERS } from "../middleware/caching.ts";
import { notFound, Refusal } from "../middleware/errors.ts";
import type { ReadyModel, ReadyModels } from "../models/ready.ts";
import { modelPath } from "../models/stored.ts";

/** What clients are told of a model. */
const entry = ({ name, version, file, card }: ReadyModel) => ({
  ...card,
  name,
  version,
  pictures: `/v1/${name}@${version}/{seed}.{format}`,
  file: modelPath(name),
  bytes: file.length,
});

export const models = (ready: ReadyModels) =>
  new Hono<Env>()
    .use("/v1/models", etag({ retainedHeaders: RETAINED_HEADERS }))
    .use("/models/*", etag({ retainedHeaders: RETAINED_HEADERS }))
    .use("/model.onnx", etag({ retainedHeaders: RETAINED_HEADERS }))
    .on("GET", ["/v1/models", "/models"], async (c) =>
      c.json({ models: (await ready.all(c.env)).map(entry) }, 200, { "Cache-Control": CACHEABLE }),
    )
    .get("/models/:name/model.onnx", async (c) => {
      const [name, version] = c.req.param("name").split("@");
      const model = await ready.find(name, c.env);
      if (!model) throw notFound("model", ready.names, name);
      if (version !== undefined && version !== model.version) {
        const expected = `${model.version}, the model's version now`;
        throw new Refusal({ status: 410, code: "gone", key: "version", expected, received: JSON.stringify(version) });
      }
      return fileOf(c, model, version === undefined ? CACHEABLE : IMMUTABLE);
    })
    .get("/model.onnx", async (c) => fileOf(c, await ready.get(undefined, c.env)));

const fileOf = (c: Context<Env>, { name, file }: ReadyModel, cacheControl = CACHEABLE): Response =>
  c.body(file, 200, { "Content-Type": "application/octet-stream", "Content-Location": modelPath(name), "Cache-Control": cacheControl });
