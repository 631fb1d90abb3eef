/** Parameters and uploads in the OpenAPI document, from the table of options and the models of the server. */
import type { JsonSchema } from "@valibot/to-json-schema";
import { nativeShape } from "../../wasm-model/model/card.ts";
import { domainInWords, QUERY_OPTIONS, type QueryName, type QueryOption } from "../images/query.ts";
import type { Field } from "../images/uploads.ts";
import { MODELS_PATH, type ModelEntry, VERSION } from "../models/entry.ts";
import type { RouteSchema } from "./route.ts";

interface DocumentedParameter {
  readonly name: string;
  readonly in: "path" | "query";
  readonly required: boolean;
  readonly description: string;
  readonly schema: JsonSchema;
  readonly example?: string;
}

/** The parameters of a path, by their names in it, and of a query. */
export function parametersOf(
  path: string,
  { query = [], changed = {} }: RouteSchema,
  models: readonly ModelEntry[],
): DocumentedParameter[] {
  const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => inPath(name, models));
  return [...named, ...query.map((name) => inQuery(name, { ...QUERY_OPTIONS[name], ...changed[name] }, models))];
}

function inPath(name: string, models: readonly ModelEntry[]): DocumentedParameter {
  const [{ name: model, version }] = models;
  const known: Record<string, Pick<DocumentedParameter, "description" | "schema" | "example">> = {
    model: { description: `A name from ${MODELS_PATH}.`, schema: valueSchema(QUERY_OPTIONS.model, models), example: model },
    version: {
      description: `One of the versions of the model in ${MODELS_PATH}. Versions that are gone are answered with 410.`,
      schema: { type: "string", pattern: VERSION.source },
      example: version,
    },
  };
  const own = known[name] ?? optionInPath(name as "seed" | "format", models);
  return { name, in: "path", required: true, ...own };
}

function optionInPath(
  name: "seed" | "format",
  models: readonly ModelEntry[],
): Pick<DocumentedParameter, "description" | "schema" | "example"> {
  const row = QUERY_OPTIONS[name];
  return { description: inWords(row), schema: valueSchema(row, models), example: row.example };
}

/**
 * The example is part of the schema. If it were the parameter's, /reference would fill it in, and not all options can
 * be combined.
 */
const inQuery = (name: QueryName, row: QueryOption, models: readonly ModelEntry[]): DocumentedParameter => ({
  name,
  in: "query",
  required: false,
  description: `${inWords(row)} Default: ${row.default}.`,
  schema: valueSchema(row, models),
});

const inWords = ({ doc, domain }: QueryOption): string => `${doc} Takes ${domainInWords(domain)}.`;

/** Type, bounds and example of an option. Sizes range from the smallest to the largest that any model draws. */
function valueSchema({ domain, example }: QueryOption, models: readonly ModelEntry[]): JsonSchema {
  const widths = models.map(({ card }) => nativeShape(card).width);
  const text: JsonSchema = { type: "string", examples: [example ?? ""] };
  switch (domain.type) {
    case "text":
      return { ...text, minLength: domain.minLength, maxLength: domain.maxLength };
    case "integer":
    case "number":
      return { type: domain.type, minimum: domain.min, maximum: domain.max, examples: [Number(example)] };
    case "pixels": {
      const [minimum, maximum] = [domain.min * Math.min(...widths), domain.max * Math.max(...widths)];
      return { type: "integer", minimum, maximum, examples: [Number(example) * widths[0]] };
    }
    case "colour":
      return { ...text, pattern: `^(#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})${domain.transparent ? "|transparent" : ""})$` };
    case "model":
      return { type: "string", enum: models.map(({ name }) => name), examples: [models[0].name] };
    case "choice":
      return { ...text, enum: [...domain.values] };
    default:
      return text;
  }
}

/** Uploaded images: fields of a form; a single one may be the body itself. */
export function uploadOf(fields: readonly Field[]): object {
  const file = { type: "string", format: "binary", description: "A PNG file of the model's native size." };
  const properties = Object.fromEntries(fields.map((field) => [field, file]));
  return {
    required: true,
    content: {
      "multipart/form-data": { schema: { type: "object", properties, required: fields, additionalProperties: false } },
      ...(fields.length === 1 && { "image/png": { schema: file }, "image/apng": { schema: file } }),
    },
  };
}
