/** The pages of the guide, in the order in which the navigation shows them. */
import { html } from "hono/html";
import { avatars } from "./avatars.ts";
import { cache } from "./cache.ts";
import { img } from "./img.ts";
import type { GuidePage, Html } from "./layout.ts";
import { react } from "./react.ts";
import { widget } from "./widget.ts";

export const GUIDE: readonly GuidePage[] = [img, widget, react, avatars, cache];

export const contents = (base: string): Html => html`
      <p>How to use Anneal's images in your own pages. Every example is for this server and is run by a test.</p>
      <ul class="pages">${GUIDE.map(({ slug, title, summary }) => html`<li><a href="${base}/guide/${slug}">${title}</a><p>${summary}</p></li>`)}</ul>`;
