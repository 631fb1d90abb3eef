/**
 * The page at /langevin: one scene of the playground, its words, controls, planes, tables and charts. The script
 * (client/) runs them.
 */
import { html, raw } from "hono/html";
import type { Html, Page } from "../site/layout.ts";
import { type SceneRequest, writeAddress } from "./address.ts";
import { type Control, type DrawnPoints, POSITIONS, positionOf, type Slider, type Value, withUnit } from "./controls.ts";
import { PARTICLES } from "./particles.ts";
import type { ChartText, Scene } from "./scene.ts";
import { CONTROLS, SCENES, sceneNamed } from "./scenes/index.ts";
import { HALF } from "./target.ts";

/** `base`: the path that the service is mounted under. */
export function langevinPage({ scene: name, values, problems }: SceneRequest, base: string): Omit<Page, "origin" | "path"> {
  const scene = sceneNamed(name);
  return {
    title: `${scene.title}: Anneal's Langevin playground`,
    description: `Langevin dynamics in the plane, live: ${PARTICLES} particles, exact scores, the samplers that draw Anneal's images.`,
    script: "/assets/langevin.js",
    styleSheet: "langevin",
    body: html`
      <h1>Langevin playground</h1>
      <p class="lead">Anneal draws images by Langevin dynamics. Here the same samplers draw images of two pixels, which are points in a plane, so that you can watch.</p>
      <nav aria-label="Scenes" class="scenes"><ol>${SCENES.map((one) => sceneLink(base, one, one === scene))}</ol></nav>
      ${sceneHtml(scene, values, problems)}`,
  };
}

function sceneLink(base: string, { name, title }: Scene, isCurrent: boolean): Html {
  const query = writeAddress(
    name,
    Object.fromEntries(Object.entries(CONTROLS[name]!).map(([key, control]) => [key, control.default])),
    CONTROLS,
  );
  return html`<li><a href="${base}/langevin${query.size > 0 ? `?${query}` : ""}"${isCurrent ? raw(' aria-current="page"') : ""}>${title}</a></li>`;
}

function sceneHtml(scene: Scene, values: SceneRequest["values"], problems: readonly string[]): Html {
  return html`<article class="scene" id="scene" data-scene="${scene.name}" aria-labelledby="scene-title">
    <section class="lesson">
      <h2 id="scene-title">${scene.title}</h2>
      ${scene.sentences.map((sentence) => html`<p>${sentence}</p>`)}
      ${scene.equations.map(({ math, words }) => html`<math display="block" alttext="${words}">${raw(math)}</math>`)}
    </section>
    <p id="problem" class="problem" role="alert">${problems.join(" ")}</p>
    <p class="unscripted">The particles need JavaScript, which is off here. The links above lead to the words and equations of all five scenes.</p>
    <div class="work">
    <section class="movement scripted" aria-label="Particles">
      <div class="planes" data-count="${scene.planes.length}">${scene.planes.map(plane)}</div>
      <div class="buttons" role="group" aria-label="Movement">
        <button type="button" id="play" class="primary" disabled>Play</button>
        <button type="button" id="step" disabled>1 step</button>
        <button type="button" id="leap" disabled>100 steps</button>
        <button type="button" id="restart" disabled>Restart</button>
      </div>
      <p id="report" role="status"></p>
    </section>
    <section class="charts scripted" aria-label="Charts">${scene.charts.map(chart)}</section>
    </div>
    <form class="dials scripted" id="dials" aria-label="Settings" autocomplete="off">
      ${Object.entries(scene.controls).map(([name, control]) => field(name, control, values[name]!))}
      <div class="buttons"><button type="reset" id="reset" disabled>Reset settings</button></div>
    </form>
  </article>`;
}

/** Two canvases, the density below and the particles above, and a table of numbers. */
const plane = (caption: string): Html => html`<figure class="plane">
  <figcaption>${caption}</figcaption>
  <div class="canvases" role="img" aria-label="${caption}; the table below has its numbers"><canvas></canvas><canvas></canvas></div>
  <table><caption class="unseen">${caption}, in numbers</caption><tbody></tbody></table>
</figure>`;

function chart({ title, lines, bars }: ChartText): Html {
  const item = (line: string, i: number) =>
    html`<li><svg class="sample${bars && i === 0 ? " bars" : ""}" viewBox="0 0 24 8" aria-hidden="true"><path class="line-${i}" d="M0 4H24"/></svg>${line}</li>`;
  return html`<figure class="chart"><figcaption>${title}</figcaption><svg viewBox="0 0 360 200" role="img" aria-label="${title}"></svg><ul>${lines.map(item)}</ul></figure>`;
}

function field(name: string, control: Control, value: Value): Html {
  if (control.kind === "slider") return slider(name, control, value as number);
  if (control.kind === "drawing") return drawing(name, control);
  const option = ([key, words]: [string, string]) => html`<option value="${key}"${key === value ? raw(" selected") : ""}>${words}</option>`;
  return html`<label>${control.label} <select name="${name}">${Object.entries(control.options).map(option)}</select></label>`;
}

function slider(name: string, control: Slider, value: number): Html {
  const [min, max] = control.scale === "whole" ? [control.min, control.max] : [0, POSITIONS];
  return html`<label for="dial-${name}">${control.label} <span class="value" aria-hidden="true">${withUnit(control, value)}</span>
    <input type="range" id="dial-${name}" name="${name}" min="${min}" max="${max}" value="${positionOf(control, value)}" aria-valuetext="${withUnit(control, value)}">
  </label>`;
}

/** Drawing by keyboard: two sliders place a pen. The pointer draws on the plane itself. */
function drawing(name: string, { label, one }: DrawnPoints): Html {
  const coordinate = (axis: "x" | "y") => html`<label for="pen-${axis}">Pen ${axis} <span class="value" aria-hidden="true">0</span>
    <input type="range" id="pen-${axis}" min="${-HALF}" max="${HALF}" step="0.1" value="0">
  </label>`;
  return html`<fieldset class="drawing" data-name="${name}">
    <legend>${label}: draw them in the plane, or here</legend>
    ${coordinate("x")} ${coordinate("y")}
    <div class="buttons">
      <button type="button" id="add" disabled>Add ${one}</button>
      <button type="button" id="remove" disabled>Remove nearest</button>
      <button type="button" id="clear" disabled>Remove all</button>
    </div>
  </fieldset>`;
}
