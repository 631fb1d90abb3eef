/** The page at /studio: an image or a grid with every option. */
import { html } from "hono/html";
import {
  classField,
  colourFields,
  drawButtons,
  gridField,
  guidanceField,
  modelField,
  placeField,
  problemLine,
  samplerField,
  sizeField,
  stepsField,
  temperatureField,
  textField,
} from "./controls.ts";
import type { Html } from "./layout.ts";
import { facts, imageInWords, stage } from "./parts.ts";
import { links } from "./snippets.ts";
import type { PageState } from "./state.ts";

export function studio(state: PageState): Html {
  const { options, settings } = state;
  const alt = settings?.n === undefined ? imageInWords(state) : `Grid of ${settings.n} images of the seed ${options.seed}`;
  return html`
    <div class="title"><h1>Studio</h1><p class="lead">One image or a grid of them, with every setting.</p></div>
    <div class="bench">
      ${stage(state, alt)}
      <form action="${state.base}/studio" method="get" id="controls" data-model="${state.model.name}">
        ${problemLine(state)}
        ${textField("Seed", "seed", options.seed)} ${modelField(state)} ${classField(state, "chosen by the seed")}
        ${samplerField(state)} ${stepsField(state)} ${temperatureField(state)} ${guidanceField(state)}
        ${textField("Churn", "churn", String(options.churn ?? ""), "The share of fresh noise, 0 to 1. Empty: the model’s.")}
        ${textField("Extrapolation", "extrapolation", String(options.extrapolation ?? ""), "1 is none. Empty: the model’s.")}
        ${gridField(state)} ${sizeField(state)} ${colourFields(state)}
        ${drawButtons()} ${placeField(state)}
      </form>
      <div class="after">${facts(state)} ${links(state, alt)}</div>
    </div>`;
}
