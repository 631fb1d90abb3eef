/**
 * The routes. Images by GET: /v1/{model}@{version}/{seed}.{format} is permanent; /v1/{model}/{seed}.{format} and /sample use the
 * current version of the model. All give the same bytes for the same options. Then the models with their files, and what an operator
 * asks for.
 */
import { OptionError } from "../../wasm-model/index.ts";
import { isModelName } from "../../wasm-model/model/card.ts";
import type { RequestContext } from "./context.ts";
import { answerImage, ImageCache, type Studio } from "./images.ts";
import { describeModel, filePath, MODELS_PATH, type Models, type ServedModel } from "./models.ts";
import { objectSchema, openApiDocument, type Route, textSchema } from "./openapi.ts";
import { notFound, ProblemError } from "./problems.ts";
import { ADDRESS_KEYS, FORMATS, MEDIA_TYPES, parseQuery, QUERY_NAMES } from "./request.ts";
import { answerJson, answerNotModified, CACHEABLE, IMMUTABLE, piecesOf, sendFrom, UNREPEATABLE } from "./send.ts";
import { HEALTH_PATH } from "./settings.ts";

export function routesOf(models: Models): readonly Route[] {
  const studio = { models, cache: new ImageCache() };
  let document: object | undefined;
  const routes: Route[] = [
    ...imageRoutes(studio),
    ...modelRoutes(models),
    healthRoute(models),
    {
      path: "/openapi.json",
      handler: (context) => {
        document ??= openApiDocument(routes, models.served, context.settings.budget);
        return answerJson(context, { ...document, servers: [{ url: context.base || "/", description: "The server of this document." }] });
      },
      operationId: "getOpenApi",
      summary: "Describe the API",
      description: "This document.",
      answer: { type: "object" },
    },
  ];
  return routes;
}

function imageRoutes(studio: Studio): readonly Route[] {
  const { models } = studio;
  return [
    {
      path: "/sample",
      handler: (context) => {
        const query = parseQuery(context.c.req.url);
        const { model: name = models.names[0], options } = query;
        const model = models.find(name);
        if (!model) throw new OptionError("invalid-value", "model", `one of ${models.names.join(", ")}`, name);
        context.report.model = name;
        return answerImage(context, studio, model, query, options.seed === undefined ? UNREPEATABLE : CACHEABLE);
      },
      operationId: "drawSample",
      summary: "An image, with all options in the query",
      description:
        "Without a seed a random one is used; then the answer is not cached and has no `ETag`. `Content-Location` is the permanent address of the image in " +
        "any case.",
      query: QUERY_NAMES,
      answer: Object.values(MEDIA_TYPES),
    },
    {
      path: "/v1/{model}/{seed}.{format}",
      handler: (context, segment, seed, extension) => {
        const { model, isPermanent } = modelInAddress(context, models, segment);
        const format = FORMATS.find((known) => known === extension);
        if (!format) throw notFound("format", FORMATS, extension);
        const query = parseQuery(context.c.req.url, { seed, format });
        return answerImage(context, studio, model, query, isPermanent ? IMMUTABLE : CACHEABLE);
      },
      operationId: "drawImage",
      summary: "An image at an address of its own",
      description:
        "Takes the same options as /sample and gives the same bytes. They may change when the model changes. If `@` and the version follow the model's name, the " +
        "address is permanent: the answer never changes and may be cached for a year, or the version is gone (410).",
      query: ADDRESS_KEYS,
      answer: Object.values(MEDIA_TYPES),
    },
  ];
}

/** The form of versions (`modelVersion`). */
const VERSION = /^[0-9a-f]{32}$/;

/**
 * The model that a segment `{model}` or `{model}@{version}` of an address names. Throws a `ProblemError` for text that cannot be a
 * version, if there is no such model, and if its version is gone. The error for the version names the current address. An unknown name
 * with a version may be that of a model that was served once, so it is gone, too.
 */
function modelInAddress(
  { c, base, path, report }: RequestContext,
  models: Models,
  segment: string,
): { readonly model: ServedModel; readonly isPermanent: boolean } {
  const [name, version, ...more] = segment.split("@");
  const isPermanent = version !== undefined;
  if (more.length > 0 || (isPermanent && !VERSION.test(version))) throw notFound("path", ["{model}", "{model}@{version}"], segment);
  const model = models.find(name);
  if (!model) throw notFound("model", models.names, name, isPermanent && isModelName(name));
  report.model = name;
  if (!isPermanent || version === model.version) return { model, isPermanent };
  const url = `${base}${path.replace(`@${version}`, `@${model.version}`)}${new URL(c.req.url).search}`;
  const expected = `the model's current version, as in ${url}`;
  throw new ProblemError(410, "gone", { key: "version", expected, received: JSON.stringify(version) });
}

const countSchema = (description: string) => ({ type: "integer", minimum: 0, description });

/** What a program needs of a model in the answer, which has the fields of its card, too. */
const MODEL = objectSchema({
  name: { type: "string" },
  labels: { type: "array", items: { type: "string" }, description: "The names of its classes." },
  version: textSchema("Identifies the model's file; part of permanent addresses."),
  pictures: textSchema("The pattern of its permanent addresses."),
  file: textSchema("The path of its file."),
  bytes: countSchema("The length of the file."),
  checksum: textSchema("The checksum at the file's end: SHA-256 of all that stands before it, hexadecimal."),
  macs: countSchema("Multiply-accumulates of one network evaluation of one image."),
  cost: countSchema("Cost of an image with the default options, in multiply-accumulates."),
});

/** The list of models, and their files. */
const modelRoutes = (models: Models): readonly Route[] => [
  {
    path: MODELS_PATH,
    handler: (context) => {
      const { base, settings } = context;
      return answerJson(context, { models: models.served.map((model) => describeModel(base, model)), budget: settings.budget });
    },
    operationId: "listModels",
    summary: "List the models",
    description:
      "For each model its card, its version, its file and the pattern of its permanent addresses. The first is the default. Also the highest cost of an image.",
    answer: objectSchema({ models: { type: "array", items: MODEL }, budget: countSchema("The highest cost of an image.") }),
  },
  {
    path: filePath("{model}"),
    handler: async (context, segment) => {
      const { model, isPermanent } = modelInAddress(context, models, segment);
      const kept = {
        ETag: `"${model.version}"`,
        "Content-Location": context.base + filePath(segment),
        "Cache-Control": isPermanent ? IMMUTABLE : CACHEABLE,
      };
      const headers = { ...kept, "Content-Type": "application/octet-stream", "Content-Length": String(model.file.length) };
      return answerNotModified(context, kept) ?? (await sendFrom(context, headers, async () => piecesOf(model.file)))!;
    },
    operationId: "getModelFile",
    summary: "Download a model",
    description:
      "The ONNX file that the server itself runs. If `@` and the version follow the model's name, the answer never changes and may be cached for a year.",
    answer: ["application/octet-stream"],
  },
];

/** Whether the service is ready, for load balancers and monitors. */
const healthRoute = ({ served }: Models): Route => ({
  path: HEALTH_PATH,
  handler: () => {
    const models = served.map(({ name, version }) => ({ name, version }));
    return Response.json({ status: "ok", models }, { headers: { "Cache-Control": UNREPEATABLE } });
  },
  operationId: "getHealth",
  summary: "Ask whether the service is ready",
  description:
    "Answers as soon as the service takes requests, with the versions of its models. It draws nothing, so it costs nothing and no limit applies to it.",
  answer: objectSchema({
    status: { const: "ok" },
    models: { type: "array", items: objectSchema({ name: { type: "string" }, version: { type: "string" } }) },
  }),
});
