/**
 * The pages that draw: /, /draw, /studio, /morph and /repaint. The fields of their forms are named after
 * options. An empty field means "not given", since forms send it anyway.
 */
import { OptionError, optionsOf, type Settings } from "../../wasm-model/index.ts";
import { type ModelCard, nativeShape } from "../../wasm-model/model/card.ts";
import { randomSeed } from "../../wasm-model/request/options.ts";
import { resolve, resolveDenoise } from "../../wasm-model/request/resolve.ts";
import { limitsOf } from "../admission/limits.ts";
import { CACHEABLE, UNREPEATABLE } from "../http/caching.ts";
import type { QueryName } from "../images/query.ts";
import type { ReadyModel, ReadyModels } from "../models/ready.ts";
import type { Route } from "../openapi/route.ts";
import { draw, drawDefaults } from "../site/draw.ts";
import { opening } from "../site/draw-examples.ts";
import { home } from "../site/home.ts";
import { answer, baseOf, type Html, originOf, shapeStyle } from "../site/layout.ts";
import { morph } from "../site/morph.ts";
import { operationOf, optionsFor, REPAINT_OPERATIONS, repaint } from "../site/repaint.ts";
import {
  firstLook,
  largestWidth,
  type OwnKeys,
  type PageOptions,
  type PageState,
  PLACES,
  pageQueryParser,
  problemInWords,
  sampleUrl,
} from "../site/state.ts";
import { studio } from "../site/studio.ts";
import { posterStyle, wallSeeds } from "../site/wall.ts";

interface DrawingPage {
  readonly path: string;
  readonly title: string;
  readonly description: string;
  readonly script: string;
  readonly keys: readonly QueryName[];
  readonly own: OwnKeys;
  /** Style that only this page has. */
  readonly style?: (model: ReadyModel, base: string) => string;
  /** A second seed, chosen at random if the address has none. */
  readonly secondSeed?: "to" | "from";
  /** The page's own values of options; and those of an address with neither seed nor class. */
  readonly defaults?: (card: ModelCard) => Partial<PageOptions>;
  readonly opening?: (model: ReadyModel) => Partial<PageOptions>;
  /** Throws `OptionError` for what cannot be drawn. */
  readonly settingsOf: (model: ReadyModel, options: PageOptions, own: PageState["own"]) => Settings | undefined;
  readonly body: (state: PageState) => Html;
}

const drawn = (model: ReadyModel, options: PageOptions): Settings => resolve("sample", options, model.card);
const without = (...names: string[]): QueryName[] => optionsOf("sample").filter((name) => !names.includes(name));
const OWN: OwnKeys = { on: PLACES };

export const PAGES: readonly DrawingPage[] = [
  {
    path: "/",
    title: "Anneal: noise, cooled into images",
    description: "A small neural network draws images in your browser. Same seed, same image, everywhere.",
    script: "/assets/watch.js",
    opening: (model) => ({ seed: wallSeeds(model)[0] }),
    style: posterStyle,
    keys: ["seed", "model", "class"],
    own: OWN,
    settingsOf: drawn,
    body: home,
  },
  {
    path: "/draw",
    title: "Draw, Anneal",
    description: "Draw a few strokes, and a small neural network makes an image of them while you draw, on your device.",
    script: "/assets/draw.js",
    keys: ["model", "seed", "class", "strength", "temperature", "guidance"],
    own: OWN,
    defaults: drawDefaults,
    opening: ({ card }) => opening(card),
    settingsOf: (model, options) => {
      resolve("vary", options, model.card);
      return drawn(model, { ...options, strength: undefined });
    },
    body: draw,
  },
  {
    path: "/studio",
    title: "Studio, Anneal",
    description: "Samplers, noise levels, temperature, guidance, colours and grids of a small image generator, on your device.",
    script: "/assets/watch.js",
    keys: ["model", ...without("to", "t", "frames")],
    own: OWN,
    settingsOf: drawn,
    body: studio,
  },
  {
    path: "/morph",
    title: "Morph, Anneal",
    description: "The way from one image to another, as a slider, a strip and an animation.",
    script: "/assets/morph.js",
    keys: ["model", ...without("n", "frames")],
    own: OWN,
    secondSeed: "to",
    settingsOf: drawn,
    body: morph,
  },
  {
    path: "/repaint",
    title: "Repaint, Anneal",
    description: "Paint over a part of an image and let a small network fill it, vary an image, or take its noise out.",
    script: "/assets/repaint.js",
    keys: ["model", ...without("to", "t", "n", "size", "frames", "background", "foreground"), "strength", "sigma"],
    own: { ...OWN, do: REPAINT_OPERATIONS, from: undefined },
    secondSeed: "from",
    settingsOf: (model, options, own) => {
      const operation = operationOf(own);
      drawn(model, { seed: own.from ?? options.seed });
      const taken = optionsFor(operation, options);
      if (operation === "denoise") resolveDenoise(taken, model.card);
      else resolve(operation, { ...taken, seed: options.seed }, model.card);
      return undefined;
    },
    body: repaint,
  },
];

export const site = (ready: ReadyModels): readonly Route[] => PAGES.map((page) => route(ready, page));

function route(ready: ReadyModels, page: DrawingPage): Route {
  const { path, title, description, script, keys, own: ownKeys, secondSeed, defaults, opening, settingsOf, body } = page;
  const parse = pageQueryParser(keys, ownKeys);
  return {
    method: "get",
    path,
    handler: async (c) => {
      const { search, searchParams } = new URL(c.req.url);
      const origin = originOf(c);
      let model = search === "" ? firstLook(ready, c.env) : ready.get(undefined, c.env);
      const isNew = searchParams.has("new");
      let options: PageOptions = { seed: searchParams.get("seed") || randomSeed() };
      let own: PageState["own"] = {};
      let problem: string | undefined;
      let settings: Settings | undefined;
      try {
        const query = parse(c.req.url);
        if (query.model !== undefined) model = ready.get(query.model, c.env);
        const { seed, class: label } = query.options;
        const first = !isNew && seed === undefined && label === undefined ? opening?.(model) : undefined;
        options = { ...defaults?.(model.card), ...query.options, seed: (isNew ? undefined : seed) ?? randomSeed(), ...first };
        own = query.own;
        if (secondSeed === "to") options = { ...options, to: options.to ?? randomSeed() };
        if (secondSeed === "from") own = { ...own, from: own.from ?? randomSeed() };
        settings = settingsOf(model, options, own);
      } catch (error) {
        if (!(error instanceof OptionError)) throw error;
        problem = problemInWords(error);
      }
      const bounds = limitsOf(c.env);
      const state: PageState = { origin, base: baseOf(c), models: ready.names, model, options, own, problem, settings, ...bounds };
      c.header("X-Model", model.name);
      const isRepeatable = !isNew && ["seed", ...(secondSeed ? [secondSeed] : [])].every((name) => searchParams.get(name));
      const image = settings && sampleUrl(state, { ...options, n: undefined, strength: undefined, size: largestWidth(state) });
      const style = shapeStyle(nativeShape(model.card)) + (page.style?.(model, state.base) ?? "");
      const shown = { origin, path: path + search, title, description, image, script, style, body: body(state) };
      return answer(c, shown, { status: problem === undefined ? 200 : 400, caching: isRepeatable ? CACHEABLE : UNREPEATABLE });
    },
  };
}
