/** How to use an image elsewhere: its permanent address, downloads, and code for pages, terminals and programs. */
import { html } from "hono/html";
import { OPTION_NAMES, OPTIONS, OptionError, type OptionName } from "../../wasm-model/index.ts";
import { gmac } from "../admission/limits.ts";
import { imageRequest, permanentUrl } from "../images/image.ts";
import { FORMATS, type Format } from "../images/query.ts";
import { filePath } from "../models/entry.ts";
import type { Html } from "./layout.ts";
import { costIn, isAffordable, isDefaultModel, type PageOptions, type PageState, sampleUrl } from "./state.ts";

export function snippet(title: string, code: string): Html {
  return html`<figure class="snippet"><figcaption>${title} <button type="button" data-copy class="scripted">Copy<span class="unseen">: ${title}</span></button></figcaption><pre tabindex="0" aria-label="${title}"><code>${code}</code></pre></figure>`;
}

/** Address, downloads and code of the page's image. */
export function links(state: PageState, alt: string): Html {
  const { base, model, settings, origin, options, budget } = state;
  if (!settings) return html`<div id="links" data-live></div>`;
  const address = permanentUrl({}, imageRequest(model, { format: "png", options }, options.seed));
  const affordable = isAffordable(state);
  const stem = `${model.name}-${options.seed.replaceAll(/[^\p{L}\p{N}]+/gu, "-").slice(0, 40)}`;
  return html`<div id="links" data-live class="links">
    ${affordable ? "" : html`<p class="note">The server draws no image that costs more than ${gmac(budget)}, and this one costs ${gmac(costIn(state, options))}: only your device draws it.</p>`}
    <p class="downloads">Download:
      <a id="download" ${affordable ? html`href="${base}${address}"` : ""} download="${stem}.png">PNG</a>
      ${affordable ? FORMATS.slice(1).map((format) => download(state, format, stem)) : ""}
    </p>
    ${affordable ? snippet("Permanent address", origin + address) : ""}
    <details><summary>Code</summary>
      ${affordable ? snippet("Image", imageCode(state, alt)) : ""}
      ${snippet("Widget, drawn on the visitor's device", widgetCode(state))}
      ${affordable ? snippet("Terminal", `curl "${origin}${sampleUrl(state, options)}" -o ${stem}.png`) : ""}
      ${snippet("TypeScript", typescriptCode(state))}
    </details>
  </div>`;
}

/** A link, if there is such a file: not every size and grid can be an animation or an SVG. */
function download(state: PageState, format: Format, stem: string): Html | string {
  const { base, model, options } = state;
  try {
    const url = permanentUrl({}, imageRequest(model, { format, options }, options.seed));
    return html` <a href="${base}${url}" download="${stem}.png">${DOWNLOADS[format]}</a>`;
  } catch (error) {
    if (error instanceof OptionError) return "";
    throw error;
  }
}

const DOWNLOADS = { png: "PNG", apng: "animation (APNG)" };

/** Escapes text for HTML attributes. */
const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");

function imageCode(state: PageState, alt: string): string {
  const { width, height } = state.settings ?? { width: 0, height: 0 };
  const times = width < 112 ? Math.round(112 / width) : 1;
  return `<img src="${escaped(state.origin + sampleUrl(state, state.options))}" alt="${escaped(alt)}" width="${times * width}" height="${times * height}" style="image-rendering: pixelated">`;
}

/** The options that are given, in the order of the table. */
export const givenOptions = ({ options }: { readonly options: Partial<PageOptions> }): [OptionName, string][] =>
  OPTION_NAMES.flatMap((name) => (options[name] === undefined ? [] : [[name, String(options[name])]]));

function widgetCode(state: PageState): string {
  const attributes = givenOptions(state).map(([name, value]) => {
    const row = OPTIONS[name];
    return ` ${"attribute" in row ? row.attribute : name}="${escaped(value)}"`;
  });
  const model = isDefaultModel(state) ? "" : ` model="${escaped(state.model.name)}"`;
  return `<script type="module" src="${state.origin}/embed.js"></script>\n<anneal-sample${attributes.join("")}${model}></anneal-sample>`;
}

function typescriptCode(state: PageState): string {
  return [
    'import { loadModel, sample } from "anneal";',
    "",
    loadCode(state),
    `const image = await sample(model, { ${givenOptions(state).map(optionCode).join(", ")} });`,
    "image.png(); // the bytes of the PNG file",
  ].join("\n");
}

/** Loads the model in TypeScript. */
export const loadCode = ({ model, origin }: Pick<PageState, "model" | "origin">): string =>
  `const model = await loadModel(${JSON.stringify(origin + filePath(model))});`;

export function optionCode([name, value]: readonly [OptionName, string]): string {
  const { type } = OPTIONS[name].domain;
  return `${name}: ${["integer", "number", "pixels"].includes(type) ? Number(value) : JSON.stringify(value)}`;
}
