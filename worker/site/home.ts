/** The page at /: a wall of images, one of them large as it anneals, three doors to the other pages, and a short explanation. */
import { html } from "hono/html";
import { classField, drawButtons, placeField, problemLine, textField } from "./controls.ts";
import type { Html } from "./layout.ts";
import { NAVIGATION } from "./navigation.ts";
import { imageInWords, SCORE, stage, tile, tilesAtOnce } from "./parts.ts";
import { links } from "./snippets.ts";
import { address, isDefaultModel, type PageState, pageUrl } from "./state.ts";
import { wall } from "./wall.ts";

/** Largest number of classes shown; it fills rows of 2, 3, 4 and 6. */
const MOST_CLASSES = 12;

export function home(state: PageState): Html {
  const { model, options, base } = state;
  const { labels } = model.card;
  const alt = imageInWords(state);
  return html`
    <section class="first" aria-labelledby="title">
      <div class="hero">
        <h1 id="title">A ${sizeInWords(model)} neural network draws these in your browser.</h1>
        <p class="lead">Same seed, same image, everywhere. Point at one to see it form from noise; click it to enlarge it.</p>
      </div>
      ${wall(state)}
      ${stage(state, alt, "autoplay")}
      <form action="${base}/" method="get" id="controls" data-model="${model.name}">
        ${textField("Seed", "seed", options.seed, "Any text. It sets the noise; it is not a prompt.")} ${classField(state, "chosen by the seed")} ${isDefaultModel(state) ? "" : html`<input type="hidden" name="model" value="${model.name}">`}
        ${drawButtons()} ${placeField(state)} ${problemLine(state)}
      </form>
    </section>
    <section aria-label="Play, learn, build">
      <ul class="doors">${NAVIGATION.map(
        ({ name, promise, pages }) => html`<li><h2>${name}</h2><p>${promise}</p>
          <p>${pages.map(([path, page, of]) => html`<a href="${base}${of ? address(path, { model: model.name }) : path}">${page}</a> `)}</p></li>`,
      )}</ul>
    </section>
    <section aria-labelledby="classes-title">
      <h2 id="classes-title">One seed, ${labels.length === 1 ? "one class" : "every class"}</h2>
      <p>The same starting noise, drawn as each class. Click one to watch it form.</p>
      ${classes(state)}
    </section>
    <section aria-labelledby="take-title">
      <h2 id="take-title">Use this image</h2>
      <p>A permanent address always gives the same file. <a href="${base}${pageUrl(state, "/studio")}">The studio</a> has every option.</p>
      ${links(state, alt)}
    </section>
    <section aria-labelledby="how-title" class="prose">
      <h2 id="how-title">How it works in one minute</h2>
      <p>
        Images are rare: nearly every possible grid of pixels is just noise. Add noise of strength <i>σ</i> to all training images of <b>${model.card.training.data}</b>. The direction in which such
        noisy images become more likely is the <dfn>score</dfn>. A network that has learned to remove noise gives it:
      </p>
      ${SCORE}
      <p>
        Here <i>D</i> is the network's guess at the clean image in the noisy <i>x</i>. Sampling starts from pure noise and repeats: guess, take a step along the score,
        add a little fresh noise, lower <i>σ</i>. Like metal that cools slowly, the image settles: first the outline, then the details. The marks over the image show the score of each
        pixel, times <i>σ</i>²: up means lighter, down means darker.
      </p>
      <p><a href="${base}/how/">How it works</a> follows one image through every noise level.</p>
    </section>`;
}

function sizeInWords({ bytes }: { readonly bytes: number }): string {
  return bytes < 5e5 ? `${Math.ceil(bytes / 1e4)}0 KB` : `${Math.round(bytes / 1e6)} MB`;
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
