/** The page at /draw: a few strokes, and the image that the network makes of them. */
import { html, raw } from "hono/html";
import { type ModelCard, nativeShape } from "../../wasm-model/model/card.ts";
import {
  classField,
  drawButtons,
  guidanceField,
  modelField,
  numberField,
  placeField,
  problemLine,
  temperatureField,
  textField,
} from "./controls.ts";
import { exampleOf, examplesOf, penOf } from "./draw-examples.ts";
import type { Html } from "./layout.ts";
import { PIXEL_SWITCH } from "./parts.ts";
import { inputsCode } from "./repaint.ts";
import { address, isDefaultModel, type PageOptions, type PageState } from "./state.ts";

/** The colours to draw with. Links hold their indices, so a colour keeps its place. */
const GREYS = [
  ["#000000", "black"],
  ["#ffffff", "white"],
  ["#aaaaaa", "light grey"],
  ["#555555", "dark grey"],
] as const;

const COLOURS = [
  ["#000000", "black"],
  ["#ffffff", "white"],
  ["#808080", "grey"],
  ["#c82828", "red"],
  ["#e68c28", "orange"],
  ["#f0d250", "yellow"],
  ["#468c3c", "green"],
  ["#78b45a", "meadow"],
  ["#285aaa", "blue"],
  ["#96c3eb", "sky"],
  ["#6e4628", "brown"],
  ["#be9664", "sand"],
  ["#5a3c78", "purple"],
  ["#e696aa", "pink"],
  ["#3c3c3c", "dark grey"],
  ["#c8c8cd", "light grey"],
] as const;

const paletteOf = (card: ModelCard): readonly (readonly [colour: string, name: string])[] => (card.spec.channels === 1 ? GREYS : COLOURS);

/** Widths of the pen, in 255 parts of the canvas. */
const PENS = [
  [8, "fine"],
  [14, "thin"],
  [20, "medium"],
  [38, "thick"],
  [64, "very thick"],
] as const;

/**
 * What makes good images of rough drawings, looked for by eye: grey models draw calm surfaces at a lower temperature,
 * and colours need guidance.
 */
export const drawDefaults = (card: ModelCard): Partial<PageOptions> => (card.spec.channels === 1 ? { temperature: 0.7 } : { guidance: 2 });

export function draw(state: PageState): Html {
  const { model, options } = state;
  const { width, height, channels } = nativeShape(model.card);
  const example = exampleOf(model.card, options.class);
  return html`
    <div class="title"><h1>Draw</h1><p class="lead">Draw a few strokes. The network makes an image of them while you draw.</p></div>
    <div class="draw">
      <div class="scripted easel">
        <div id="pad" class="image" role="application" tabindex="0" aria-label="Your drawing" aria-describedby="pad-help"><canvas id="canvas"></canvas></div>
        <div class="tools">${tools(state)}</div>
      </div>
      <div class="scripted outcome">
        <div class="image"><canvas id="image" role="img" aria-label="What the network makes of it" width="${width}" height="${height}" hidden></canvas></div>
        <div class="share">
          <p id="status" role="status" class="note"></p>
          <div class="buttons"><button type="button" id="copy-link">Copy link</button> <a id="download" download="drawn.png">PNG</a> ${PIXEL_SWITCH}</div>
          <div class="progress"><progress id="progress" aria-label="Drawing" hidden></progress> <button type="button" id="cancel" hidden>Cancel</button></div>
          <p id="copied" role="status" class="note"></p>
        </div>
        <section aria-labelledby="variants-title">
          <h2 id="variants-title">Variants</h2>
          <ul id="variants" class="tiles results"></ul>
        </section>
      </div>
      <form action="${state.base}/draw" method="get" id="controls" data-model="${model.name}" data-operation="vary" data-width="${width}" data-height="${height}" data-channels="${channels}" data-example="${example}">
        ${problemLine(state)}
        ${modelField(state)}
        ${classField(state, "any")}
        ${numberField(state, "How far from the drawing", "strength", {})}
        <details><summary>More options</summary><div class="fields">${textField("Seed (any text: it picks the noise)", "seed", options.seed)} ${temperatureField(state, ALWAYS)} ${guidanceField(state, ALWAYS)}</div></details>
        ${drawButtons("Draw again")} ${placeField(state)}
      </form>
      <p class="unscripted">Drawing here needs JavaScript. Without it, you can <a href="${state.base}/repaint">send a file</a>.</p>
    </div>
    <p id="sheet-problem" role="alert" class="problem"></p>
    ${examples(state)}
    <section aria-labelledby="take-title">
      <h2 id="take-title">The same in code</h2>
      <p class="scripted downloads">Download: <a id="download-drawing" download="image.png">the drawing</a></p>
      ${inputsCode(state, "vary")}
    </section>`;
}

/** The default of a field that the address always has: the page's own default is not the option's. */
const ALWAYS = "";

function tools({ model }: PageState): Html {
  const palette = paletteOf(model.card);
  const pen = penOf(model.card);
  const checked = (is: boolean) => (is ? raw(" checked") : "");
  const selected = (is: boolean) => (is ? raw(" selected") : "");
  const tool = (value: string, name: string) =>
    html`<label><input type="radio" name="tool" value="${value}"${checked(value === pen.tool)}> ${name}</label>`;
  return html`
    <fieldset class="swatches"><legend>Colour</legend>${palette.map(
      ([colour, name], i) =>
        html`<label title="${name}"><input type="radio" name="ink" value="${i}" data-colour="${colour}" aria-label="${name}"${checked(i === pen.ink)}><svg viewBox="0 0 20 20" aria-hidden="true"><circle cx="10" cy="10" r="9" fill="${colour}"/></svg></label>`,
    )}</fieldset>
    <fieldset class="switch"><legend>Strokes are</legend>${tool("line", "lines")} ${tool("shape", "filled shapes")}</fieldset>
    <div class="pens">
      <label>Pen <select id="pen">${PENS.map(([width, name]) => html`<option value="${width}"${selected(width === pen.width)}>${name}</option>`)}</select></label>
      <label>Paper <select id="paper">${palette.map(([, name], i) => html`<option value="${i}">${name}</option>`)}</select></label>
    </div>
    <div class="buttons"><button type="button" id="undo">Undo</button> <button type="button" id="clear">Clear</button></div>
    <output id="cursor"></output>
    <p id="pad-help" class="note">Draw with a mouse, a finger or a pen. By keyboard: the arrow keys move the pen (Shift: four pixels), the space bar puts it down and lifts it, Ctrl+Z undoes.</p>`;
}

function examples(state: PageState): Html | string {
  const found = examplesOf(state.model.card);
  if (found.length === 0) return "";
  const model = isDefaultModel(state) ? undefined : state.model.name;
  return html`<section class="scripted" id="examples" aria-labelledby="examples-title">
    <h2 id="examples-title">Start from an example</h2>
    <ul class="chips">${found.map(
      ([label, strokes]) =>
        html`<li><a href="${state.base}${address("/draw", { model, class: label, seed: state.options.seed })}#strokes=${strokes}">${label}</a></li>`,
    )}</ul>
  </section>`;
}
