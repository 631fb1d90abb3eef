/** What a request asks of a page, checked; the parts of the page are made from it. */
import { OPTIONS, OptionError, type SampleOptions, type Settings } from "../../wasm-model/index.ts";
import { nativeShape } from "../../wasm-model/model/card.ts";
import { costOf } from "../../wasm-model/render/cost.ts";
import { TRANSPARENT } from "../../wasm-model/request/colours.ts";
import { resolve, unknownOption } from "../../wasm-model/request/resolve.ts";
import type { Env } from "../http/env.ts";
import { type Query, type QueryName, queryOf, queryParser } from "../images/query.ts";
import type { ReadyModel, ReadyModels } from "../models/ready.ts";

/** Where images are drawn: on the visitor's device, as soon as the model is there, or by the server. */
export const PLACES = ["device", "edge"] as const;

export type PageOptions = Query["options"] & Pick<SampleOptions, "seed">;

export interface PageState {
  /** The address of the server, which the snippets name: its origin and `base`, e.g. `https://anneal.example`. */
  readonly origin: string;
  /** The path that the service is mounted under, which every address in a page begins with; "" where there is none. */
  readonly base: string;
  /** The names of all models, and the one that draws. */
  readonly models: readonly string[];
  readonly model: ReadyModel;
  readonly options: PageOptions;
  /** Values of the keys that only this page understands. */
  readonly own: Readonly<Record<string, string>>;
  /** What is wrong with the request; then nothing is drawn. */
  readonly problem?: string | undefined;
  readonly settings?: Settings | undefined;
  /**
   * The highest cost of an image that the server draws, and of what a client may have in flight, in
   * multiply-accumulates.
   */
  readonly budget: number;
  readonly inFlight: number;
}

/** Keys that only one page understands, with the values that they take; any text if there is no list. */
export type OwnKeys = Readonly<Record<string, readonly string[] | undefined>>;

export interface PageQuery extends Query {
  readonly own: Readonly<Record<string, string>>;
}

/** Forms also send empty fields, which count as absent, and the button for a new seed. */
const isGiven = (key: string, value: string, known: readonly string[]): boolean => key !== "new" && !(value === "" && known.includes(key));

/** Parses the address of a page. Throws `OptionError` as `queryOf` and `queryParser` do. */
export function pageQueryParser(keys: readonly QueryName[], own: OwnKeys): (url: string) => PageQuery {
  const parse = queryParser(keys);
  const known = [...keys, ...Object.keys(own)];
  return (url) => {
    const given = asColours(new URLSearchParams(queryOf(url).filter(([key, value]) => isGiven(key, value, known))));
    for (const [key, value] of given) if (!known.includes(key)) throw unknownOption(key, known, value);
    const owned: Record<string, string> = {};
    for (const [key, values] of Object.entries(own)) {
      const [value, ...more] = given.getAll(key);
      given.delete(key);
      if (value === undefined) continue;
      if (more.length > 0) throw new OptionError("repeated-option", key, "one value only", `${1 + more.length} values`);
      if (values && !values.includes(value)) throw new OptionError("invalid-value", key, `one of ${values.join(", ")}`, value);
      owned[key] = value;
    }
    return { ...parse(given), own: owned };
  };
}

/** What is wrong with a page's address, in a sentence for visitors. */
export function problemInWords({ code, option, expected, received }: OptionError): string {
  if (code === "unknown-option") return `There is no setting “${option}” on this page.`;
  if (code === "repeated-option") return `“${option}” is given more than once.`;
  if (code === "empty-value") return `“${option}” is empty. It takes ${expected}.`;
  return `“${option}” takes ${expected}, not ${received}.`;
}

/**
 * Turns a form's colour fields into options. These fields always have a value, which begins with `#`; black and white
 * together stand for none. The box `clear` stands for a transparent background.
 */
function asColours(query: URLSearchParams): URLSearchParams {
  const colours = ["background", "foreground"] as const;
  const [background, foreground] = colours.map((name) => query.get(name));
  if (background === "#000000" && foreground === "#ffffff") for (const name of colours) query.delete(name);
  for (const name of colours) {
    const value = query.get(name);
    if (value?.startsWith("#")) query.set(name, value.slice(1));
  }
  if (query.has("clear")) query.set("background", TRANSPARENT);
  query.delete("clear");
  return query;
}

export const isDefaultModel = ({ model, models }: PageState): boolean => model.name === models[0];

/** Multiply-accumulates of an image. Throws `OptionError` for one that cannot be drawn. */
export function costIn({ model }: Pick<PageState, "model">, options: PageOptions): number {
  return costOf(resolve("sample", options, model.card), model.card);
}

/** Whether the server draws the image of these options, by default the page's. */
export function isAffordable(state: PageState, options: PageOptions = state.options): boolean {
  try {
    return state.problem === undefined && costIn(state, options) <= state.budget;
  } catch (error) {
    if (error instanceof OptionError) return false;
    throw error;
  }
}

/** Path below the base, and query, with these values; what is undefined is left out. */
export function address(path: string, values: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(values).filter((entry): entry is [string, string | number] => entry[1] !== undefined);
  const query = new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString();
  return query ? `${path}?${query}` : path;
}

/** The address of the image of these options, as a PNG file. */
export function sampleUrl(state: PageState, options: PageOptions): string {
  return address("/sample", { ...options, model: isDefaultModel(state) ? undefined : state.model.name });
}

/** The address of a page for this state, with some values changed. */
export function pageUrl(state: PageState, path: string, changed: Readonly<Record<string, string | number | undefined>> = {}): string {
  return address(path, { ...state.options, model: isDefaultModel(state) ? undefined : state.model.name, ...changed });
}

/** The model that a stranger sees first, where the deployment has it: on pages that draw while their address has no query. */
export const FIRST_LOOK = "avatars";

/** The model of the first look, otherwise the default model. */
export const firstLook = (ready: ReadyModels, env: Env["Bindings"]): ReadyModel => ready.find(FIRST_LOOK, env) ?? ready.get(undefined, env);

/** The largest whole multiple of the native width that the server draws, for the image without its grid. */
export function largestWidth(state: PageState): number {
  const { width } = nativeShape(state.model.card);
  let times: number = OPTIONS.size.domain.max;
  while (times > 1 && !isAffordable(state, { ...state.options, n: undefined, size: times * width })) times--;
  return times * width;
}
