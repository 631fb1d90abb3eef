/** Where a picture is shown as it anneals: the picture, the score over it, the falling noise level, and the controls of the playback. */
import { html } from "hono/html";
import type { Html } from "./layout.ts";
import { isAffordable, type PageState, sampleUrl } from "./state.ts";

/** `alt`: of the finished picture. Without script it shows that alone. */
export function stage(state: PageState, alt: string): Html {
  const { options, settings } = state;
  const moments = settings?.nfe ?? 1;
  const picture = isAffordable(state)
    ? html`<img src="${state.base}${sampleUrl(state, { ...options, size: undefined })}" alt="${alt}" fetchpriority="high">`
    : "";
  return html`<figure id="stage" class="stage" data-alt="${alt}">
    <div class="picture">${picture}
      <canvas id="picture" role="img" aria-label="${alt}" hidden></canvas>
      <canvas id="score" class="score" aria-hidden="true" hidden></canvas>
    </div>
    <div class="progress scripted"><progress id="progress" aria-label="Drawing" hidden></progress> <button type="button" id="cancel" hidden>Cancel</button></div>
    <div class="player scripted" id="player" data-empty role="group" aria-label="Playback of the annealing">
      <svg id="levels" viewBox="0 0 100 40" preserveAspectRatio="none" aria-hidden="true"><linearGradient id="temper" gradientUnits="userSpaceOnUse" x2="100"><stop/><stop offset="0.3"/><stop offset="0.62"/><stop offset="1"/></linearGradient><path class="fall"/><path class="now"/></svg>
      <input type="range" id="scrub" min="0" max="${moments}" step="0.05" value="${moments}" aria-label="Moment of the annealing">
      <div class="buttons">
        <button type="button" id="back" aria-label="One step back"><span aria-hidden="true">◂</span></button>
        <button type="button" id="play">Play</button>
        <button type="button" id="forward" aria-label="One step forward"><span aria-hidden="true">▸</span></button>
        <button type="button" id="replay">Replay</button>
        <label class="check"><input type="checkbox" id="show-score" checked> Score field</label>
        <span id="moment" aria-hidden="true"></span>
      </div>
    </div>
    <figcaption><p id="status" role="status">${isAffordable(state) ? "Drawn at the edge." : "No picture yet."}</p></figcaption>
  </figure>`;
}
