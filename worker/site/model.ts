/** The page at /models/{model}: samples, quality and history of a model, from its card and record.json. */
import { html } from "hono/html";
import { nativeShape } from "../../wasm-model/model/card.ts";
import { MODEL_FILE } from "../../wasm-model/model/model.ts";
import { evaluationSigmas } from "../../wasm-model/sampling/index.ts";
import { filePath } from "../models/entry.ts";
import type { Html } from "./layout.ts";
import { tile, tilesAtOnce, withCode } from "./parts.ts";
import type { RecordOnPage } from "./record.ts";
import { loadCode, snippet } from "./snippets.ts";
import { address, type PageState, pageUrl } from "./state.ts";

/** Samples shown of a class, of those in the row of the model's card, whose seeds are `card/0`, `card/1`, ... */
const [SHOWN, OF_CARD] = [4, 8];

export function modelPage(state: PageState, record: RecordOnPage | undefined): Html {
  const { model, models } = state;
  const { card, name, version } = model;
  const { width, height, channels } = nativeShape(card);
  const { training, sampling, labels } = card;
  const levels = evaluationSigmas(sampling.sampler, sampling.steps, sampling);
  const others = models.filter((other) => other !== name);
  const facts: readonly (readonly [string, Html | string])[] = [
    ["Images", `${width} × ${height} pixels, ${channels === 1 ? "grey" : "colour"}`],
    ["Trained on", `${training.data}, ${whole(training.images)} images in all, counting repeats`],
    ["Licence of the data", training.dataLicence],
    ["Sampling", `${sampling.sampler}, ${sampling.steps} noise levels from ${levels[0]} to ${levels[levels.length - 1]}`],
    ["File", html`<a href="${state.base}${filePath(model)}">${MODEL_FILE}</a>, ${whole(model.bytes)} bytes`],
    ["Version", html`<code>${version}</code>`],
  ];
  return html`
    <h1>${name}</h1>
    <p class="lead">A score network that draws ${width} × ${height} images${labels.length > 1 ? ` of ${labels.length} classes` : ""}. <a href="${state.base}${address("/", { model: name })}">Watch it</a>, or <a href="${state.base}${address("/studio", { model: name })}">open it in the studio</a>.</p>
    ${others.length > 0 ? html`<p>Other models: ${others.map((other) => html`<a href="${state.base}/models/${encodeURIComponent(other)}">${other}</a> `)}</p>` : ""}
    <dl class="options facts">${facts.map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>
    <section aria-labelledby="samples-title">
      <h2 id="samples-title">Samples by class</h2>
      <p>None of them is hand-picked. Choose one to watch it form.</p>
      ${samples(state)}
    </section>
    ${record ? section("intended-use", "Intended use", record.intendedUse) : ""}
    ${record ? section("limits", "Limits", record.limits) : ""}
    ${record ? record.figures.filter(({ tables }) => tables.length > 0).map(measured) : ""}
    <section aria-labelledby="use-title">
      <h2 id="use-title">Use it</h2>
      ${snippet("TypeScript", `import { loadModel, sample } from "anneal";\n\n${loadCode(state)}\nconst image = await sample(model, { seed: "alice" });`)}
    </section>
    ${record ? history(record) : ""}`;
}

const whole = (value: number): string => value.toLocaleString("en");

function samples(state: PageState): Html {
  const { labels } = state.model.card;
  const ready = tilesAtOnce(state);
  return html`<div class="by-class" data-at-once="${ready}">${labels.map(
    (label, row) =>
      html`<div><h3>${label}</h3><ul class="tiles">${Array.from({ length: SHOWN }, (_, column) => {
        const options = { seed: `card/${OF_CARD * row + column}`, class: label };
        return tile(state, {
          options,
          href: pageUrl(state, "/", options),
          caption: "",
          alt: `${label}, seed ${options.seed}`,
          waits: SHOWN * row + column >= ready,
        });
      })}</ul></div>`,
  )}</div>`;
}

/** A measurement of the model: its tables, what they mean, and the commands that repeat it. */
function measured({ title, commands, tables, notes }: RecordOnPage["figures"][number], index: number): Html {
  const id = `figures-${index}`;
  return html`<section aria-labelledby="${id}" class="prose">
    <h2 id="${id}">${title}</h2>
    ${tables.map((rows, i) => table(`Table ${i + 1} of ${title}`, rows))}
    ${notes.map(paragraph)}
    ${snippet("Commands", commands.join("\n"))}
  </section>`;
}

const table = (label: string, [head, ...rows]: readonly (readonly string[])[]): Html =>
  html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table>
    <thead><tr>${head.map((cell) => (cell === "" ? html`<td></td>` : html`<th scope="col">${cell}</th>`))}</tr></thead>
    <tbody>${rows.map(([name, ...cells]) => html`<tr><th scope="row">${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
  </table></div>`;

/** A link in a note. It leads to a file of the repository, which the site does not serve, so only its text stays. */
const MARKDOWN_LINK = /\[([^[\]]*)\]\([^()]*\)/g;

const paragraph = (text: string): Html => html`<p>${withCode(text.replaceAll(MARKDOWN_LINK, "$1"))}</p>`;

const section = (id: string, title: string, paragraphs: readonly string[]): Html | string =>
  paragraphs.length === 0
    ? ""
    : html`<section aria-labelledby="${id}" class="prose"><h2 id="${id}">${title}</h2>${paragraphs.map(paragraph)}</section>`;

function history({ commands, notes }: RecordOnPage): Html {
  return html`<section aria-labelledby="made-title" class="prose">
    <h2 id="made-title">How it was made</h2>
    ${notes.map(paragraph)}
    ${snippet("Commands", commands.join("\n"))}
  </section>`;
}
