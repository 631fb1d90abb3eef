/** The page at /models/{model}: samples, quality and history of a model, from its card and record.json. */
import { html } from "hono/html";
import { nativeShape } from "../../wasm-model/model/card.ts";
import { MODEL_FILE } from "../../wasm-model/model/model.ts";
import { evaluationSigmas } from "../../wasm-model/sampling/index.ts";
import { filePath } from "../models/entry.ts";
import type { Html } from "./layout.ts";
import { tile, tilesAtOnce, withCode } from "./parts.ts";
import type { ComparisonOnPage, MeasuredImages, RecordOnPage } from "./record.ts";
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
      ${samples(state, record)}
    </section>
    ${record ? section("intended-use", "Intended use", record.intendedUse) : ""}
    ${record ? section("limits", "Limits", record.limits) : ""}
    ${record ? quality(record) : ""}
    ${record?.comparison ? comparison(record.comparison) : ""}
    <section aria-labelledby="use-title">
      <h2 id="use-title">Use it</h2>
      ${snippet("TypeScript", `import { loadModel, sample } from "anneal";\n\n${loadCode(state)}\nconst image = await sample(model, { seed: "alice" });`)}
    </section>
    ${record ? history(record) : ""}`;
}

const whole = (value: number): string => value.toLocaleString("en");
const percent = (value: number): string => `${(100 * value).toFixed(1)}\u00a0%`;

function samples(state: PageState, record: RecordOnPage | undefined): Html {
  const { labels } = state.model.card;
  const ready = tilesAtOnce(state);
  const accuracies = record && measured(record)?.images.accuracyByClass;
  return html`<div class="by-class" data-at-once="${ready}">${labels.map(
    (label, row) =>
      html`<div><h3>${label}${accuracies ? html` <small>${percent(accuracies[row])} recognized</small>` : ""}</h3><ul class="tiles">${Array.from(
        { length: SHOWN },
        (_, column) => {
          const options = { seed: `card/${OF_CARD * row + column}`, class: label };
          return tile(state, {
            options,
            href: pageUrl(state, "/", options),
            caption: "",
            alt: `${label}, seed ${options.seed}`,
            waits: SHOWN * row + column >= ready,
          });
        },
      )}</ul></div>`,
  )}</div>`;
}

const ROWS = [
  ["fid", "FID, less is better", (value: number) => value.toFixed(3)],
  ["precision", "precision", percent],
  ["recall", "recall", percent],
  ["classAccuracy", "class recognized", percent],
  ["nearestPixels", "distance to the nearest training image", (value: number) => value.toFixed(2)],
] as const;

/** Who measured, and how far to trust it. */
const JUDGES = {
  judging: "The classifier that measured these images had no part in choosing settings or checkpoints.",
  tuning: "The classifier that measured these images also chose the settings, so the figures look better than they are.",
} as const;

/** The measurements of the file that is served. */
function measured({ quality }: RecordOnPage): { readonly images: MeasuredImages; readonly command: string } | undefined {
  for (const { precision, images, command } of quality) if (precision === "int8" && images) return { images, command };
  return undefined;
}

function quality(record: RecordOnPage): Html | string {
  const found = measured(record);
  if (!found) return "";
  const { images, command } = found;
  const { tuning } = images;
  const { sampler, evaluations } = images.settings;
  const columns = [images.generated, images.real, ...(tuning ? [tuning.generated, tuning.real] : [])];
  return html`<section aria-labelledby="quality-title">
    <h2 id="quality-title">How good it is</h2>
    <p>${whole(images.count * (images.sets?.length ?? 1))} images by <code>${sampler}</code> with ${evaluations} network evaluations each, beside real test images of ${images.reference.data}. ${JUDGES[images.reference.classifier ?? "tuning"]}${tuning ? " The last two columns are by the classifier that chose these, so they look better than they are." : ""}</p>
    <div class="scroll" tabindex="0" role="region" aria-label="Table of figures"><table>
      <thead><tr><th scope="col">Measure</th><th scope="col">generated</th><th scope="col">real</th>${tuning ? html`<th scope="col">generated, by the classifier that chose</th><th scope="col">real, by the same</th>` : ""}</tr></thead>
      <tbody>${ROWS.map(([key, title, show]) => html`<tr><th scope="row">${title}</th>${columns.map((figures) => html`<td>${show(figures[key])}</td>`)}</tr>`)}</tbody>
    </table></div>
    ${snippet("Measure it again", command)}
  </section>`;
}

const threeDigits = (fid: number): string =>
  fid.toLocaleString("en", { minimumSignificantDigits: 3, maximumSignificantDigits: 3, useGrouping: false });

/** A FID and, in brackets, the one by the classifier that chose the settings. */
const bothFids = (fid: number, tuning: number | undefined): Html =>
  html`${threeDigits(fid)}${tuning === undefined ? "" : html` <small>(${threeDigits(tuning)})</small>`}`;

function comparison({ reference, realFids = [], tuning, entries }: ComparisonOnPage): Html {
  const int8 = entries.filter(({ precision }) => precision === "int8");
  const columns = [...new Set(int8.map(({ nfe }) => nfe))].toSorted((a, b) => a - b);
  const samplers = [...new Set(int8.map(({ settings }) => settings.sampler))];
  const fid = (sampler: string, nfe: number): Html | string => {
    const entry = int8.find(({ settings, nfe: place }) => settings.sampler === sampler && place === nfe);
    return entry ? bothFids(entry.fid, entry.tuning?.fid) : "";
  };
  return html`<section aria-labelledby="samplers-title">
    <h2 id="samplers-title">Samplers</h2>
    <p>${JUDGES[reference.classifier ?? "tuning"]}${tuning ? " Figures in brackets are by the classifier that chose the settings." : ""} ${realFids.map(({ count, fid }, i) => html`${whole(count)} real images have ${bothFids(fid, tuning?.realFids[i]?.fid)}. `)}</p>
    <div class="scroll" tabindex="0" role="region" aria-label="Table of samplers"><table>
      <caption>FID against network evaluations per image</caption>
      <thead><tr><th scope="col">Sampler</th>${columns.map((nfe) => html`<th scope="col">${nfe}</th>`)}</tr></thead>
      <tbody>${samplers.map((sampler) => html`<tr><th scope="row"><code>${sampler}</code></th>${columns.map((nfe) => html`<td>${fid(sampler, nfe)}</td>`)}</tr>`)}</tbody>
    </table></div>
  </section>`;
}

/** A link in a note. It leads to a file of the repository, which the site does not serve, so only its text stays. */
const MARKDOWN_LINK = /\[([^[\]]*)\]\([^()]*\)/g;

const paragraph = (text: string): Html => html`<p>${withCode(text.replaceAll(MARKDOWN_LINK, "$1"))}</p>`;

const section = (id: string, title: string, paragraphs: readonly string[] = []): Html | string =>
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
