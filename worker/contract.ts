/** The OpenAPI 3.1 document, made from the schemas that check the requests (params.ts) and from what this server has and allows. */
import { OpenAPIHono, type RouteConfig, z } from "@hono/zod-openapi";
import { expected, OPTIONS, type OptionName } from "../wasm-model/index.ts";
import type { Env } from "./env.ts";
import type { ProblemStatus } from "./middleware/errors.ts";
import { MAX_UPLOAD, workBudget } from "./middleware/limits.ts";
import type { ReadyModel } from "./models/ready.ts";
import { MEDIA_TYPES } from "./pictures/picture.ts";
import {
  ADDRESS_KEYS,
  DENOISE_FORMATS,
  DENOISE_KEYS,
  type Format,
  INPAINT_KEYS,
  SAMPLE_KEYS,
  VALUES,
  VARIATION_KEYS,
} from "./pictures/query.ts";

const PROBLEM = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.string().openapi({ description: "Stable; the texts are for people." }),
    detail: z.string(),
    key: z.string().optional().openapi({ description: "What is at fault, in a client's mistake." }),
    expected: z.string().optional(),
    received: z.string().optional(),
  })
  .openapi("Problem");

const IMAGE_JSON = z
  .object({
    model: z.string(),
    version: z.string(),
    url: z.string().optional().openapi({ description: "The permanent address of the picture as JSON." }),
    seed: z.string().optional(),
    class: z.string().optional(),
    steps: z.number().int().optional(),
    sampler: z.string().optional(),
    temperature: z.number().optional(),
    guidance: z.number().optional(),
    nfe: z.number().int().optional().openapi({ description: "Network evaluations, those of all images." }),
    sigma: z.number().optional(),
    width: z.number().int(),
    height: z.number().int(),
    channels: z.number().int(),
    pixels: z.array(z.number().int().min(0).max(255)),
  })
  .openapi("Picture");

const NOTE = z
  .object({ model: z.string(), version: z.string(), options: z.object({ seed: z.string() }).loose(), url: z.string().nullable() })
  .openapi("Note");

const MODELS = z
  .object({ models: z.array(z.object({ name: z.string(), version: z.string(), labels: z.array(z.string()) }).loose()) })
  .openapi("Models");

const TEXT = z.string();
const BINARY = z.string().openapi({ format: "binary" });
const FILE = z.string().openapi({ format: "binary", description: "A PNG file of the model's size." });

const PICTURE_BODY = { "image/png": { schema: FILE }, "image/apng": { schema: FILE } };

const REASONS: Readonly<Record<Exclude<ProblemStatus, 500 | 405>, string>> = {
  400: "A mistake in the request; the answer names the key.",
  401: "The server wants its token.",
  404: "There is no such thing.",
  410: "The model has another version now, which the answer names.",
  413: `The body is larger than ${MAX_UPLOAD} bytes.`,
  415: "The body has another media type.",
  429: "This address asks too often. `Retry-After` says when to come back.",
  503: "The server draws as many pictures as it may already. `Retry-After` says when to come back.",
};

type Reason = keyof typeof REASONS;

const problems = (...statuses: readonly Reason[]): RouteConfig["responses"] =>
  Object.fromEntries(
    statuses.map((status) => [status, { description: REASONS[status], content: { "application/problem+json": { schema: PROBLEM } } }]),
  );

const LIMITS: readonly Reason[] = [429, 503];

function pictures(formats: readonly Format[]): Record<string, { schema: z.ZodType }> {
  return Object.fromEntries(formats.map((format) => [MEDIA_TYPES[format], { schema: format === "json" ? IMAGE_JSON : BINARY }]));
}

const FORMATS = OPTIONS.format.domain.values;

const FILE_RESPONSES: RouteConfig["responses"] = {
  200: { description: "ONNX.", content: { "application/octet-stream": { schema: BINARY } } },
  304: { description: "The client has it already." },
};

type Values = typeof VALUES;

/** The schemas of the options as these models have them: their names, and widths from the smallest that any of them draws to the largest. */
function valuesOf(models: readonly ReadyModel[]): Values {
  const { min, max } = OPTIONS.size.domain;
  const widths = models.map(({ card }) => card.spec.width);
  return {
    ...VALUES,
    model: VALUES.model.openapi({ enum: models.map(({ name }) => name) }),
    size: VALUES.size.openapi({ minimum: min * Math.min(...widths), maximum: max * Math.max(...widths) }),
  };
}

const queryOf = (keys: readonly OptionName[], values: Values) =>
  z.object(Object.fromEntries(keys.map((name) => [name, values[name].optional()])));

const PICTURE_RESPONSES: RouteConfig["responses"] = {
  200: {
    description: "The picture; or, to those who accept `text/event-stream`, how it forms: events `step`, `image`, `error`.",
    content: { ...pictures(FORMATS), "text/event-stream": { schema: TEXT } },
  },
  304: { description: "The client has it already." },
};

