/** Home: the image of a name, to take away, and a wall of others. */
import { nativeShape } from "../../../wasm-model/model/card.ts";
import { nextTurn } from "../../../wasm-model/render/turn.ts";
import type { SampleOptions } from "../../../wasm-model/request/options.ts";
import { screenWidthOf } from "../../drawing/display.ts";
import type { Fields } from "../../langevin/fields.ts";
import { button, element, errorSentence, find, makeOneTabStop, speaker, VisitorError } from "../shared/dom.ts";
import { type Drawn, type DrawRun, draw, latestDrawing, timeOf, type Wanted } from "../shared/draw.ts";
import { anneal, canvasOf } from "../shared/pixels.ts";
import { saveAndShare } from "../shared/save-and-share.ts";
import { waitForService } from "../shared/service.ts";
import { classField, controls, PageState, seedField } from "../shared/state.ts";
import wall from "./wall.json" with { type: "json" };
import poster from "./wall.png?url";

const say = speaker("#status");
const [model] = (await waitForService(say)).models;
document.body.classList.toggle("pixel-art", model.palette !== undefined);

const FIELDS = { seed: seedField("Name", wall.name), class: classField(model.labels) } as const satisfies Fields;
const state = new PageState(() => FIELDS);
const stage = find("#image", HTMLCanvasElement);
const first = find("#first", HTMLImageElement);
const drawLatest = latestDrawing(say, () => {
  stage.hidden = first.hidden = true;
  offer(undefined);
});
const offer = saveAndShare(nativeShape(model).width, drawLatest.settled);

const sayOfWall = speaker("#wall-state");

const wantedOf = (options: SampleOptions): Wanted => ({ operation: "sample", model: model.name, options });
/** In the size of its place. */
const drawFor = (place: HTMLElement, options: SampleOptions, run: DrawRun = {}): Promise<Drawn> =>
  draw(wantedOf(options), { ...run, animate: true, screenWidth: () => screenWidthOf(place) });

/** Mia, Mia 2, Mia 3: another image, by a name that keeps the first. */
function nextName(name: string): string {
  const [, first, count = "1"] = /^(.*?)(?: (\d{1,6}))?$/s.exec(name)!;
  return `${first} ${Number(count) + 1}`;
}

const another = button("Another image", () => state.set({ seed: nextName(state.values.seed) }), { className: "primary" });
find("#controls", HTMLElement).append(controls(state, ["seed", "class"]), another);

await nextTurn(); // a page that is made at once is a long task
const { seeds, columns } = wall;
const rows = seeds.length / columns;
const links = seeds.map((seed, i) => {
  const link = element("a", { className: "image", ariaLabel: `Image of the name ${seed}` });
  link.addEventListener("click", () => stage.parentElement!.scrollIntoView({ block: "nearest" }));
  if (model.version === wall.version) {
    const [left, top] = [(i % columns) / (columns - 1), Math.floor(i / columns) / (rows - 1)];
    link.style.background = `${100 * left}% ${100 * top}% / ${100 * columns}% ${100 * rows}% url("${poster}")`;
  }
  return link;
});
find("#wall", HTMLElement).append(...links.map((link) => element("li", {}, link)));
makeOneTabStop(find("#wall", HTMLElement));
let isWallDrawn = false;

await nextTurn();
state.follow(() => {
  const { seed, class: label } = state.values;
  for (const [i, link] of links.entries())
    Object.assign(link, { href: state.address({ seed: seeds[i] }), ariaCurrent: seeds[i] === seed ? "true" : null });
  const options = { seed, ...(label !== "" && { class: label }) };
  find("#editor", HTMLAnchorElement).hash = String(new URLSearchParams({ tab: "name", model: model.name, ...options }));
  drawLatest(async (run) => {
    if (state.problem !== "") throw new VisitorError(state.problem);
    const drawn = await drawFor(stage.parentElement!, options, run);
    stage.hidden = false;
    stage.ariaLabel = `${label || "Image"} drawn from the seed ${seed}`;
    first.hidden = true;
    anneal(stage, drawn, run.signal);
    offer({ name: seed, wanted: wantedOf(options) });
    stage.dataset.drawn = state.address();
    if (!isWallDrawn) drawWall().then(sayOfWall, (error) => sayOfWall(errorSentence(error)));
    isWallDrawn = true;
    return timeOf(drawn);
  });
});

/** Draws the wall, once the model is here. Until then its poster stands there, if that is this model's. Returns a sentence about it. */
async function drawWall(): Promise<string> {
  const begun = performance.now();
  for (const [i, link] of links.entries()) {
    const drawn = await drawFor(link, { seed: seeds[i] });
    const canvas = canvasOf(drawn.image, { ariaHidden: "true" });
    link.style.background = "";
    link.replaceChildren(canvas);
    anneal(canvas, drawn);
  }
  return `This device drew all ${links.length} in ${((performance.now() - begun) / 1000).toFixed(1)} s.`;
}
