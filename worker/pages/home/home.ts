/** Home: the image of a name, to take away, and the wall. */
import { nativeShape } from "../../../wasm-model/model/card.ts";
import { nextTurn } from "../../../wasm-model/render/turn.ts";
import { screenWidthOf } from "../../drawing/display.ts";
import { choice, choices, type Fields } from "../../langevin/fields.ts";
import { button, errorSentence, find, speaker, VisitorError } from "../shared/dom.ts";
import { draw, latestDrawing, timeOf, type Wanted } from "../shared/draw.ts";
import { anneal } from "../shared/pixels.ts";
import { saveAndShare } from "../shared/save-and-share.ts";
import { type DescribedModel, modelNamed, startPage } from "../shared/service.ts";
import { classField, controls, PageState, seedField } from "../shared/state.ts";
import selection from "./wall.json" with { type: "json" };
import { drawWall, markShown, showWall } from "./wall.ts";

const say = speaker("#status");
const { models } = await startPage(say);
/** The service's first model, and the second one if it draws in colour, too. */
const styles = models.slice(0, 2).filter(({ spec }) => spec.channels === models[0].spec.channels);
const styleNamed = (name: string | null) => modelNamed(styles, name);

const fieldsOf = ({ labels }: DescribedModel) =>
  ({
    seed: seedField("Name", selection.name),
    model: choice<string>("Style", choices(styles.map(({ name }) => name)), styles[0].name),
    class: classField(labels),
  }) as const satisfies Fields;
const FIELDS = new Map(styles.map((model) => [model, fieldsOf(model)]));

const state = new PageState((asked) => FIELDS.get(styleNamed(asked.get("model")))!);

/** Of the same class with another seed. */
const addressOf = (seed: string): string => state.address({ seed });

const stage = find("#image", HTMLCanvasElement);
const first = find("#first", HTMLImageElement);
const editor = find("#editor", HTMLAnchorElement);
const drawLatest = latestDrawing(say, () => {
  stage.hidden = first.hidden = true;
  offer(undefined);
});
const offer = saveAndShare(nativeShape(styles[0]).width, drawLatest.settled);

const sayOfWall = speaker("#wall-state");
/** The model whose wall is drawn: after the first image, which brings the model. */
let wallOf: DescribedModel | undefined;
let stopWall = new AbortController();

function drawWallOf(model: DescribedModel): void {
  if (wallOf === model) return;
  wallOf = model;
  stopWall.abort();
  stopWall = new AbortController();
  const { signal } = stopWall;
  drawWall(model, signal).then(sayOfWall, (error: unknown) => signal.aborted || sayOfWall(errorSentence(error)));
}

function show(): void {
  const { seed, model: style, class: label } = state.values;
  const model = styleNamed(style);
  const wanted: Wanted = { operation: "sample", model: model.name, options: { seed, ...(label !== "" && { class: label }) } };
  document.body.classList.toggle("pixel-art", model.palette !== undefined);
  markShown(seed, addressOf);
  editor.hash = new URLSearchParams({ tab: "name", model: model.name, seed, ...(label !== "" && { class: label }) }).toString();
  drawLatest(async (run) => {
    if (state.problem !== "") throw new VisitorError(state.problem);
    const drawn = await draw(wanted, { ...run, animate: true, screenWidth: () => screenWidthOf(stage.parentElement!) });
    stage.hidden = false;
    stage.ariaLabel = `${label || "Image"} drawn from the seed ${seed}`;
    first.hidden = true;
    anneal(stage, drawn.frames, drawn.image, run.signal);
    offer({ name: seed, wanted });
    stage.dataset.drawn = state.address();
    drawWallOf(model);
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
find("#controls", HTMLElement).append(controls(state, ["seed", "model", "class"]));
find("#another", HTMLElement).append(another);

// The button does not throw away what was just typed.
const seed = find("#field-seed", HTMLInputElement);
another.addEventListener("mousedown", (event) => event.preventDefault()); // leaves the focus, and so the seed to the click

await nextTurn(); // a page that is made at once is a long task
showWall(styleNamed(state.values.model), addressOf, () => stage.parentElement!.scrollIntoView({ block: "nearest" }));
await nextTurn();
state.follow(show);
