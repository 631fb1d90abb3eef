/**
 * The routes. Images by GET: /v1/{model}@{version}/{seed}.{format} is permanent; /v1/{model}/{seed}.{format} and /sample use the
 * current version of the model. All give the same bytes for the same options. Then the models with their files, and what an operator
 * asks for.
 */
import { OptionError } from "../../wasm-model/index.ts";
import { isModelName } from "../../wasm-model/model/card.ts";
import { ImageCache } from "./cache.ts";
import { type Entry, filePath, listed, MODELS_PATH, type Models, piecesIn } from "./models.ts";
import { type DocumentedRoute, type IMAGE_HEADERS, openApiDocument, type Route, record, text } from "./openapi.ts";
import { notFound, ProblemError } from "./problems.ts";
import type { Asked } from "./report.ts";
import { ADDRESS_KEYS, drawFile, FORMATS, imageRequest, MEDIA_TYPES, parseQuery, QUERY_NAMES, type Query } from "./request.ts";
import { CACHEABLE, type HeaderValues, IMMUTABLE, json, notModified, send, sendFrom, tagOf, UNREPEATABLE } from "./send.ts";
import type { Work } from "./work.ts";

export function routesOf(models: Models, work: Work): readonly Route[] {
  const api = [...images(models, work), ...files(models, work), health(models)];
  let document: object | undefined;
  const openapi: Route = {
    path: "/openapi.json",
    handler: (asked) => {
      document ??= openApiDocument(api, models.entries, asked.settings.budget);
      return json(asked, { ...document, servers: [{ url: asked.base || "/", description: "The server of this document." }] });
    },
  };
  return [...api, openapi];
}

