/**
 * The page at /how: what the network sees, guesses and finds at each noise level of one image, and one seed with few
 * and with many noise levels.
 */
import { html } from "hono/html";
import { nativeShape } from "../../wasm-model/model/card.ts";
import { scheduleOf } from "../../wasm-model/sampling/index.ts";
import type { Start } from "../../wasm-model/sampling/settings.ts";
import { MOST_FRAMES } from "../widget/protocol.ts";
import { classField, drawButtons, modelField, problemLine, samplerField, stepsField, textField } from "./controls.ts";
import type { Html } from "./layout.ts";
import { facts, imageInWords, SCORE, tile, tilesAtOnce } from "./parts.ts";
import { isAffordable, type PageOptions, type PageState, pageUrl, sampleUrl } from "./state.ts";

export function how(state: PageState): Html {
  const { options, model } = state;
  const { start } = scheduleOf(model.card.sampling);
  return html`
    <div class="title"><h1>How it works</h1><p class="lead">The network can do one thing: guess the clean image behind a noisy one. Below is everything that it guessed while it drew a single image.</p></div>
    <div class="bench long">
      <form action="${state.base}/how" method="get" id="controls" data-model="${model.name}">
        ${problemLine(state)}
        ${textField("Seed", "seed", options.seed)} ${modelField(state)} ${classField(state, "chosen by the seed")}
        ${samplerField(state)} ${stepsField(state)}
        ${drawButtons()}
        <p id="device-state" class="note scripted"></p>
      </form>
      <section aria-labelledby="levels-title">
        <h2 id="levels-title">One image, level by level</h2>
        ${levels(state)}
        ${facts(state)}
        <p id="status" role="status" class="note scripted">Waiting for the model.</p>
        <div class="progress scripted"><progress id="progress" aria-label="Drawing" hidden></progress> <button type="button" id="cancel" hidden>Cancel</button></div>
      </section>
    </div>
    <section aria-labelledby="names-title" class="prose">
      <h2 id="names-title">One answer, three names</h2>
      <p>
        The network sees an image <i>x</i> with noise of strength <i>σ</i> and answers <i>D</i>, the mean of all clean images that may be behind it. Under strong noise
        there are many, and their mean is a blur. ${start ? startNote(start) : ""} What is left, (<i>x</i> − <i>D</i>) / <i>σ</i>, is the noise that it finds. The same difference gives the <dfn>score</dfn>,
        the direction in which images become more probable fastest:
      </p>
      ${SCORE}
      <p>
        Each step goes along the score, adds some fresh noise and lowers <i>σ</i>, so the next guess has fewer images to choose from. That is why outlines come first
        and details last. The marks are the score of each pixel, times <i>σ</i>²: up is lighter, down is darker. <a href="${state.base}/langevin?scene=curve">The playground</a> shows the
        same in a plane, where an image has two pixels and the score is an arrow.
      </p>
    </section>
    <section aria-labelledby="counts-title">
      <h2 id="counts-title">Few steps, or many</h2>
      ${counts(state)}
    </section>
    <section aria-labelledby="on-title" class="prose">
      <h2 id="on-title">See for yourself</h2>
      <p>
        <a href="${state.base}/device">Your device</a> draws twenty images and compares each with the server's, byte by byte. <a href="${state.base}${pageUrl(state, "/studio")}">The studio</a> has
        every sampler. <a href="${state.base}/models/${model.name}">The model's page</a> has the measured quality. <a href="${state.base}/langevin">The playground</a> shows the theory with
        thousands of particles.
      </p>
    </section>`;
}

/** For a model whose images start from more than noise. */
const startNote = ({ squares }: Start): Html =>
  html`(This model's own sampler does not start from noise alone. The strongest noise does not hide the colours of ${squares} × ${squares} squares, so the sampler draws those from
  their mean and spread in the training images.)`;

/** A row for each frame, which the script fills. Without JavaScript, the server's animation stands there. */
function levels(state: PageState): Html | string {
  const { settings, options } = state;
  if (!settings) return "";
  const { width, height } = nativeShape(state.model.card);
  const image = (what: string) =>
    html`<td><div class="image"><canvas width="${width}" height="${height}" role="img" aria-label="${what}"></canvas></div></td>`;
  const row = html`<tr><th scope="row"></th>${image("what it sees")}${image("its guess")}${image("the noise that it finds")}
    <td><div class="image"><canvas width="${width}" height="${height}" role="img" aria-label="the score"></canvas><canvas class="score" aria-hidden="true"></canvas></div></td><td></td></tr>`;
  const animation = isAffordable(state)
    ? html`<p>The images of each level need JavaScript, which is off here. This animation from the server shows the same seed:</p>
      <img src="${state.base}${sampleUrl(state, options)}&format=apng" class="still" width="${width}" height="${height}" alt="${imageInWords(state)}, as it forms out of noise">`
    : "";
  return html`<table id="by-level" class="levels scripted">
      <caption>What the network sees, its guess, the noise that it finds, and the score. “Off by” tells how much the guess differs from the finished image (0-255)</caption>
      <thead><tr><th scope="col">Level</th><th scope="col">Sees</th><th scope="col">Guess</th><th scope="col">Noise</th><th scope="col">Score</th><th scope="col">Off by</th></tr></thead>
      <tbody>${Array.from({ length: Math.min(MOST_FRAMES, settings.nfe) }, () => row)}</tbody>
    </table>
    <noscript>${animation}</noscript>`;
}

/** Numbers of noise levels to compare. */
const COUNTS = [1, 2, 3, 4, 6, 8, 16, 32, 64];

/**
 * The seed with more and more noise levels: along the probability flow, where they converge to one image, and by the
 * model's own sampler, which adds fresh noise.
 */
function counts(state: PageState): Html | string {
  const { settings, options, model } = state;
  const { sampler } = model.card.sampling;
  if (!settings) return "";
  const strip = (id: string, chosen: Partial<PageOptions>, atOnce: number, more: Html | string = "") =>
    html`<ol id="${id}" class="tiles strip">${COUNTS.map((steps, i) => {
      const shown = { seed: options.seed, ...(options.class !== undefined && { class: options.class }), ...chosen, steps };
      return tile(state, {
        options: shown,
        href: pageUrl(state, "/studio", { ...chosen, steps }),
        caption: html`${steps === 1 ? "1 level" : `${steps} levels`}${more}`,
        alt: "",
        waits: i >= atOnce || !isAffordable(state, shown),
      });
    })}</ol>`;
  return html`
    <p>Without fresh noise (<code>churn=0</code>, the probability flow) each seed leads to one image, and more steps come closer to it. The numbers tell how
      much each image differs from the last one (0-255).</p>
    ${strip("flow", { sampler: "langevin", churn: 0, extrapolation: 1 }, tilesAtOnce(state), html`<b></b>`)}
    <p class="apart">With fresh noise (<code>${sampler}</code>, this model's own sampler) each number of levels gives a different image. The noise of each step hides the error of the
      step before, and the network removes both. So a few steps are enough.</p>
    ${strip("fresh", { sampler }, 0)}`;
}
