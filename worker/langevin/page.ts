/**
 * The page at /langevin: one scene of the playground, its planes, controls, charts, words and numbers. The script
 * (client/) runs it.
 */
import { html, raw } from "hono/html";
import type { Html, Page } from "../site/layout.ts";
import { type SceneRequest, writeAddress } from "./address.ts";
import {
  type Control,
  type DrawnPoints,
  defaults,
  type FormulaField,
  POSITIONS,
  positionOf,
  type SceneValues,
  type SeedField,
  type Slider,
  type Value,
  withUnit,
} from "./controls.ts";
import { FACTORS } from "./diagnostics.ts";
import { FORMULA_WORDS, LONGEST_FORMULA } from "./formula.ts";
import { GLOSSARY } from "./glossary.ts";
import { LESSONS } from "./lessons.ts";
import type { ChartText, Equation, Scene } from "./scene.ts";
import { CONTROLS, SCENES, sceneNamed } from "./scenes/index.ts";
import { HALF } from "./target.ts";

/** `base`: the path that the service is mounted under. */
export function langevinPage(request: SceneRequest, base: string): Omit<Page, "origin" | "path"> {
  const scene = sceneNamed(request.scene);
  return {
    title: `${scene.title}: Anneal's Langevin playground`,
    description: "Langevin dynamics in the plane, live: thousands of particles, exact scores, the samplers that draw Anneal's images.",
    script: "/assets/langevin.js",
    styleSheet: "langevin",
    body: html`
      <nav aria-label="Scenes" class="scenes"><ol>${SCENES.map((one) => sceneLink(base, one, one === scene))}</ol></nav>
      ${sceneHtml(scene, request, base)}`,
  };
}

const addressOf = (name: string): string => writeAddress({ scene: name, values: defaults(CONTROLS[name]) }, CONTROLS);

const sceneLink = (base: string, { name, title }: Scene, isCurrent: boolean): Html =>
  html`<li><a href="${base}/langevin${addressOf(name)}"${isCurrent ? raw(' aria-current="page"') : ""}>${title}</a></li>`;

function sceneHtml(scene: Scene, request: SceneRequest, base: string): Html {
  const { values, problems, flags } = request;
  return html`<article class="scene" id="scene" data-scene="${scene.name}" data-flags="${flags.join(" ")}" aria-labelledby="scene-title">
    <p id="problem" class="problem" role="alert">${problems.join(" ")}</p>
    <p class="unscripted">The particles need JavaScript, which is off here. The links above lead to the words and equations of all scenes.</p>
    <div class="bench-top">
      <section class="movement" aria-labelledby="scene-title">
        <h1 id="scene-title">${scene.title}</h1>
        <div class="planes scripted" data-count="${scene.planes.length}">${scene.planes.map(plane)}</div>
        <div class="buttons scripted" role="group" aria-label="Movement">
          <button type="button" id="play" class="primary" aria-keyshortcuts="Space">Play</button>
          <button type="button" id="step">1 step</button>
          <button type="button" id="leap">100 steps</button>
          <button type="button" id="restart">Restart</button>
          ${Object.values(CONTROLS[scene.name]).some(({ kind }) => kind === "drawing") ? TOUCH : ""}
          <a class="outside" id="whole" href="${base}/langevin${addressOf(scene.name)}" target="_blank" rel="noopener">Open the playground</a>
        </div>
        <p id="report" class="scripted" role="status"></p>
        <p id="warning" class="warning scripted" aria-live="polite"></p>
      </section>
      <div class="side scripted">
      <form class="dials" id="dials" aria-label="Settings" autocomplete="off">
        ${NO_SUBMISSION}
        ${Object.entries(CONTROLS[scene.name]).map(([name, control]) => field(name, control, values[name]))}
        <div class="buttons"><button type="reset" id="reset" aria-label="Reset settings">Reset</button><button type="button" id="present" title="Full screen, by the key F" aria-keyshortcuts="F">Present</button></div>
      </form>
      <section class="charts" data-count="${scene.charts.length}" aria-label="Charts">${scene.charts.map(chart)}</section>
      </div>
      <section class="numbers scripted" aria-label="Numbers" tabindex="0">
        ${numbers(scene)}
        <div class="buttons scripted">
          <button type="button" id="save-csv">Save CSV</button>
          <button type="button" id="save-png">Save PNG</button>
          <button type="button" id="save-gif" title="The next three seconds">Save GIF</button>
        </div>
      </section>
    </div>
    <section class="lesson" aria-label="What this scene shows">
      <div>
${scene.sentences.map((sentence) => html`<p>${sentence}</p>`)}</div>
      <div>${scene.equations.map((equation) => equationHtml(equation, values))}</div>
    </section>
    <section class="diagnostics scripted" aria-labelledby="diagnostics-title">
      <h2 id="diagnostics-title">One particle, at three step sizes</h2>
      <p>The path of one particle over the same target: <span id="path-words"></span></p>
      <div class="traces">${FACTORS.map((factor) => chart({ title: factor === 1 ? "The step as set" : factor < 1 ? "A quarter of the step" : "Four times the step", x: "steps", y: "x", lines: [] }))}</div>
      <div class="traces">${chart({ title: "Autocorrelation of x", x: "lag in steps", y: "correlation", lines: ["a quarter", "as set", "four times"] })}
      <table id="effective"><caption>Effective sample size and acceptance</caption><thead><tr><th scope="col">Step</th><th scope="col">Effective sample size of 1000 steps</th><th scope="col">Acceptance of a Metropolis test</th></tr></thead><tbody></tbody></table></div>
    </section>
    <section class="lessons" aria-labelledby="lessons-title">
      <h2 id="lessons-title">Lessons</h2>
      <p>Sheets of five tasks each, with answers, to print or to work through here.</p>
      <ul>${LESSONS.map(({ slug, title }) => html`<li><a href="${base}/langevin/lessons/${slug}">${title}</a></li>`)}</ul>
    </section>
    <section class="glossary" aria-labelledby="glossary-title">
      <h2 id="glossary-title">Glossary</h2>
      <dl>${GLOSSARY.map(([term, meaning]) => html`<div><dt>${term}</dt><dd>${meaning}</dd></div>`)}</dl>
    </section>
  </article>`;
}

