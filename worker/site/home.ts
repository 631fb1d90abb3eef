/** The page at /: one image as it anneals, its seed in every class, and a short explanation. */
import { html } from "hono/html";
import { classField, drawButtons, modelField, placeField, problemLine, textField } from "./controls.ts";
import type { Html } from "./layout.ts";
import { imageInWords, SCORE, stage, tile, tilesAtOnce } from "./parts.ts";
import { links } from "./snippets.ts";
import { type PageState, pageUrl } from "./state.ts";

/** Largest number of classes shown; it fills rows of 2, 3, 4 and 6. */
const MOST_CLASSES = 12;

export function home(state: PageState): Html {
  const { model, options } = state;
  const { training, labels } = model.card;
  const alt = imageInWords(state);
  return html`
    <section class="first" aria-labelledby="title">
      <div class="intro">
        <h1 id="title">Noise, cooled into images</h1>
        <p class="lead">A small network, trained on <b>${training.data}</b>, anneals noise into an image that no one ever took. Choose a seed and watch it cool.</p>
      </div>
      ${stage(state, alt, "autoplay")}
      <form action="${state.base}/" method="get" id="controls" data-model="${state.model.name}">
        ${textField("Seed", "seed", options.seed)} ${classField(state, "chosen by the seed")} ${modelField(state)}
        ${drawButtons()} ${placeField(state)} ${problemLine(state)}
      </form>
    </section>
    <section aria-labelledby="classes-title">
      <h2 id="classes-title">One seed, ${labels.length === 1 ? "one class" : "every class"}</h2>
      <p>The same starting noise, drawn as every class. Choose one to watch it form.</p>
      ${classes(state)}
    </section>
    <section aria-labelledby="take-title">
      <h2 id="take-title">Take it with you</h2>
      <p>An image's permanent address always gives the same bytes. <a href="${state.base}${pageUrl(state, "/studio")}">The studio</a> has every option.</p>
      ${links(state, alt)}
    </section>
    <section aria-labelledby="how-title" class="prose">
      <h2 id="how-title">How it works in one minute</h2>
      <p>
        Images are rare: nearly every grid of pixels is noise. Blur the distribution of the training images with noise of strength <i>σ</i>. Then at every point
        one direction leads to more probable images fastest, the <dfn>score</dfn>. A network that removes noise knows it:
      </p>
      ${SCORE}
      <p>
        Here <i>D</i> is the network's guess at the clean image behind <i>x</i>. Sampling starts from pure noise and repeats: guess, take a step along the score,
        add a little fresh noise, lower <i>σ</i>. Like metal that cools slowly, the image settles: first the outline, then the seams. The marks over the image are the score, pixel by
        pixel, times <i>σ</i>²: up is lighter, down is darker.
      </p>
      <p><a href="${state.base}${pageUrl(state, "/how")}">How it works</a> shows all of it for one image, level by level.</p>
    </section>
    <section aria-labelledby="more-title">
      <h2 id="more-title">Explore</h2>
      <ul class="cards">
        <li><a href="${state.base}/studio">Studio</a> Samplers, noise levels, temperature, guidance, colours, grids.</li>
        <li><a href="${state.base}/morph">Morph</a> Walk from one seed to another and keep it as an animation.</li>
        <li><a href="${state.base}/repaint">Repaint</a> Paint over a part of an image, yours or ours, and let the network fill it.</li>
        <li><a href="${state.base}/how">How it works</a> What the network sees, guesses and finds at every noise level.</li>
        <li><a href="${state.base}/langevin">Langevin</a> The paper in two dimensions: thousands of particles, exact scores, live.</li>
        <li><a href="${state.base}/models/${model.name}">The model</a> What it was trained on, how good it is, how to train your own.</li>
        <li><a href="${state.base}/guide">Guide</a> Images in your own pages, one idea at a time.</li>
        <li><a href="${state.base}/reference">API</a> Every route, option and error, to try out.</li>
        <li><a href="${state.base}/device">Your device</a> Does it draw the same bytes as the server, and how fast? Twenty images show it.</li>
      </ul>
    </section>`;
}

function classes(state: PageState): Html {
  const { options, model, settings } = state;
  const labels = settings ? model.card.labels : [];
  return html`<ul class="tiles" id="classes" data-live data-at-once="${tilesAtOnce(state)}">${labels
    .slice(0, MOST_CLASSES)
    .map((label, i) =>
      tile(state, {
        options: { seed: options.seed, class: label },
        href: pageUrl(state, "/", { class: label }),
        caption: label,
        alt: "",
        waits: i >= tilesAtOnce(state),
      }),
    )}</ul>`;
}
