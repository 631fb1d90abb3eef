/** The list of models, their files, and the pattern of their images' permanent addresses. */
import { etag } from "hono/etag";
import type { ModelCard } from "../../wasm-model/model/card.ts";
import { MODEL_FILE } from "../../wasm-model/model/model.ts";
import { macsOf } from "../../wasm-model/network/count.ts";
import { defaultCost } from "../admission/limits.ts";
import { sendFrom } from "../admission/send.ts";
import type { Work } from "../admission/work.ts";
import { CACHEABLE, has, IMMUTABLE, RETAINED_HEADERS } from "../http/caching.ts";
import { filePath, MODELS_PATH, type ModelEntry } from "../models/entry.ts";
import { addressed, type ReadyModels, splitVersion } from "../models/ready.ts";
import { type Route, record } from "../openapi/route.ts";

/** A model as the service describes it to clients. */
export const described = (base: string, model: ModelEntry) => {
  const { name, version, card, bytes, sha256 } = model;
  return {
    ...withoutStarts(card),
    file: base + filePath(model),
    ...{ bytes, sha256, macs: macsOf(card.spec), version },
    pictures: `${base}/v1/${name}@${version}/{seed}.{format}`,
    cost: defaultCost(card),
  };
};

/**
 * The card without the Gaussian starts of its schedules, thousands of numbers that only drawing needs; they are in the
 * model's file.
 */
function withoutStarts({ sampling, ...card }: ModelCard): ModelCard {
  const { schedules, ...settings } = sampling;
  return { ...card, sampling: { ...settings, ...(schedules && { schedules: schedules.map(({ start: _, ...schedule }) => schedule) }) } };
}

const text = (description: string) => ({ type: "string", description });
const count = (description: string) => ({ type: "integer", minimum: 0, description });

/** What a program needs of a model in the answer, which has the fields of its card, too. */
const MODEL = record({
  name: { type: "string" },
  labels: { type: "array", items: { type: "string" }, description: "The names of its classes." },
  version: text("Identifies the model's file; part of permanent addresses."),
  pictures: text("The pattern of its permanent addresses."),
  file: text("The path of its file."),
  bytes: count("The length of the file."),
  sha256: text("The SHA-256 of the file, hexadecimal."),
  macs: count("Multiply-accumulates of one network evaluation of one image."),
  cost: count("Cost of an image with the default options, in multiply-accumulates."),
});

const withTag = etag({ retainedHeaders: RETAINED_HEADERS });

export const models = (ready: ReadyModels, work: Work): readonly Route[] => [
  {
    path: MODELS_PATH,
    middleware: withTag,
    handler: (c) => {
      const { budget, source } = c.env.settings;
      const models = ready.all().map((model) => described(c.env.base, model));
      return c.json({ models, budget, ...(source && { source }) }, 200, { "Cache-Control": CACHEABLE });
    },
    schema: {
      operationId: "listModels",
      tag: "models",
      summary: "List the models",
      description:
        "For each model its card, its version, its file and the pattern of its permanent addresses. The first is the default. Also the highest cost of an image, and the address of the source code if the server knows it.",
      answer: {
        name: "Models",
        schema: record({ models: { type: "array", items: MODEL }, budget: count("The highest cost of an image.") }),
      },
    },
  },
  {
    path: `${MODELS_PATH}/{model}/${MODEL_FILE}`,
    handler: async (c) => {
      const [name, version] = splitVersion(c.req.param("model") ?? "");
      const model = addressed(c, ready, name, version);
      const address = filePath({ name: version === undefined ? name : `${name}@${version}` });
      const tag = `"${model.version}"`; // so the file need not be read for it
      c.header("ETag", tag);
      c.header("Content-Location", c.env.base + address);
      c.header("Cache-Control", version === undefined ? CACHEABLE : IMMUTABLE);
      if (has(c.req.header("If-None-Match"), tag)) return c.body(null, 304);
      c.header("Content-Type", "application/octet-stream");
      c.header("Content-Length", String(model.bytes));
      if (c.req.method === "HEAD") return c.body(null);
      return (await sendFrom(c, work, model.bytes, () => model.pieces()))!;
    },
    schema: {
      operationId: "getModelFile",
      tag: "models",
      summary: "Download a model",
      description:
        "The ONNX file that the server itself runs. If `@` and the version follow the model's name, the answer never changes and may be cached for a year.",
      answer: ["application/octet-stream"],
    },
  },
];
