/** Parameters and uploads in the OpenAPI document, from the table of options and the models of the server. */
import type { RouteConfig, z as Z } from "@hono/zod-openapi";
import { pictureShape } from "../../wasm-model/model/card.ts";
import { VERSION } from "../models/entry.ts";
import { domainInWords, QUERY_OPTIONS, type QueryName, type QueryOption } from "../pictures/options.ts";
import type { Field } from "../pictures/uploads.ts";
import type { Server } from "./route.ts";
import { z } from "./zod.ts";

type Schema = NonNullable<Parameters<Z.ZodString["openapi"]>[1]>;

/** Type, bounds and example of an option. Sizes: from the smallest to the largest that any of the models draws. */
function documented({ domain, example }: QueryOption, { models }: Server): Schema {
  const widths = models.map(({ card }) => pictureShape(card).width);
  switch (domain.type) {
    case "text":
      return { minLength: domain.minLength, maxLength: domain.maxLength, examples: [example] };
    case "integer":
    case "number":
      return { type: domain.type, minimum: domain.min, maximum: domain.max, examples: [Number(example)] };
    case "pixels": {
      const [minimum, maximum] = [domain.min * Math.min(...widths), domain.max * Math.max(...widths)];
      return { type: "integer", minimum, maximum, examples: [Number(example) * widths[0]] };
    }
    case "colour":
      return { pattern: `^(#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})${domain.transparent ? "|transparent" : ""})$`, examples: [example] };
    case "model":
      return { enum: models.map(({ name }) => name), examples: [models[0].name] };
    default:
      return { examples: [example] };
  }
}

/** What an option does and takes. */
const inWords = ({ doc, domain }: QueryOption): string => `${doc} Takes ${domainInWords(domain)}.`;

function value(row: QueryOption, server: Server) {
  const text = row.domain.type === "choice" ? z.enum(row.domain.values) : z.string();
  return text.openapi({ ...documented(row, server), description: inWords(row) });
}

/**
 * The query of a route with these options. `changed`: differences from the table. Examples belong to the schemas: /reference would fill in the examples of
 * parameters, and not all options can be combined.
 */
export function queryParameters(
  keys: readonly QueryName[],
  server: Server,
  changed: Partial<Record<QueryName, Partial<QueryOption>>> = {},
) {
  const option = (name: QueryName) => {
    const row: QueryOption = { ...QUERY_OPTIONS[name], ...changed[name] };
    return value(row, server)
      .openapi({ description: `${inWords(row)} Default: ${row.default}.` })
      .optional();
  };
  return z.object(Object.fromEntries(keys.map((name) => [name, option(name)])));
}

/** A model's name in a path. */
export const modelName = ({ models }: Server) =>
  z.enum(models.map(({ name }) => name)).openapi({ description: "A name from /v1/models.", param: { example: models[0].name } });

/** A model's version in a path. */
export const versionInPath = ({ models }: Server) =>
  z.string().openapi({
    description: "One of the versions of the model in /v1/models. Versions that are gone are answered with 410.",
    pattern: VERSION.source,
    param: { example: models[0].version },
  });

/** A seed and a format in a path. */
export const seedInPath = (server: Server) => inPath(QUERY_OPTIONS.seed, server);
export const formatInPath = (server: Server) => inPath(QUERY_OPTIONS.format, server);

const inPath = (row: QueryOption, server: Server) => value(row, server).openapi({ param: { example: row.example } });

type Body = NonNullable<NonNullable<RouteConfig["request"]>["body"]>;

/** Uploaded images: fields of a form; a single one may be the body itself. */
export function upload(fields: readonly Field[]): Body {
  const file = () => z.string().openapi({ format: "binary", description: "A PNG file of the model's native size." });
  const form = z.strictObject(Object.fromEntries(fields.map((field) => [field, file()])));
  return {
    required: true,
    content: {
      "multipart/form-data": { schema: form },
      ...(fields.length === 1 && { "image/png": { schema: file() }, "image/apng": { schema: file() } }),
    },
  };
}
