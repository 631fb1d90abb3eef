/**
 * GET /v1/models, also /models: what each model is and what its pictures' permanent addresses look like; GET /models/{model}/model.onnx: its file, which
 * /models/{model}@{version}/model.onnx names for good; GET /model.onnx: the file of the first, for those who name none.
 */
import { z } from "@hono/zod-openapi";
import { toJsonSchema } from "@valibot/to-json-schema";
import type { Context } from "hono";
import { etag } from "hono/etag";
import * as v from "valibot";
import { CARD } from "../../wasm-model/model/card.ts";
import { macsOf } from "../../wasm-model/network/count.ts";
import { costOf } from "../../wasm-model/render/cost.ts";
import { resolve } from "../../wasm-model/request/resolve.ts";
import { fieldOf } from "../../wasm-model/schema/fields.ts";
import type { Env } from "../env.ts";
import { CACHEABLE, IMMUTABLE, RETAINED_HEADERS } from "../middleware/caching.ts";
import { notFound, Refusal } from "../middleware/errors.ts";
import type { ReadyModel, ReadyModels } from "../models/ready.ts";
import { modelPath } from "../models/stored.ts";
import { binary, headers, notModified, problems } from "../openapi/answers.ts";
import { modelName } from "../openapi/parameters.ts";
import type { Operation, Route } from "../openapi/route.ts";

/** What clients are told of a model. */
const entry = ({ BASE = "" }: Env["Bindings"], { name, version, file, card }: ReadyModel) => ({
  ...card,
  name,
  version,
  pictures: `${BASE}/v1/${name}@${version}/{seed}.{format}`,
  file: BASE + modelPath(name),
  bytes: file.length,
  macs: macsOf(card.spec),
  cost: costOf(resolve("sample", { seed: "7" }, card), card),
});

/** The schema of the answer: that of the card, with the other fields of `entry`. */
function modelsSchema() {
  const text = (description: string) => v.pipe(v.string(), v.description(description));
  const count = (description: string) => v.pipe(v.number(), v.integer(), v.minValue(0), v.description(description));
  const model = v.strictObject({
    ...CARD.entries,
    version: text("Identifies the model file; part of permanent addresses."),
    pictures: text("The pattern of its permanent addresses."),
    file: text("The path of its file."),
    bytes: count("The length of its file."),
    macs: count("Multiply-accumulates of one network evaluation of one image."),
    cost: count("Cost of an image with the default options, in multiply-accumulates."),
  });
  const { $schema, ...schema } = toJsonSchema(v.strictObject({ models: v.array(model) }), {
    target: "draft-2020-12", // that of OpenAPI 3.1
    errorMode: "ignore", // its checks of several fields have no JSON Schema
    ignoreActions: ["metadata"], // a field's bounds are checks beside it
    overrideSchema: ({ valibotSchema, jsonSchema }) => {
      const doc = fieldOf(valibotSchema)?.doc;
      return doc ? { ...jsonSchema, description: doc } : undefined;
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
      handler: async (c) =>
        c.json({ models: (await ready.all(c.env)).map((model) => entry(c.env, model)) }, 200, { "Cache-Control": CACHEABLE }),
      operation: () => ({
        operationId: path === "/models" ? "listModelsToo" : "listModels",
        tags: ["models"],
        summary: path === "/models" ? "List the models, at a second address" : "List the models",
        description: "For each model its card, its version, its file and the pattern of its permanent addresses. The first is the default.",
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
      const [name, version] = (c.req.param("model") ?? "").split("@");
      const model = await ready.find(name, c.env);
      if (!model) throw notFound("model", ready.names, name);
      if (version !== undefined && version !== model.version) {
        const expected = `${model.version}, the model's version now`;
        throw new Refusal({ status: 410, code: "gone", key: "version", expected, received: JSON.stringify(version) });
      }
      return fileOf(c, model, version === undefined ? CACHEABLE : IMMUTABLE);
    },
    operation: (server) => ({
      operationId: "getModelFile",
      tags: ["models"],
      summary: "Download a model",
      description:
        "The ONNX file that the server itself runs. With `@` and its version after the name, the answer never changes and may be cached for a year.",
      request: { params: z.object({ model: modelName(server) }) },
      responses: { ...fileResponses(), ...problems(404, 410) },
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
      summary: "Download the default model",
      description: "The file of the first model in /v1/models. `Content-Location` names it.",
      responses: fileResponses(),
    }),
  },
];

const fileOf = (c: Context<Env>, { name, file }: ReadyModel, cacheControl = CACHEABLE): Response =>
  c.body(file, 200, {
    "Content-Type": "application/octet-stream",
    "Content-Location": (c.env.BASE ?? "") + modelPath(name),
    "Cache-Control": cacheControl,
  });

function fileResponses(): Operation["responses"] {
  const sent = ["ETag", "Content-Location", "Cache-Control"] as const;
  return {
    200: { description: "The ONNX file.", headers: headers(...sent), content: { "application/octet-stream": { schema: binary() } } },
    ...notModified(...sent),
  };
}
