/** Parts that several pages are made of. */
import { html, raw } from "hono/html";
import { nativeShape } from "../../wasm-model/model/card.ts";
import type { Html } from "./layout.ts";
import { costIn, isAffordable, type PageState, sampleUrl } from "./state.ts";

/**
 * Where an image is shown as it anneals: the image, the score over it, the falling noise level, and the controls of
 * the playback. `alt`: of the finished image; without script it shows that alone. `autoplay`: each image is first
 * seen as noise.
 */
export function stage(state: PageState, alt: string, autoplay?: "autoplay"): Html {
  const { options, settings } = state;
  const moments = settings?.nfe ?? 1;
  const room = settings && settings.n === undefined ? "" : raw(" hidden"); // of what is played; a grid has no frames
  const image = isAffordable(state)
    ? html`<img src="${state.base}${sampleUrl(state, { ...options, size: undefined })}" alt="${alt}" fetchpriority="high">`
    : "";
  return html`<figure id="stage" class="stage" data-alt="${alt}"${autoplay ? raw(" data-autoplay") : ""}>
    <div class="image">${image}
      <canvas id="image" role="img" aria-label="${alt}" hidden></canvas>
      <canvas id="score" class="score" aria-hidden="true" hidden></canvas>
    </div>
    <div class="progress scripted"><progress id="progress" aria-label="Drawing" hidden></progress> <button type="button" id="cancel" hidden>Cancel</button></div>
    <div class="player scripted" id="player" data-empty${room} role="group" aria-label="Playback of the annealing">
      <svg id="levels" viewBox="0 0 100 40" preserveAspectRatio="none" aria-hidden="true"><linearGradient id="temper" gradientUnits="userSpaceOnUse" x2="100"><stop/><stop offset="0.3"/><stop offset="0.62"/><stop offset="1"/></linearGradient><path class="fall"/><path class="now"/></svg>
      <input type="range" id="scrub" min="0" max="${moments}" step="0.05" value="${moments}" aria-label="Moment of the annealing">
      <div class="buttons">
        <button type="button" id="back" aria-label="One step back"><span aria-hidden="true">◂</span></button>
        <button type="button" id="play">Play</button>
        <button type="button" id="forward" aria-label="One step forward"><span aria-hidden="true">▸</span></button>
        <button type="button" id="replay">Replay</button>
        <span id="moment" aria-hidden="true"></span>
        <label class="check"><input type="checkbox" id="show-score" checked> Score field</label>
      </div>
    </div>
    <figcaption><p id="caption" data-live>${settings ? alt : ""}</p> ${PIXEL_SWITCH} <p id="status" role="status">${isAffordable(state) ? "Drawn by the server." : "No image yet."}</p></figcaption>
  </figure>`;
}

/** Shows large images as squares, by a rule of the style sheet (base.css). Without it they are smooth. */
export const PIXEL_SWITCH = html`<label class="check"><input type="checkbox" id="pixels"> Pixels</label>`;

/** A description of the image, for its `alt`. */
export function imageInWords({ model, options, settings }: PageState): string {
  const label = typeof settings?.class === "number" ? model.card.labels[settings.class] : undefined;
  return `${label ?? "Image"} drawn from the seed ${options.seed}`;
}

/** A small image with a link. The script loads those that wait in turn. */
export function tile(state: PageState, { options, href, caption, alt, waits }: Tile): Html {
  const { width, height } = nativeShape(state.model.card);
  const source = raw(waits ? "data-src" : "src");
  return html`<li><a href="${state.base}${href}"><img ${source}="${state.base}${sampleUrl(state, options)}" width="${width}" height="${height}" alt="${alt}"><span>${caption}</span></a></li>`;
}

interface Tile {
  readonly options: PageState["options"];
  /** Its address, below the base. */
  readonly href: string;
  readonly caption: Html | string;
  readonly alt: string;
  /** Whether the script should load it later, because the server draws only so many at a time. */
  readonly waits: boolean;
}

/** How many tiles are loaded at a time: as many as a client may have in flight beside the large image. */
export const tilesAtOnce = (state: PageState): number => Math.max(1, Math.floor(state.inFlight / costIn(state, { seed: "7" })) - 1);

/** The settings of the image, in numbers. */
export function facts({ settings }: PageState): Html {
  if (!settings) return html`<p id="facts" data-live></p>`;
  const { sampler, steps, nfe, n, width, height } = settings;
  const many = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;
  return html`<p id="facts" data-live class="note"><code>${sampler}</code>, ${many(steps, "noise level")}, ${many(nfe, "network evaluation")}${n === undefined ? "" : ` for ${many(n, "image")}`}; ${width} × ${height} pixels each.</p>`;
}

/**
 * The score in terms of the network's guess, as a formula: grad_x log p_sigma(x) = (D(x, sigma) - x) / sigma^2 (Karras
 * et al. 2022, eq. 3).
 */
export const SCORE =
  raw(`<math display="block" alttext="The gradient of log p sub sigma at x equals D of x and sigma, minus x, over sigma squared">
  <msub><mi mathvariant="normal">∇</mi><mi>x</mi></msub><mspace width="0.2em"/><mi>log</mi><mspace width="0.2em"/><msub><mi>p</mi><mi>σ</mi></msub><mo stretchy="false">(</mo><mi>x</mi><mo stretchy="false">)</mo>
  <mo>=</mo>
  <mfrac><mrow><mi>D</mi><mo>(</mo><mi>x</mi><mo>,</mo><mi>σ</mi><mo>)</mo><mo>−</mo><mi>x</mi></mrow><msup><mi>σ</mi><mn>2</mn></msup></mfrac>
</math>`);

/** A text, with <code> in place of backticks. */
export const withCode = (text: string): Html[] =>
  text.split("`").map((part, i) => (i % 2 === 0 ? html`${part}` : html`<code>${part}</code>`));
