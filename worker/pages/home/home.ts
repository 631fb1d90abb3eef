/** Home: the image of a name, to take away, and the wall. */
import { nativeShape } from "../../../wasm-model/model/card.ts";
import { nextTurn } from "../../../wasm-model/render/turn.ts";
import { screenWidthOf } from "../../drawing/display.ts";
import type { Fields } from "../../langevin/fields.ts";
import { button, errorSentence, find, speaker, VisitorError } from "../shared/dom.ts";
import { draw, latestDrawing, timeOf, type Wanted } from "../shared/draw.ts";
import { anneal } from "../shared/pixels.ts";
import { saveAndShare } from "../shared/save-and-share.ts";
import { startPage } from "../shared/service.ts";
import { classField, controls, PageState, seedField } from "../shared/state.ts";
import selection from "./wall.json" with { type: "json" };
import { drawWall, markShown, showWall } from "./wall.ts";

const say = speaker("#status");
const { models } = await startPage(say);
const [model] = models;
const { width } = nativeShape(model);

const FIELDS = {
  seed: seedField("Name", selection.name),
  class: classField(model.labels),
} as const satisfies Fields;

const state = new PageState(() => FIELDS);

/** Of the same class with another seed. */
const addressOf = (seed: string): string => state.address({ seed });

const stage = find("#image", HTMLCanvasElement);
const first = find("#first", HTMLImageElement);
const editor = find("#editor", HTMLAnchorElement);
const drawLatest = latestDrawing(say, () => {
  stage.hidden = first.hidden = true;
  offer(undefined);
});
const offer = saveAndShare(width, drawLatest.settled);

const sayOfWall = speaker("#wall-state");
/** Drawn after the first image, which brings the model. */
let isWallBegun = false;

function show(): void {
  const { seed, class: label } = state.values;
  const wanted: Wanted = { operation: "sample", model: model.name, options: { seed, ...(label !== "" && { class: label }) } };
  markShown(seed, addressOf);
  editor.hash = new URLSearchParams({ tab: "name", seed, ...(label !== "" && { class: label }) }).toString();
  drawLatest(async (run) => {
    if (state.problem !== "") throw new VisitorError(state.problem);
    const drawn = await draw(wanted, { ...run, animate: true, screenWidth: () => screenWidthOf(stage.parentElement!) });
    stage.hidden = false;
    stage.ariaLabel = `${label || "Image"} drawn from the seed ${seed}`;
    first.hidden = true;
    anneal(stage, drawn.frames, drawn.image, run.signal);
    offer({ name: seed, wanted });
    stage.dataset.drawn = state.address();
    if (!isWallBegun) drawWall(model).then(sayOfWall, (error: unknown) => sayOfWall(errorSentence(error)));
    isWallBegun = true;
    return timeOf(drawn);
  });
}

/** Mia, Mia 2, Mia 3: another image, by a name that keeps the first. */
function nextName(name: string): string {
  const [, first, count = "1"] = /^(.*?)(?: (\d{1,6}))?$/s.exec(name)!;
  return `${first} ${Number(count) + 1}`;
}

const drawAnother = () => {
  const isTyped = seed.value !== state.values.seed;
  if (isTyped) seed.dispatchEvent(new Event("change"));
  else state.set({ seed: nextName(seed.value) });
};
const another = button("Another image", drawAnother, { className: "primary" });
find("#controls", HTMLElement).append(controls(state, ["seed", "class"]));
find("#another", HTMLElement).append(another);

// The button does not throw away what was just typed.
const seed = find("#field-seed", HTMLInputElement);
another.addEventListener("mousedown", (event) => event.preventDefault()); // leaves the focus, and so the seed to the click

await nextTurn(); // a page that is made at once is a long task
showWall(model, addressOf, () => stage.parentElement!.scrollIntoView({ block: "nearest" }));
await nextTurn();
state.follow(show);
