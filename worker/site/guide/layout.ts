/** The frame of the guide's pages, and the parts that they are made of. */
import { html, raw } from "hono/html";
import type { ReadyModel } from "../../models/ready.ts";
import type { ReferenceTable } from "../../widget/reference-tables.ts";
import type { Html, Page } from "../layout.ts";
import { withCode } from "../parts.ts";

export type { Html } from "../layout.ts";

/** What the examples name. */
export interface GuideContext {
  /** The address of the server, e.g. `https://anneal.example`. */
  readonly origin: string;
  /** The path that the service is mounted under, which links begin with. */
  readonly base: string;
  /** The server's first model, and that of the site's first look. */
  readonly model: ReadyModel;
  readonly firstLook: ReadyModel;
}

export interface GuidePage {
  /** Last part of its address, /guide/{slug}. */
  readonly slug: string;
  readonly title: string;
  /** One sentence, for the list of pages. */
  readonly summary: string;
  /** Whether it shows the widget itself. */
  readonly hasElements?: true;
  readonly body: (context: GuideContext) => Html;
}

export interface GuideContent {
  readonly base: string;
  readonly pages: readonly GuidePage[];
  /** The current page; undefined for the list of pages. */
  readonly current: GuidePage | undefined;
  readonly content: Html;
}

export function guidePage({ base, pages, current, content }: GuideContent): Omit<Page, "origin" | "path"> {
  const link = ({ slug, title }: GuidePage) =>
    html`<li><a href="${base}/guide/${slug}"${slug === current?.slug ? raw(' aria-current="page"') : ""}>${title}</a></li>`;
  return {
    title: current ? `${current.title}, Anneal` : "Anneal: guide",
    description: current?.summary ?? "How to use Anneal's images in your own pages.",
    ...(current?.hasElements && { script: "/assets/guide.js" }),
    styleSheet: "guide",
    body: html`<div class="guide">
      <nav aria-label="Guide"><ul>${pages.map(link)}</ul></nav>
      <h1>${current?.title ?? "Guide"}</h1>
      ${content}
    </div>`,
  };
}

export type Language = "html" | "tsx" | "js" | "sh" | "http";

/**
 * An example. A test runs all of them (test/slow/guide.test.ts): `html` in a page of another origin, `tsx` in a page
 * that Vite builds, `js` in Node, `sh` in a shell.
 */
export const example = (language: Language, code: string): Html =>
  html`<figure class="snippet"><pre tabindex="0"><code class="language-${language}">${code}</code></pre></figure>`;

/** An example in HTML beside its result. It may contain neither scripts nor styles. */
export const live = (code: string): Html => html`<div class="live"><div>${raw(code)}</div>${example("html", code)}</div>`;

export const table = ({
  head,
  rows,
}: ReferenceTable): Html => html`<div class="scroll" tabindex="0" role="region" aria-label="${head.join(", ")}"><table>
  <thead><tr>${head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead>
  <tbody>${rows.map((row) => html`<tr>${row.map((cell, i) => html`<td data-column="${head[i]}">${withCode(cell)}</td>`)}</tr>`)}</tbody>
</table></div>`;

/** The permanent address of an image of the model, without its options. */
export const permanentAddress = ({ origin, model: { name, version } }: Pick<GuideContext, "origin" | "model">, file: string): string =>
  `${origin}/v1/${name}@${version}/${file}`;

/** A class of the model, for examples, and the same in a query. */
export const exampleClass = ({ model: { card } }: Pick<GuideContext, "model">): { readonly label: string; readonly inQuery: string } => {
  const label = card.labels.at(-1) ?? "0";
  return { label, inQuery: encodeURIComponent(label) };
};
