/** The page at /device: images drawn on the visitor's device, beside the server's. */
import { html } from "hono/html";
import { nativeShape } from "../../wasm-model/model/card.ts";
import { cellSeed } from "../../wasm-model/request/resolve.ts";
import { modelField, problemLine, textField } from "./controls.ts";
import type { Html } from "./layout.ts";
import { loadCode, snippet } from "./snippets.ts";
import { type PageState, pageUrl, sampleUrl } from "./state.ts";

/** Images that are compared, with the seeds {seed}/0, {seed}/1, ... */
const IMAGES = 20;

export function device(state: PageState): Html {
  const { options, model, origin, settings } = state;
  const first = { seed: cellSeed(options.seed, 0) };
  const program = [
    'import { createHash } from "node:crypto";',
    'import { loadModel, sample } from "anneal";',
    "",
    loadCode(state),
    `const image = await sample(model, { seed: ${JSON.stringify(first.seed)} });`,
    'createHash("sha256").update(image.png()).digest("hex");',
  ];
  return html`
    <h1>Your device</h1>
    <p class="lead">The same seed should give the same bytes everywhere. Let your own device check that: it draws ${IMAGES} images and compares each with the
      server's.</p>
    <div class="bench long">
      <form action="${state.base}/device" method="get" id="controls" data-model="${model.name}">
        ${problemLine(state)}
        ${textField("Seed", "seed", options.seed)} ${modelField(state)}
        <div class="buttons"><button type="submit">Use this seed</button> <button type="submit" name="new" value="yes">New seed</button></div>
      </form>
      <div>
        <div class="scripted">
          <div class="buttons"><button type="button" id="start" class="primary">Compare</button> <button type="button" id="cancel" hidden>Cancel</button> <progress id="progress" max="${IMAGES}" aria-label="Comparing" hidden></progress></div>
          <p id="status" role="status">Nothing is loaded until you press the button. Then engine and model come from this server.</p>
        </div>
        <p class="unscripted">The comparison needs JavaScript. Without it, compare by hand: the links below lead to the server's images, and <a href="#hand-title">two commands</a> print their hashes.</p>
        ${FIGURES}
        ${settings ? table(state) : ""}
      </div>
    </div>
    <section aria-labelledby="hand-title">
      <h2 id="hand-title">By hand</h2>
      <p>The hash of the first image, from the server and from your own machine. <a href="${state.base}${pageUrl(state, "/how")}">How it works</a> explains what is drawn.</p>
      ${snippet("The server's, in a terminal", `curl -s "${origin}${sampleUrl(state, first)}" | sha256sum`)}
      ${snippet("Your machine's, in Node", program.join("\n"))}
    </section>`;
}

const FIGURES = html`<dl class="figures scripted" id="figures">
  <div><dt>images equal to the server's, byte for byte</dt><dd data-figure="same">–</dd></div>
  <div><dt>median time for an image</dt><dd data-figure="time">–</dd></div>
</dl>`;

function table(state: PageState): Html {
  const { width, height } = nativeShape(state.model.card);
  const row = (seed: string) => html`<tr data-seed="${seed}">
    <td class="scripted"><canvas width="${width}" height="${height}" role="img" aria-label="The server's image of ${seed}"></canvas></td>
    <th scope="row"><a href="${state.base}${sampleUrl(state, { seed })}">${seed}</a></th><td></td><td></td></tr>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Table of images"><table id="images" class="compared">
    <caption>Each image's SHA-256 on the server (the first 8 of 64 digits), and what this device draws</caption>
    <thead><tr><td class="scripted"></td><th scope="col">Seed</th><th scope="col">Server</th><th scope="col">This device</th></tr></thead>
    <tbody>${Array.from({ length: IMAGES }, (_, k) => row(cellSeed(state.options.seed, k)))}</tbody>
  </table></div>`;
}
