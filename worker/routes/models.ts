/**
 * GET /v1/models, also /models: what each model is and what its pictures' permanent addresses look like; GET /models/{model}/model.onnx: its file; GET
 * /model.onnx: the file of the first, for those who name none.
 */
import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { etag } from "hono/etag";
import * as mini from "zod/mini";
import { CARD } from "../../wasm-model/model/card.ts";
import { fieldOf } from "../../wasm-model/schema/fields.ts";
import type { Env } from "../env.ts";
import { CACHEABLE, RETAINED_HEADERS } from "../middleware/caching.ts";
import { notFound } from "../middleware/errors.ts";
import type { ReadyModel, ReadyModels } from "../models/ready.ts";
import { modelPath } from "../models/stored.ts";
import { binary, headers, notModified, problems } from "../openapi/answers.ts";
import { modelName } from "../openapi/parameters.ts";
import type { Operation, Route } from "../openapi/route.ts";

/** What clients are told of a model. */
const entry = ({ name, version, file, card }: ReadyModel) => ({
  ...card,
  name,
  version,
  pictures: `/v1/${name}@${version}/{seed}.{format}`,
  file: modelPath(name),
  bytes: file.length,
});

/** The card's own schema, and what stands beside the card. */
function modelsSchema() {
  const text = (description: string) => mini.string().check(mini.meta({ description }));
  const model = mini.strictObject({
    ...CARD.shape,
    version: text("Names the bytes of the model's file, in permanent addresses."),
    pictures: text("What the permanent addresses of its pictures look like."),
    file: text("Where its file is."),
    bytes: mini.int().check(mini.gte(0), mini.meta({ description: "Length of its file." })),
  });
  const { $schema, ...schema } = mini.toJSONSchema(mini.object({ models: mini.array(model) }), {
    override: ({ zodSchema, jsonSchema }) => {
      const doc = fieldOf(zodSchema)?.doc;
      if (doc) jsonSchema.description = doc;
    },
  });
  return z.object({}).openapi("Models", schema as Parameters<z.ZodType["openapi"]>[1]);
}

const withTag = etag({ retainedHeaders: RETAINED_HEADERS });

export const models = (ready: ReadyModels): readonly Route[] => [
  ...["/v1/models", "/models"].map(
    (path): Route => ({
      method: "get",
      path,
      middleware: withTag,
      handler: async (c) => c.json({ models: (await ready.all(c.env)).map(entry) }, 200, { "Cache-Control": CACHEABLE }),
      operation: () => ({
        operationId: path === "/models" ? "listModelsToo" : "listModels",
        tags: ["models"],
        summary: path === "/models" ? "The models, at another address" : "The models",
        description:
          "What each model is: its card, its version, its file and what the permanent addresses of its pictures look like. The first is the default.",
        responses: {
          200: {
            description: "All models.",
            headers: headers("ETag", "Cache-Control"),
            content: { "application/json": { schema: modelsSchema() } },
          },
          ...notModified("ETag", "Cache-Control"),
        },
      }),
    }),
  ),
  {
    method: "get",
    path: "/models/{model}/model.onnx",
    middleware: withTag,
    handler: async (c) => {
      const name = c.req.param("model") ?? "";
      const model = await ready.find(name, c.env);
      if (!model) throw notFound("model", ready.names, name);
      return fileOf(c, model);
    },
    operation: (server) => ({
      operationId: "getModelFile",
      tags: ["models"],
      summary: "A model's file",
      description: "The ONNX file: what runs here, runs in any ONNX runtime too.",
      request: { params: z.object({ model: modelName(server) }) },
      responses: { ...fileResponses(), ...problems(404) },
    }),
  },
  {
    method: "get",
    path: "/model.onnx",
    middleware: withTag,
    handler: async (c) => fileOf(c, await ready.get(undefined, c.env)),
    operation: () => ({
      operationId: "getDefaultModelFile",
      tags: ["models"],
      summary: "The file of the default model",
      description: "The file of the first of /v1/models. `Content-Location` says which that is.",
      responses: fileResponses(),
    }),
  },
];

const fileOf = (c: Context<Env>, { name, file }: ReadyModel): Response =>
  c.body(file, 200, { "Content-Type": "application/octet-stream", "Content-Location": modelPath(name), "Cache-Control": CACHEABLE });

function fileResponses(): Operation["responses"] {
  const sent = ["ETag", "Content-Location", "Cache-Control"] as const;
  return {
    200: { description: "ONNX.", headers: headers(...sent), content: { "application/octet-stream": { schema: binary() } } },
    ...notModified(...sent),
  };
}
