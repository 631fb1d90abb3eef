/**
 * The wall of the home page: images of one model, drawn again by the visitor's device. The seeds of the shipped models
 * and their posters, which are shown until then, are chosen by `npm run tool -- wall`.
 */
import { html, raw } from "hono/html";
import { nativeShape } from "../../wasm-model/model/card.ts";
import { resolve } from "../../wasm-model/request/resolve.ts";
import type { ReadyModel } from "../models/ready.ts";
import selections from "../pages/home/wall/seeds.json" with { type: "json" };
import type { Html } from "./layout.ts";
import { tilesAtOnce } from "./parts.ts";
import { address, isDefaultModel, type PageState, pageUrl, sampleUrl } from "./state.ts";

/** Columns of a poster, and pixels of an image's own edge around it, so that smooth scaling mixes in no neighbour. */
export const [COLUMNS, EDGE] = [10, 1];
/** Images on the wall of a model for which none were selected. */
const UNSELECTED = 40;

export interface WallSelection {
  /** The model's, with which these seeds were chosen. */
  readonly version: string;
  readonly seeds: readonly string[];
}

const SELECTIONS: Readonly<Record<string, WallSelection | undefined>> = selections;

/** The seeds that were selected for exactly this model. */
function selectionOf({ name, version }: Pick<ReadyModel, "name" | "version">): readonly string[] | undefined {
  const selection = SELECTIONS[name];
  return selection?.version === version ? selection.seeds : undefined;
}

export const posterPath = (name: string): string => `/assets/wall-${name}.avif`;

/** The seeds on the wall of a model. The first is the one that the home page opens with. */
export const wallSeeds = (model: Pick<ReadyModel, "name" | "version">): readonly string[] =>
  selectionOf(model) ?? Array.from({ length: UNSELECTED }, (_, i) => String(i + 1));

/** The style of a wall that has a poster: the poster, and the column and the row of each image in it, as shares. */
export function posterStyle(model: ReadyModel, base: string): string {
  const seeds = selectionOf(model);
  if (!seeds) return "";
  const rows = seeds.length / COLUMNS;
  const { width, height } = nativeShape(model.card);
  const size = (count: number, length: number): string => `${(100 * count * (length + 2 * EDGE)) / length}%`;
  const places = (count: number, length: number): string[] => {
    const step = length + 2 * EDGE;
    return Array.from({ length: count }, (_, i) => `calc(${i * step + EDGE}/${count * step - length})`);
  };
  return [
    `.wall{--poster:url("${base}${posterPath(model.name)}");--poster-size:${size(COLUMNS, width)} ${size(rows, height)}}`,
    ...places(COLUMNS, width).map((x, i) => `.wall li:nth-child(${COLUMNS}n+${i + 1}){--x:${x}}`),
    ...places(rows, height).map((y, i) => `.wall li:nth-child(n+${COLUMNS * i + 1}){--y:${y}}`),
  ].join("");
}

export function wall(state: PageState): Html {
  const { model, models, base } = state;
  const isSelected = selectionOf(model) !== undefined;
  const wallOf = (name: string) =>
    html`<li><a href="${base}${address("/", { model: name })}"${name === model.name ? raw(' aria-current="true"') : ""}>${name}</a></li>`;
  return html`<figure class="gallery">
    <a class="skip" href="#controls">Skip the images</a>
    <ol id="wall" class="wall${isSelected ? " poster" : ""}">${wallSeeds(model).map((seed, i) => face(state, seed, isSelected, i))}</ol>
    <figcaption>
      <p>${isSelected ? "A classifier chose these from 1000 seeds. " : "Not selected: the first forty seeds. "}
        <span id="wall-state" role="status"></span></p>
      ${models.length > 1 ? html`<nav aria-label="Models"><ul class="models">${models.map(wallOf)}</ul></nav>` : ""}
    </figcaption>
  </figure>`;
}

/** An image of the wall. Without a poster the server draws the first of them, and the script loads the others. */
function face(state: PageState, seed: string, isSelected: boolean, i: number): Html {
  const { model, base } = state;
  const { width, height } = nativeShape(model.card);
  const settings = resolve("sample", { seed }, model.card);
  const label = typeof settings.class === "number" ? model.card.labels[settings.class] : undefined;
  const options = { seed };
  const source = raw(i < tilesAtOnce(state) ? "src" : "data-src");
  const image = isSelected ? "" : html`<img ${source}="${base}${sampleUrl(state, options)}" width="${width}" height="${height}" alt="">`;
  const link = pageUrl(state, "/", { seed, class: undefined, model: isDefaultModel(state) ? undefined : model.name });
  return html`<li><a href="${base}${link}" data-seed="${seed}"><span class="face">${image}</span><span>${label ?? `Seed ${seed}`}</span></a></li>`;
}