/** Where there is a finger to draw with: otherwise it scrolls the page. */
const TOUCH = html`<button type="button" id="touch" aria-pressed="false">Draw with a finger</button>`;

/** The form's default button, which Enter in a field presses: without it, Enter would leave the page. */
const NO_SUBMISSION = html`<button disabled hidden></button>`;

const equationHtml = ({ math, words, dynamics }: Equation, values: SceneValues): Html =>
  html`<math display="block" alttext="${words}"${dynamics ? raw(` data-dynamics="${dynamics}"`) : ""}${dynamics && dynamics !== values.dynamics ? raw(" hidden") : ""}>${raw(math)}</math>`;

/** Two canvases, the density below and the particles above. */
const plane = (caption: string): Html => html`<figure class="plane">
  <figcaption>${caption}</figcaption>
  <div class="canvases" role="img" aria-label="${caption}; the table below has its numbers"><canvas></canvas><canvas></canvas></div>
</figure>`;

/** Rows of numbers, one column for each plane. */
const numbers = ({
  planes,
}: Scene): Html => html`<table id="numbers" class="scripted"><caption class="unseen">${planes.length > 1 ? "The planes in numbers" : "The plane in numbers"}</caption>
  <thead${planes.length === 1 ? raw(' class="unseen"') : ""}><tr><td></td>${planes.map((caption) => html`<th scope="col">${caption}</th>`)}</tr></thead><tbody></tbody></table>`;

function chart({ title, lines, bars }: ChartText): Html {
  const item = (line: string, i: number) =>
    html`<li><svg class="sample${bars && i === 0 ? " bars" : ""}" viewBox="0 0 24 8" aria-hidden="true"><path class="line-${i}" d="M0 4H24"/></svg>${line}</li>`;
  return html`<figure class="chart"><figcaption>${title}</figcaption><svg role="img" aria-label="${title}"></svg>${lines.length > 0 ? html`<ul>${lines.map(item)}</ul>` : ""}</figure>`;
}

function field(name: string, control: Control, value: Value): Html {
  if (control.kind === "slider") return slider(name, control, value as number);
  if (control.kind === "drawing") return drawing(name, control);
  if (control.kind === "seed") return seed(name, control, value as number);
  if (control.kind === "formula") return formula(name, control, value as string);
  const option = ([key, words]: [string, string]) => html`<option value="${key}"${key === value ? raw(" selected") : ""}>${words}</option>`;
  return html`<label>${control.label} <select name="${name}">${Object.entries(control.options).map(option)}</select></label>`;
}

function slider(name: string, control: Slider, value: number): Html {
  const [min, max] = control.scale === "whole" ? [control.min, control.max] : [0, POSITIONS];
  return html`<label for="dial-${name}">${control.label} <span class="value" aria-hidden="true">${withUnit(control, value)}</span>
    <input type="range" id="dial-${name}" name="${name}" min="${min}" max="${max}" value="${positionOf(control, value)}" aria-valuetext="${withUnit(control, value)}">
  </label>`;
}

const seed = (name: string, { label, most }: SeedField, value: number): Html => html`<div class="seed">
  <label for="dial-${name}">${label}</label>
  <div><input type="number" id="dial-${name}" name="${name}" min="1" max="${most}" step="1" value="${value}"><button type="button" id="new-${name}">New</button></div>
</div>`;

const formula = (name: string, { label, example }: FormulaField, value: string): Html => html`<div class="formula">
  <label for="dial-${name}">${label}</label>
  <input type="text" id="dial-${name}" name="${name}" value="${value}" maxlength="${LONGEST_FORMULA}" placeholder="${example}" title="${FORMULA_WORDS}" autocapitalize="off" spellcheck="false">
</div>`;

/** Drawing by keyboard: two sliders place a pen. The pointer draws on the plane itself. */
function drawing(name: string, { label, one }: DrawnPoints): Html {
  const coordinate = (axis: "x" | "y") => html`<label for="pen-${axis}">Pen ${axis} <span class="value" aria-hidden="true">0</span>
    <input type="range" id="pen-${axis}" min="${-HALF}" max="${HALF}" step="0.1" value="0">
  </label>`;
  return html`<details class="pen"><summary>${label}: draw them in the plane, or here</summary><fieldset class="drawing" data-name="${name}">
    <legend class="unseen">${label}</legend>
    ${coordinate("x")} ${coordinate("y")}
    <div class="buttons">
      <button type="button" id="add">Add ${one}</button>
      <button type="button" id="remove">Remove nearest</button>
      <button type="button" id="clear">Remove all</button>
    </div>
    <label class="own" for="own-points">Or paste points, x and y in each line
      <textarea id="own-points" rows="3" spellcheck="false" placeholder="1.5, -0.2"></textarea>
    </label>
    <div class="buttons"><button type="button" id="use-points">Use these points</button></div>
    <label class="own">Or a file, which may also be dropped on the plane: numbers, or an image whose dark pixels become points
      <input type="file" id="own-file" accept="image/*,text/*,.csv">
    </label>
  </fieldset></details>`;
}
