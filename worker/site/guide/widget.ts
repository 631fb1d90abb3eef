import { html } from "hono/html";
import { pagePolicy } from "../../widget/page-policy.ts";
import { ATTRIBUTE_TABLE, MEMBER_TABLE, STYLE_TABLE } from "../../widget/reference-tables.ts";
import { example, exampleClass, type GuidePage, live, table } from "./layout.ts";

export const widget: GuidePage = {
  slug: "widget",
  title: "The widget",
  summary: "An element that draws on the visitor's device, where an image costs you nothing.",
  hasElements: true,
  body: (context) => {
    const { origin, base } = context;
    const { label, inQuery } = exampleClass(context);
    return html`
      <p>
        <code>&lt;anneal-sample&gt;</code> fetches the network once and draws in the visitor's browser. The bytes are those that the server would send. If the device cannot draw, the
        element shows the server's image.
      </p>
      ${example("html", `<script type="module" src="${origin}/embed.js"></script>\n<anneal-sample seed="alice"></anneal-sample>`)}
      <p>The examples below need the same script. Most attributes are options of <code>/sample</code>; only <code>class</code> has another name, <code>label</code>.</p>
      <p id="drawn-by" class="note scripted" role="status">The images below are drawn once the model is here.</p>
      ${live(`<anneal-sample seed="bob" label="${label}"></anneal-sample>`)}
      ${live(`<anneal-sample seed="carol" animate></anneal-sample>`)}
      ${live(`<anneal-sample seed="dave" background="fde" foreground="402060"></anneal-sample>`)}
      ${live(`<anneal-sample seed="erin" to="frank" t="0.5" alt="Between Erin and Frank"></anneal-sample>`)}
      <h2>Many of them</h2>
      <p>
        <code>loading="lazy"</code> waits until the element comes near the viewport. Put the server's image inside: it is shown until the device has drawn, and where
        there is no script.
      </p>
      ${live(`<anneal-sample seed="grace" label="${label}" loading="lazy">
  <img src="${origin}/sample?seed=grace&amp;class=${inQuery}&amp;size=112" alt="" width="112" height="112">
</anneal-sample>`)}
      <h2>Attributes</h2>
      <p>Each has a property of the same name, or of the name in brackets.</p>
      ${table(ATTRIBUTE_TABLE)}
      <h2>Properties, methods and events</h2>
      ${table(MEMBER_TABLE)}
      <p>
        Events do not bubble. The types for TypeScript are in <a href="${base}/assets/embed.d.ts">embed.d.ts</a>. Editors read
        <a href="${base}/assets/custom-elements.json">custom-elements.json</a>.
      </p>
      <h2>Styles</h2>
      ${table(STYLE_TABLE)}
      ${example(
        "html",
        `<style>
  anneal-sample:not(:defined) { display: inline-block; aspect-ratio: 1; } /* keeps its room until the script has come */
  .avatar { border-radius: 50%; inline-size: 4rem; }
  .avatar::part(progress) { display: none; }
</style>
<script type="module" src="${origin}/embed.js"></script>
<anneal-sample class="avatar" seed="heidi"></anneal-sample>`,
      )}
      <h2>What a page must allow</h2>
      <p>A Content-Security-Policy must allow the following. If it does not allow drawing on the device, the widget shows the server's image (<code>img-src</code>).</p>
      ${example("http", `Content-Security-Policy: ${pagePolicy(origin).join("; ")}`)}
      <p>Pages that isolate themselves (COOP and COEP) may embed it.</p>
      <h2>Without the server</h2>
      <p>
        The browser keeps network and engine in the page's Cache API and checks them each time. After the first visit the widget draws even if the server is away. One Web Worker draws
        for all elements of a page, visible ones first.
      </p>`;
  },
};
