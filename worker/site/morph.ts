/** The page at /morph: images between two seeds. */
import { html } from "hono/html";
import { OPTIONS } from "../../wasm-model/index.ts";
import { nativeShape } from "../../wasm-model/model/card.ts";
import {
  classField,
  colourFields,
  drawButtons,
  guidanceField,
  modelField,
  numberField,
  placeField,
  problemLine,
  samplerField,
  stepsField,
  temperatureField,
  textField,
} from "./controls.ts";
import type { Html } from "./layout.ts";
import { PIXEL_SWITCH, tile, tilesAtOnce } from "./parts.ts";
import { links } from "./snippets.ts";
import { isAffordable, type PageState, pageUrl, sampleUrl } from "./state.ts";

/** Images of the strip, ends included. */
const STRIP = 9;

export function morph(state: PageState): Html {
  const { options } = state;
  const alt = `Between the seeds ${options.seed} and ${options.to}, at ${options.t ?? OPTIONS.t.default}`;
  const image = isAffordable(state) ? html`<img src="${state.base}${sampleUrl(state, options)}" alt="${alt}" fetchpriority="high">` : "";
  return html`
    <div class="title"><h1>Morph</h1><p class="lead">Two seeds, two images, and everything in between. Their noise is mixed so that every mixture is as probable as either end.</p></div>
    <div class="bench">
      <figure id="stage" class="stage" data-alt="${alt}">
        <div class="image">${image}<canvas id="image" role="img" aria-label="${alt}" hidden></canvas></div>
        <div class="progress scripted"><progress id="progress" aria-label="Drawing" hidden></progress> <button type="button" id="cancel" hidden>Cancel</button></div>
        <figcaption><p id="caption" data-live>${alt}</p> ${PIXEL_SWITCH} <p id="status" role="status">${isAffordable(state) ? "Drawn by the server." : "No image yet."}</p></figcaption>
      </figure>
      <form action="${state.base}/morph" method="get" id="controls" data-model="${state.model.name}">
        ${problemLine(state)}
        ${textField("From seed", "seed", options.seed)} ${textField("To seed", "to", options.to ?? "")}
        ${numberField(state, "Position", "t", {})}
        ${modelField(state)} ${classField(state, "chosen by the seeds")}
        <details><summary>More options</summary><div class="fields">${samplerField(state)} ${stepsField(state)} ${temperatureField(state)} ${guidanceField(state)} ${colourFields(state)}</div></details>
        ${drawButtons("Morph")} ${placeField(state)}
      </form>
      <section class="after" aria-labelledby="strip-title">
        <h2 id="strip-title">In between</h2>
        ${strip(state)}
        <p class="scripted animation"><button type="button" id="animation">Download the morph (APNG)</button> <progress id="animation-progress" aria-label="Drawing the morph" hidden></progress> <span id="animation-status" role="status"></span></p>
      </section>
    </div>
    <section aria-labelledby="take-title"><h2 id="take-title">This image</h2>${links(state, alt)}</section>`;
}

function strip(state: PageState): Html {
  const { options, settings } = state;
  const { width, height } = nativeShape(state.model.card);
  if (!settings) return html`<ol id="strip" class="tiles strip" data-live></ol>`;
  return html`<ol id="strip" class="tiles strip" data-live data-at-once="${tilesAtOnce(state)}" data-width="${width}" data-height="${height}">${Array.from(
    { length: STRIP },
    (_, i) => {
      const t = i / (STRIP - 1);
      return tile(state, {
        options: { ...options, t },
        href: pageUrl(state, "/morph", { t }),
        caption: `${Math.round(100 * t)} %`,
        alt: "",
        waits: i >= tilesAtOnce(state),
      });
    },
  )}</ol>`;
}