/** Of a server with these models, the first of which is the default. */
function routes(models: readonly ReadyModel[]): RouteConfig[] {
  const values = valuesOf(models);
  const model = z.enum(models.map(({ name }) => name)).openapi({ description: "A name from /v1/models." });
  const version = z
    .string()
    .openapi({ description: "The model's version from /v1/models.", pattern: "^[0-9a-f]{8}$", example: models[0].version });
  const address = { model, seed: values.seed, format: values.format };
  const uploadValues = {
    ...values,
    class: values.class.openapi({ description: `${OPTIONS.class.doc} Takes ${expected("class")}. Default: none.` }),
  };
  const upload = (
    name: string,
    keys: readonly OptionName[],
    fields: readonly string[],
    formats: readonly Format[],
    summary: string,
  ): RouteConfig => {
    const form = z.strictObject(Object.fromEntries(fields.map((field) => [field, FILE])));
    return {
      method: "post",
      path: `/v1/{model}/${name}`,
      summary,
      security: [{ token: [] }, {}],
      request: {
        params: z.object({ model }),
        query: queryOf(keys, uploadValues).extend({ format: z.enum(formats).optional() }),
        body: {
          required: true,
          content: { "multipart/form-data": { schema: form }, ...(fields.length === 1 && PICTURE_BODY) },
        },
      },
      responses: { 200: { description: "The picture.", content: pictures(formats) }, ...problems(400, 401, 404, 413, 415, ...LIMITS) },
    };
  };
  return [
    {
      method: "get",
      path: "/v1/{model}@{version}/{seed}.{format}",
      summary: "A picture, named for good: the answer never changes",
      request: { params: z.object({ ...address, version }), query: queryOf(ADDRESS_KEYS, values) },
      responses: { ...PICTURE_RESPONSES, ...problems(400, 404, 410, ...LIMITS) },
    },
    {
      method: "get",
      path: "/v1/{model}/{seed}.{format}",
      summary: "A picture, as the model draws it today",
      request: { params: z.object(address), query: queryOf(ADDRESS_KEYS, values) },
      responses: { ...PICTURE_RESPONSES, ...problems(400, 404, ...LIMITS) },
    },
    {
      method: "get",
      path: "/sample",
      summary: "A picture, all in the query; of a new seed where none is given",
      request: { query: queryOf(SAMPLE_KEYS, values) },
      responses: { ...PICTURE_RESPONSES, ...problems(400, ...LIMITS) },
    },
    upload("inpaint", INPAINT_KEYS, ["image", "mask"], FORMATS, "Paints what is white in the mask, to go with the rest of the picture"),
    upload("variations", VARIATION_KEYS, ["image"], FORMATS, "Draws what is like a picture"),
    upload("denoise", DENOISE_KEYS, ["image"], DENOISE_FORMATS, "Takes the noise out of a picture, in one network evaluation"),
    {
      method: "post",
      path: "/v1/inspect",
      summary: "What made a PNG file of this service, and the address that makes it again (null for another version)",
      security: [{ token: [] }, {}],
      request: {
        body: {
          required: true,
          content: { "multipart/form-data": { schema: z.strictObject({ image: FILE }) }, ...PICTURE_BODY },
        },
      },
      responses: {
        200: { description: "The settings.", content: { "application/json": { schema: NOTE } } },
        ...problems(400, 401, 413, 415),
      },
    },
    ...["/v1/models", "/models"].map(
      (path): RouteConfig => ({
        method: "get",
        path,
        summary: "The models, their versions and cards",
        responses: {
          200: { description: "A list.", content: { "application/json": { schema: MODELS } } },
          304: { description: "The client has it already." },
        },
      }),
    ),
    {
      method: "get",
      path: "/models/{model}/model.onnx",
      summary: "A model's file",
      request: { params: z.object({ model }) },
      responses: { ...FILE_RESPONSES, ...problems(404) },
    },
    {
      method: "get",
      path: "/model.onnx",
      summary: "The file of the default model, the first of /v1/models",
      responses: FILE_RESPONSES,
    },
  ];
}

/** For a server with these models, the first of which is the default. */
export function contract(models: readonly ReadyModel[], env: Env["Bindings"]): object {
  const { openAPIRegistry, getOpenAPI31Document } = new OpenAPIHono();
  openAPIRegistry.registerComponent("securitySchemes", "token", {
    type: "http",
    scheme: "bearer",
    description: "Where the server has one.",
  });
  for (const route of routes(models)) openAPIRegistry.registerPath(route);
  const budget = workBudget(env);
  const description =
    "Images that no one ever took, drawn by a small network while you wait. The seed decides the image: the same request gives the same bytes. " +
    `A picture may cost at most ${budget} network evaluations, those of all its images: steps, for most samplers, times images, twice that with guidance.`;
  return getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: "Anneal", version: "1", description, license: { name: "MIT" } },
    "x-work-budget": budget,
  });
}
