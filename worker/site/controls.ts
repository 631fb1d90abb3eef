/** The fields of the pages' forms, made from the table of options. */
import { html, raw } from "hono/html";
import { OPTIONS, type OptionName } from "../../wasm-model/index.ts";
import { nativeShape } from "../../wasm-model/model/card.ts";
import { BLACK, colourText, TRANSPARENT, WHITE } from "../../wasm-model/request/colours.ts";
import type { DecimalName } from "../../wasm-model/request/options.ts";
import type { Html } from "./layout.ts";
import { isDefaultModel, type PageState, PLACES } from "./state.ts";

interface SelectOption {
  readonly value: string;
  readonly text: string;
}

/**
 * A list of choices. Another value that came from the address is added to them. `neutral`: the value that addresses
 * leave out.
 */
export function select(label: string, name: string, value: string, choices: readonly SelectOption[], neutral = ""): Html {
  const all = choices.some((choice) => choice.value === value) ? choices : [{ value, text: value }, ...choices];
  return html`<label>${label}
    <select name="${name}" data-default="${neutral}">${all.map(
      (choice) => html`<option value="${choice.value}"${choice.value === value ? raw(" selected") : ""}>${choice.text}</option>`,
    )}</select>
  </label>`;
}

interface SliderRange {
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

export function slider(
  label: string,
  name: OptionName,
  value: number | string,
  { min, max, step }: SliderRange,
  neutral: number | string,
): Html {
  return html`<label for="${name}">${label} <output for="${name}">${value}</output>
    <input type="range" id="${name}" name="${name}" min="${min}" max="${max}" step="${step}" value="${value}" data-default="${neutral}">
  </label>`;
}

/** `hint`: what to write into it. */
export function textField(label: string, name: string, value: string, hint?: string): Html {
  const described = hint ? html` aria-describedby="${name}-hint"` : "";
  const field = html`<label>${label} <input type="text" name="${name}" value="${value}" autocomplete="off" autocapitalize="off" spellcheck="false"${described}></label>`;
  return hint ? html`<div>${field}<p id="${name}-hint" class="note">${hint}</p></div>` : field;
}

/** Only where there are several models. */
export function modelField(state: PageState): Html | string {
  if (state.models.length < 2) return "";
  const choices = state.models.map((name, i) => ({ value: i === 0 ? "" : name, text: name }));
  return select("Model", "model", isDefaultModel(state) ? "" : state.model.name, choices);
}

/** `none`: the text for no class. */
export function classField({ model, options }: PageState, none: string): Html {
  const choices = [{ value: "", text: none }, ...model.card.labels.map((text) => ({ value: text, text }))];
  return select("Class", "class", String(options.class ?? ""), choices);
}

export function stepsField({ model, options }: PageState): Html {
  const { steps } = model.card.sampling;
  return slider("Noise levels", "steps", options.steps ?? steps, { ...OPTIONS.steps.domain, step: 1 }, steps);
}

export function samplerField({ model, options }: PageState): Html {
  const choices = OPTIONS.sampler.domain.values.map((value) => ({ value, text: value }));
  const { sampler } = model.card.sampling;
  return select("Sampler", "sampler", String(options.sampler ?? sampler), choices, sampler);
}

/** The slider of a number with decimals. `neutral`: the value that addresses leave out. */
export function numberField(
  { options }: PageState,
  label: string,
  name: DecimalName,
  range: Partial<SliderRange>,
  neutral: string = OPTIONS[name].default,
): Html {
  const { domain, default: usual } = OPTIONS[name];
  return slider(label, name, options[name] ?? usual, { min: domain.min, max: domain.max, step: 0.01, ...range }, neutral);
}

export const temperatureField = (state: PageState, neutral?: string): Html =>
  numberField(state, "Temperature", "temperature", { step: 0.05 }, neutral);
export const guidanceField = (state: PageState, neutral?: string): Html =>
  numberField(state, "Guidance", "guidance", { step: 0.1 }, neutral);

/** Whole multiples of the native size. */
export function sizeField({ model, options }: PageState): Html {
  const { width, height } = nativeShape(model.card);
  const choices = [1, 2, 4, 8, 16].map((times) => ({
    value: times === 1 ? "" : String(times * width),
    text: `${times * width} × ${times * height}`,
  }));
  return select("Image size", "size", String(options.size ?? ""), choices);
}

export function gridField({ options }: PageState): Html {
  const choices = [4, 9, 16, 25, 36, 64].map((n) => ({ value: String(n), text: `grid of ${n}` }));
  return select("How many", "n", String(options.n ?? ""), [{ value: "", text: "one" }, ...choices]);
}

/** Only for grey models. */
export function colourFields({ model, settings }: PageState): Html | string {
  if (model.card.spec.channels !== 1) return "";
  const { background, foreground } = settings?.colours ?? { background: BLACK, foreground: WHITE };
  const isClear = background === TRANSPARENT;
  return html`<label>Dark becomes <input type="color" name="background" value="#${colourText(isClear ? BLACK : background)}"></label>
    <label class="check"><input type="checkbox" name="clear" value="yes"${isClear ? raw(" checked") : ""}> Dark is transparent</label>
    <label>Light becomes <input type="color" name="foreground" value="#${colourText(foreground)}"></label>`;
}

/** Who draws. Without JavaScript it is the server. */
export function placeField({ own }: PageState): Html {
  const names = { device: "this device", edge: "the server" };
  const chosen = own.on ?? "device";
  return html`<fieldset class="switch scripted">
    <legend>Drawn by</legend>
    ${PLACES.map(
      (place) =>
        html`<label><input type="radio" name="on" value="${place === "device" ? "" : place}"${place === chosen ? raw(" checked") : ""}> ${names[place]}</label>`,
    )}
    <p id="device-state" class="note"></p>
  </fieldset>`;
}

/** Enter presses the first button, with and without JavaScript. */
export const drawButtons = (draw = "Draw this seed"): Html => html`<div class="buttons">
  <button type="submit" class="primary">${draw}</button>
  <button type="submit" name="new" value="yes">New seed</button>
</div>`;

export const problemLine = ({ problem }: PageState): Html =>
  html`<p id="problem" role="alert" class="problem" data-live>${problem ?? ""}</p>`;