function images(models: Models, work: Work): readonly DocumentedRoute[] {
  const cache = new ImageCache();

  async function answer(asked: Asked, model: Entry, query: Query, cacheControl: string): Promise<Response> {
    const { c, site, report } = asked;
    const request = imageRequest(asked, model, query);
    const { settings, format, cost, url } = request;
    const described: Record<keyof typeof IMAGE_HEADERS, string> = {
      "X-Seed": encodeURIComponent(settings.seed),
      "X-NFE": String(settings.nfe),
      "X-Cost": String(cost),
      "X-Model": model.name,
      "Content-Location": url,
    };
    const isRepeatable = cacheControl !== UNREPEATABLE;
    // The address determines the bytes, so the tag costs no sampling.
    const kept: HeaderValues = { ...described, "Cache-Control": cacheControl, ...(isRepeatable && { ETag: tagOf(url) }) };
    const known = notModified(asked, kept);
    report.isCached = known !== undefined;
    if (known) return known;
    const headers = { ...kept, "Content-Type": MEDIA_TYPES[format] };
    const found = isRepeatable ? await cache.find(asked, request) : undefined;
    if (c.req.method === "HEAD")
      return new Response(null, { headers: { ...headers, ...(found && { "Content-Length": String(found.file.length) }) } });
    const { signal } = c.req.raw;
    const load = () => models.load(model, site, signal);
    const draw = () => work.run(asked, cost, load, (loaded, job) => drawFile(request, loaded, job, signal));
    const once = () => cache.drawnOnce(asked, work, request, draw);
    const { file, where } = found ?? (isRepeatable ? await once() : { file: await draw(), where: "none" });
    report.isCached = where !== "none";
    const timing = `cache;desc="${where}", cost;desc="${where === "none" ? cost : 0}"`;
    return send(asked, work, file, { ...headers, "Server-Timing": timing });
  }

  return [
    {
      path: "/sample",
      handler: (asked) => {
        const query = parseQuery(asked.c.req.url);
        const { model: name = models.names[0], options } = query;
        const model = models.find(name);
        if (!model) throw new OptionError("invalid-value", "model", `one of ${models.names.join(", ")}`, name);
        asked.report.model = name;
        return answer(asked, model, query, options.seed === undefined ? UNREPEATABLE : CACHEABLE);
      },
      operationId: "drawSample",
      tag: "images",
      summary: "An image, with all options in the query",
      description:
        "Without a seed a random one is used; then the answer is not cached and has no `ETag`. `Content-Location` is the permanent address of the image in " +
        "any case.",
      query: QUERY_NAMES,
      answer: Object.values(MEDIA_TYPES),
    },
    {
      path: "/v1/{model}/{seed}.{format}",
      handler: (asked, segment, seed, extension) => {
        const { model, isPermanent } = addressed(asked, models, segment);
        const format = FORMATS.find((known) => known === extension);
        if (!format) throw notFound("format", FORMATS, extension);
        return answer(asked, model, parseQuery(asked.c.req.url, { seed, format }), isPermanent ? IMMUTABLE : CACHEABLE);
      },
      operationId: "drawImage",
      tag: "images",
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
function addressed(
  { c, base, path, report }: Asked,
  models: Models,
  segment: string,
): { readonly model: Entry; readonly isPermanent: boolean } {
  const [name, version, ...more] = segment.split("@");
  const isPermanent = version !== undefined;
  if (more.length > 0 || (isPermanent && !VERSION.test(version))) throw notFound("path", ["{model}", "{model}@{version}"], segment);
  const model = models.find(name);
  if (!model) throw notFound("model", models.names, name, isPermanent && isModelName(name));
  report.model = name;
  if (!isPermanent || version === model.version) return { model, isPermanent };
  const url = `${base}${path.replace(`@${version}`, `@${model.version}`)}${new URL(c.req.url).search}`;
  const expected = `${model.version}, the model's current version, as in ${url},`;
  throw new ProblemError(410, "gone", { key: "version", expected, received: JSON.stringify(version) });
}

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

/** The list of models, and their files. */
const files = (models: Models, work: Work): readonly DocumentedRoute[] => [
  {
    path: MODELS_PATH,
    handler: (asked) => json(asked, { models: models.entries.map((entry) => listed(asked.base, entry)), budget: asked.settings.budget }),
    operationId: "listModels",
    tag: "models",
    summary: "List the models",
    description:
      "For each model its card, its version, its file and the pattern of its permanent addresses. The first is the default. Also the highest cost of an image.",
    answer: {
      name: "Models",
      schema: record({ models: { type: "array", items: MODEL }, budget: count("The highest cost of an image.") }),
    },
  },
  {
    path: filePath("{model}"),
    handler: async (asked, segment) => {
      const { model, isPermanent } = addressed(asked, models, segment);
      const kept = {
        ETag: `"${model.version}"`, // so the file need not be read for it
        "Content-Location": asked.base + filePath(segment),
        "Cache-Control": isPermanent ? IMMUTABLE : CACHEABLE,
      };
      const headers = { ...kept, "Content-Type": "application/octet-stream", "Content-Length": String(model.bytes) };
      return notModified(asked, kept) ?? (await sendFrom(asked, work, headers, () => piecesIn(model, asked.site)))!;
    },
    operationId: "getModelFile",
    tag: "models",
    summary: "Download a model",
    description:
      "The ONNX file that the server itself runs. If `@` and the version follow the model's name, the answer never changes and may be cached for a year.",
    answer: ["application/octet-stream"],
  },
];

/** Whether the service is ready, for load balancers and monitors. */
const health = ({ entries }: Models): DocumentedRoute => ({
  path: "/health",
  handler: () => {
    const models = entries.map(({ name, version }) => ({ name, version }));
    return Response.json({ status: "ok", models }, { headers: { "Cache-Control": UNREPEATABLE } });
  },
  operationId: "getHealth",
  tag: "operating",
  summary: "Ask whether the service is ready",
  description:
    "Answers as soon as the service takes requests, with the versions of its models. It draws nothing, so it costs nothing and no limit applies to it.",
  answer: {
    name: "Health",
    schema: record({
      status: { const: "ok" },
      models: { type: "array", items: record({ name: { type: "string" }, version: { type: "string" } }) },
    }),
  },
});
