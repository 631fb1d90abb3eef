/** The page at /: a grid of fresh samples with its controls, the widget, what happens, and the options of /sample. Server-rendered; it works without script. */
import { html, raw } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";
import { OPTIONS, OptionError, type SampleOptions } from "../../wasm-model/index.ts";
import { type ModelCard, pictureShape } from "../../wasm-model/model/card.ts";
import { costOf } from "../../wasm-model/render/cost.ts";
import { type Cards, type ResolvedRequest, resolveFor } from "../../wasm-model/request/drawer.ts";
import { expected, QUERY_OPTIONS, type QueryName } from "../pictures/options.ts";
import { SAMPLE_KEYS } from "../pictures/query.ts";

/** Samples in the grid: it fills rows of 2, 3, 4 and 6. */
const COUNT = 12;
/** The seed of the grid's sample k. */
const sampleSeed = (seed: string, k: number): string => `${seed}/${k}`;
/** Noise levels of the strip that shows one seed take shape, as far as the budget goes. */
const STRIP = [1, 2, 3, 4, 6, 8, 16, 32];

export interface NamedModel extends Cards {
  readonly name: string;
}

export interface PageState {
  /** Origin that the copyable snippets name, e.g. `https://anneal.example`. */
  readonly origin: string;
  /** The names of all models, and the one that draws. */
  readonly models: readonly string[];
  readonly model: NamedModel;
  /** What the form asks for; its seed is that of the grid. */
  readonly request: SampleOptions;
  /** What is wrong with the request; then no samples are drawn. */
  readonly problem?: string | undefined;
  /** The highest cost of a picture, and of the pictures that a client may have in flight, in multiply-accumulates. */
  readonly budget: number;
  readonly inFlight: number;
}

/** How large an image is, for the style sheet. */
export function nativeStyle(card: ModelCard): string {
  const { width, height } = pictureShape(card);
  return `:root{--native:${width}px;--aspect:${width}/${height}}`;
}

type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

/**
 * The grid's samples, but for their seeds: the file of the model that draws them, and their settings. Throws `OptionError` for a request whose grid cannot be drawn: all that `resolve` refuses, and a seed
 * that is too long once it has a sample's number.
 */
export function gridRequest(request: SampleOptions, model: Cards): ResolvedRequest {
  const { minLength, maxLength } = OPTIONS.seed.domain;
  const longest = maxLength - sampleSeed("", COUNT - 1).length;
  if ([...request.seed].length > longest) {
    throw new OptionError("invalid-value", "seed", `Unicode text of ${minLength} to ${longest} code points`, request.seed);
  }
  return resolveFor("sample", request, model);
}

