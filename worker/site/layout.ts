/** The frame of every page: head, navigation, foot. */
import type { Context } from "hono";
import { html, raw } from "hono/html";
import { encodeBase64 } from "hono/utils/encode";
import type { HtmlEscapedString } from "hono/utils/html";
import type { NativeShape } from "../../wasm-model/model/card.ts";
import type { Env } from "../http/env.ts";
import { pagePolicy } from "../http/headers.ts";
import { isAt, type MenuGroup, NAVIGATION } from "./navigation.ts";

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

export interface Page {
  /** The address of the server (`originOf`), and below it path and query of the page. */
  readonly origin: string;
  readonly path: string;
  readonly title: string;
  readonly description: string;
  /** Path of the preview image for shared links. */
  readonly image?: string | undefined;
  /** Path of its script. */
  readonly script?: string;
  /** Name of its style sheet where it is not the site's own. */
  readonly styleSheet?: string;
  /** Style that only this page has. */
  readonly style?: string;
  readonly body: Html;
}

/** Keeps what is pressed before the page's script is there (`startButtons` in client/dom.ts). The page's policy names it by its hash. */
const EARLY = 'early=[];onclick=e=>{const b=e.target.closest("main button[type=button]");b&&early.push(b)}';

/** The site's sign: an A out of pixels, in the colours of tempered steel. */
const SIGN =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><linearGradient id="sign"><stop stop-color="#d99a00"/><stop offset=".35" stop-color="#c05f1f"/><stop offset=".65" stop-color="#7a3b93"/><stop offset="1" stop-color="#2a4fc4"/></linearGradient><rect width="9" height="9" rx="2" fill="url(#sign)"/><path fill="#fff" d="M4 1h1v1H4zM3 2h1v2H3zM5 2h1v2H5zM2 4h1v4H2zM6 4h1v4H6zM3 5h3v1H3z"/></svg>';
const ICON = `data:image/svg+xml,${encodeURIComponent(SIGN)}`;

/** The shape of a model's images, for the style sheet. */
export const shapeStyle = ({ width, height }: Pick<NativeShape, "width" | "height">): string =>
  `:root{--columns:${width};--rows:${height}}`;

export const baseOf = ({ env }: Context<Env>): string => env.BASE ?? "";

/** The address of the server: its origin, and the path that the service is mounted under. */
export const originOf = (c: Context<Env>): string => new URL(c.req.url).origin + baseOf(c);

export async function answer(
  c: Context<Env>,
  page: Page,
  { status = 200, caching }: { readonly status?: 200 | 400 | 404; readonly caching: string },
): Promise<Response> {
  const style = (await styleSheet(c.env, page.styleSheet ?? "site")) + (page.style ?? "");
  c.header("Content-Security-Policy", pagePolicy({ style: await hashOf(style), script: await hashOf(EARLY) }));
  c.header("Cache-Control", caching);
  return c.html(layout({ ...page, style, base: baseOf(c), source: c.env.SOURCE }), status);
}

const hashOf = async (text: string): Promise<string> => encodeBase64(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));

/**
 * A style sheet that the build made. It travels inside the page: the first frame waits for no second file, and nothing
 * is ever laid out without its style. Empty where there are no files of the site. The address of the font is that under
 * which the page can load it.
 */
async function styleSheet({ ASSETS, BASE = "" }: Env["Bindings"], name: string): Promise<string> {
  const found = await ASSETS.fetch(`https://assets/assets/${name}.css`);
  return found.ok ? (await found.text()).replaceAll("./display.woff2", () => `${BASE}/assets/display.woff2`) : "";
}

interface PageInFrame extends Page {
  readonly base: string;
  readonly style: string;
  /** The address of the source code, where there is one. */
  readonly source: string | undefined;
}

function layout({ origin, base, path, title, description, image, script, style, body, source }: PageInFrame): Html {
  const here = path.split("?")[0];
  const link = ([to, name]: MenuGroup["pages"][number]) =>
    html`<li><a href="${base}${to}"${isAt(here, to) ? raw(' aria-current="page"') : ""}>${name}</a></li>`;
  const group = ({ name, pages }: MenuGroup) =>
    html`<li><span id="menu-${name}">${name}</span><ul aria-labelledby="menu-${name}">${pages.map(link)}</ul></li>`;
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="description" content="${description}">
    <meta property="og:type" content="website">
    <meta property="og:site_name" content="Anneal">
    <meta property="og:title" content="${title}">
    <meta property="og:description" content="${description}">
    <meta property="og:url" content="${origin}${path}">
    ${image ? html`<meta property="og:image" content="${origin}${image}"><meta property="og:image:type" content="image/png"><meta name="twitter:card" content="summary">` : ""}
    <title>${title}</title>
    <link rel="icon" type="image/svg+xml" href="${ICON}">
    <link rel="preload" href="${base}/assets/display.woff2" as="font" type="font/woff2" crossorigin>
    <style>${raw(style)}</style>
    <script>${raw(EARLY)}</script>
    ${script ? html`<script type="module" src="${base}${script}"></script>` : ""}
  </head>
  <body>
    <a class="skip" href="#main">Skip to content</a>
    <header class="bar">
      <a class="brand" href="${base}/"${here === "/" ? raw(' aria-current="page"') : ""}><span aria-hidden="true">${raw(SIGN)}</span> Anneal</a>
      <nav aria-label="Pages"><ul class="menu">${NAVIGATION.map(group)}</ul></nav>
    </header>
    <main id="main">${body}</main>
    <footer>
      <p>Small neural networks draw every image here, on your device or on the server. The same seed gives the same bytes on both.</p>
      <ul>
        <li><a href="${base}/build/">Build</a></li>
        ${source ? html`<li><a href="${source}">Source code</a></li>` : ""}
      </ul>
    </footer>
  </body>
</html>`;
}
