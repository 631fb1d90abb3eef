/**
 * The options of queries: those of the library and the two that only a deployment has, the model and the format of the file. Query schemas, OpenAPI parameters and the
 * list on the page are derived from this table.
 */
import { type Domain, expectedOf, type ModelCard, OPTIONS, type Option } from "../../wasm-model/index.ts";
import { domainInWords as optionInWords } from "../../wasm-model/request/options.ts";

export interface QueryOption extends Pick<Option, "default" | "doc">, Partial<Pick<Option, "example">> {
  /** `model`: the name of a model. */
  readonly domain: Domain | { readonly type: "model" };
}

const { seed, frames, ...others } = OPTIONS;

export const QUERY_OPTIONS = {
  seed,
  model: {
    domain: { type: "model" },
    default: "the first of /v1/models",
    doc: "Which model draws.",
  },
  ...others,
  format: {
    domain: { type: "choice", values: ["png", "apng", "svg", "json"] },
    default: "png",
    doc: "A picture, its annealing as an animation, its pixels as a scalable drawing, or the numbers with the settings that made them.",
    example: "png",
  },
  frames,
} as const satisfies Record<string, QueryOption>;

export type QueryName = keyof typeof QUERY_OPTIONS;

export const QUERY_NAMES = Object.keys(QUERY_OPTIONS) as QueryName[];

export const FORMATS = QUERY_OPTIONS.format.domain.values;

export type Format = (typeof FORMATS)[number];

/** What an option takes, in words. With a card, what it takes for that model. */
export function expected(name: QueryName, card?: ModelCard): string {
  return card && name !== "model" && name !== "format" ? expectedOf(name, card) : domainInWords(QUERY_OPTIONS[name].domain);
}

export const domainInWords = (domain: QueryOption["domain"]): string =>
  domain.type === "model" ? "the name of a model" : optionInWords(domain);