export function page(state: PageState): Html {
  const { model, origin } = state;
  const { card } = model;
  const strip = STRIP.filter((steps) => isAffordable(state, { steps }));
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="description" content="A small score network draws images from noise, at the edge and on your device.">
    <title>Anneal: images out of noise${isDefault(state) ? "" : `, ${model.name}`}</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/assets/site.css">
    <style>${raw(nativeStyle(card))}</style>
    <script type="module" src="/assets/site.js"></script>
    <script type="module" src="/embed.js"></script>
  </head>
  <body data-at-once="${tilesAtOnce(state)}">
    <header>
      <h1>Anneal</h1>
      <p>Images that no one ever took. A small network, trained on <span class="name">${card.training.data}</span>, anneals noise into each of them while you wait.</p>
      ${modelLinks(state)}
    </header>
    <main>
      <section aria-labelledby="samples-title">
        <h2 id="samples-title">Fresh samples</h2>
        ${form(state)} ${samples(state)}
      </section>
      <section aria-labelledby="device-title" class="device">
        <div>
          <h2 id="device-title">Drawn on your device</h2>
          <p>The same network, the same seed, another computer: yours. Where it cannot run, the picture comes from the edge.</p>
          ${snippet("An image, drawn at the edge", `<img src="${origin}${sampleUrl(state, { seed: "7" })}" width="112" height="112" alt="A sample drawn by Anneal">`)}
          ${snippet(
            "A widget, drawn on the visitor's device",
            `<script type="module" src="${origin}/embed.js"></script>\n<anneal-sample seed="7"${modelAttribute(state)}></anneal-sample>`,
          )}
        </div>
        <figure>
          <anneal-sample seed="7"${raw(modelAttribute(state))}><noscript><img src="${sampleUrl(state, { seed: "7" })}" width="224" height="224" alt="The sample of seed 7"></noscript></anneal-sample>
          <figcaption>Seed 7</figcaption>
        </figure>
      </section>
      <section aria-labelledby="how-title" class="prose">
        <h2 id="how-title">How noise becomes an image</h2>
        <p>
          Images are rare: nearly every grid of grey pixels is noise. Blur the law of the training images with noise of strength
          <i>σ</i>, and at every point there is a direction that leads to more probable images. It is called the <dfn>score</dfn>, and a network that
          removes noise knows it:
        </p>
        ${SCORE}
        <p>
          Here <i>D</i> is the network's guess at the clean image behind <i>x</i>. Sampling starts from pure noise and repeats: guess, take a step along the score,
          add a little fresh noise, lower <i>σ</i>. Like metal that cools slowly, the picture settles: first the outline, then the seams. Fresh noise is what
          lets a sample leave a mistake behind.
        </p>
        <p>One seed, drawn with ${strip.length} different numbers of noise levels:</p>
        <ol class="tiles strip">
          ${strip.map((steps) => {
            const label = steps === 1 ? "1 level" : `${steps} levels`;
            return tile(state, { seed: "7", steps }, { alt: `The sample of seed 7 with ${label}`, caption: label, source: "data-src" });
          })}
        </ol>
      </section>
      <section aria-labelledby="options-title">
        <h2 id="options-title">Ask for an image</h2>
        <p><code>GET /sample</code> takes these keys, each at most once. The seed decides the image: the same request gives the same bytes.</p>
        ${options(card)}
      </section>
    </main>
    <footer>
      <p><a href="/guide">Guide</a> · <a href="/langevin">Langevin playground</a> · <a href="/models">Models and their cards</a> (JSON) · trained with ${card.training.images.toLocaleString("en")} presentations of images from ${card.training.data}, licence ${card.training.dataLicence}</p>
    </footer>
  </body>
</html>`;
}

/** Where there is a choice. */
function modelLinks({ models, model }: PageState): Html | string {
  if (models.length < 2) return "";
  const link = (name: string) =>
    html`<li><a href="${pageUrl(name, models)}"${name === model.name ? raw(' aria-current="page"') : ""}>${name}</a></li>`;
  return html`<nav aria-label="Models"><ul>${models.map(link)}</ul></nav>`;
}

const isDefault = ({ model, models }: PageState): boolean => model.name === models[0];
const pageUrl = (name: string, models: readonly string[]): string => (name === models[0] ? "/" : `/?model=${encodeURIComponent(name)}`);
const modelAttribute = (state: PageState): string => (isDefault(state) ? "" : ` model="${state.model.name}"`);

function costIn(model: Cards, request: Omit<SampleOptions, "seed">): number {
  const { settings, card } = resolveFor("sample", { ...request, seed: "7" }, model);
  return costOf(settings, card);
}

/** Whether the server draws a picture for this request. */
function isAffordable({ model, budget }: PageState, request: Omit<SampleOptions, "seed">): boolean {
  try {
    return costIn(model, request) <= budget;
  } catch (error) {
    if (error instanceof OptionError) return false;
    throw error;
  }
}

/** Bounds of the slider, for the sampler that is chosen, and where it stands. */
function stepsSlider(state: PageState): { readonly min: number; readonly max: number; readonly value: number } {
  const { min, max } = OPTIONS.steps.domain;
  const { sampling } = state.model.card;
  const sampler = OPTIONS.sampler.domain.values.find((known) => known === state.request.sampler);
  let most: number = max;
  while (most > min && !isAffordable(state, { sampler, steps: most })) most--;
  const asked = Number(state.request.steps ?? sampling.steps);
  return { min, max: most, value: Math.max(min, Math.min(most, Number.isInteger(asked) ? asked : sampling.steps)) };
}

/** Enter presses its first button, with and without script. */
function form(state: PageState): Html {
  const { model, request, problem } = state;
  const { card } = model;
  const steps = stepsSlider(state);
  const selected = (value: unknown, given: unknown) => (String(value) === String(given ?? "") ? raw(" selected") : "");
  return html`<form action="/" method="get" id="controls">
    ${isDefault(state) ? "" : html`<input type="hidden" name="model" value="${model.name}">`}
    <label>Class
      <select name="class">
        <option value="">any</option>
        ${card.labels.map((label) => html`<option value="${label}"${selected(label, request.class)}>${label}</option>`)}
      </select>
    </label>
    <label for="steps">Noise levels <output id="steps-value" for="steps">${steps.value}</output>
      <input type="range" name="steps" id="steps" min="${steps.min}" max="${steps.max}" value="${steps.value}">
    </label>
    <label>Sampler
      <select name="sampler">
        ${OPTIONS.sampler.domain.values.map(
          (value) => html`<option value="${value}"${selected(value, request.sampler ?? card.sampling.sampler)}>${value}</option>`,
        )}
      </select>
    </label>
    <label>Seed <input type="text" name="seed" value="${request.seed}" autocomplete="off" spellcheck="false"></label>
    <div class="buttons">
      <button type="submit">Draw this seed</button>
      <button type="submit" name="new" value="yes" class="primary">New samples</button>
    </div>
    <p id="problem" role="alert">${problem ?? ""}</p>
  </form>`;
}

/**
 * How many of the page's tiles are asked for at a time, by the script: all that a client may have in flight, but for the widget's picture, should that come from the
 * edge. As many come without script; the others are links with words in place of their pictures.
 */
function tilesAtOnce({ model, request, problem, inFlight }: PageState): number {
  return Math.max(1, Math.floor(inFlight / costIn(model, problem ? {} : request)) - 1);
}

/** The grid, the one part that the script exchanges when a control moves. */
function samples(state: PageState): Html {
  const { model, models, request, problem } = state;
  const { card } = model;
  if (problem)
    return html`<div id="samples"><p role="status">No samples. Mend the form above, or <a href="${pageUrl(model.name, models)}">start afresh</a>.</p></div>`;
  const { drawnBy, settings } = resolveFor("sample", request, model);
  const { seed, steps, sampler, nfe } = settings;
  return html`<div id="samples">
    <p role="status">${COUNT} samples of seed ${seed} by <code>${sampler}</code>: ${steps} noise ${steps === 1 ? "level" : "levels"}, ${nfe} network ${nfe === 1 ? "evaluation" : "evaluations"} ${drawnBy ? `of the ${drawnBy} ` : ""}each.</p>
    <ul class="tiles grid">
      ${Array.from({ length: COUNT }, (_, k) => {
        const one = { ...request, seed: sampleSeed(seed, k) };
        const label = card.labels[resolveFor("sample", one, model).settings.class as number];
        const source = k < tilesAtOnce(state) ? "src" : "data-src";
        return tile(state, one, { alt: `${label}, sample ${k} of seed ${seed}`, caption: label, source });
      })}
    </ul>
  </div>`;
}

interface Tile {
  readonly alt: string;
  readonly caption: string;
  /** `data-src`: the script sets the image's address when its turn comes. */
  readonly source: "src" | "data-src";
}

/** A sample at its native size, with a link to a large one; how large it is shown, the style says. */
function tile(state: PageState, request: SampleOptions, { alt, caption, source }: Tile): Html {
  const { width, height } = pictureShape(state.model.card);
  const large = sampleUrl(state, { ...request, size: largestWidth(state, request) });
  const image = html`<img ${raw(source)}="${sampleUrl(state, request)}" width="${width}" height="${height}" alt="${alt}">`;
  return html`<li><a href="${large}">${image}<span>${caption}</span></a></li>`;
}

/** The largest whole multiple of the native width that `size` may be for this request. */
function largestWidth(state: PageState, request: SampleOptions): number {
  const { width } = pictureShape(state.model.card);
  let times: number = OPTIONS.size.domain.max;
  while (times > 1 && !isAffordable(state, { ...request, size: times * width })) times--;
  return times * width;
}

function sampleUrl(state: PageState, request: SampleOptions): string {
  const model = isDefault(state) ? undefined : state.model.name;
  const given = Object.entries({ ...request, model }).filter(([, value]) => value !== undefined);
  return `/sample?${new URLSearchParams(given.map(([key, value]) => [key, String(value)]))}`;
}

function snippet(title: string, code: string): Html {
  return html`<figure class="snippet"><figcaption>${title} <button type="button" data-copy hidden>Copy</button></figcaption><pre><code>${code}</code></pre></figure>`;
}

/** What stands between backticks, as code. */
const withCode = (text: string): Html[] => text.split("`").map((part, i) => (i % 2 === 0 ? html`${part}` : html`<code>${part}</code>`));

function options(card: ModelCard): Html {
  const row = (name: QueryName) => {
    const { doc, default: byDefault } = QUERY_OPTIONS[name];
    return html`<div><dt><code>${name}</code></dt><dd>${withCode(doc)}</dd><dd class="values">Takes ${expected(name, card)}. Default: ${byDefault}.</dd></div>`;
  };
  return html`<dl class="options">${SAMPLE_KEYS.map(row)}</dl>`;
}

/** grad_x log p_sigma(x) = (D(x, sigma) - x) / sigma^2 (Karras et al. 2022, eq. 3). */
const SCORE =
  raw(`<math display="block" alttext="The gradient of log p sub sigma at x equals D of x and sigma, minus x, over sigma squared">
  <msub><mi mathvariant="normal">∇</mi><mi>x</mi></msub><mspace width="0.2em"/><mi>log</mi><mspace width="0.2em"/><msub><mi>p</mi><mi>σ</mi></msub><mo stretchy="false">(</mo><mi>x</mi><mo stretchy="false">)</mo>
  <mo>=</mo>
  <mfrac><mrow><mi>D</mi><mo>(</mo><mi>x</mi><mo>,</mo><mi>σ</mi><mo>)</mo><mo>−</mo><mi>x</mi></mrow><msup><mi>σ</mi><mn>2</mn></msup></mfrac>
</math>`);
