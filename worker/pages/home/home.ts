/** Home: one image in all settings, to take away; the wall; a set. */
import { nativeShape } from "../../../wasm-model/model/card.ts";
import { nextTurn } from "../../../wasm-model/render/turn.ts";
import { OPTION_VALUES } from "../../../wasm-model/request/options.ts";
import { screenWidthOf } from "../../drawing/size.ts";
import { choice, type Fields, slider } from "../../langevin/fields.ts";
import { button, element, find, speaker } from "../shared/dom.ts";
import { draw, latest, sized, timeOf, type Wanted } from "../shared/draw.ts";
import { inWords, VisitorError } from "../shared/errors.ts";
import { fieldsOf, rangeOf } from "../shared/model-fields.ts";
import { anneal } from "../shared/pixels.ts";
import { saveAndShare } from "../shared/save-and-share.ts";
import { nextName, seedField } from "../shared/seeds.ts";
import { startPage } from "../shared/service.ts";
import { controls, PageState } from "../shared/state.ts";
import { FIRST_NAME } from "./poster.ts";
import { startSet } from "./set.ts";
import { drawWall, mark, showWall } from "./wall.ts";

/** Width of a set's files, in widths of the model. */
const TIMES = 8;
/** What the words of the options mean. */
const OPTIONS =
  "The name is a seed: it sets the noise that the image forms from. An image forms in as many steps as it has noise levels. Temperature: below 1 images are calmer and more alike, above 1 wilder. Guidance above 1 keeps closer to the class. The samplers are rules for a step: langevin and ald add fresh noise, heun adds none.";

const say = speaker("#status");
const { models } = await startPage(say);
const [model] = models;
const { width } = nativeShape(model);

const { temperature, guidance } = OPTION_VALUES;
const FIELDS = {
  seed: seedField("Name", FIRST_NAME),
  ...fieldsOf(model),
  shape: choice("Shape", { "": "square", round: "round" }, ""),
  temperature: slider("Temperature", rangeOf(temperature), 1, 0.05),
  guidance: slider("Guidance", rangeOf(guidance), 1, 0.1),
} as const satisfies Fields;

const state = new PageState(() => FIELDS);

/** What the settings ask for: the options that are not the model's own. */
function wantedFor(seed: string, settings = state.values): Wanted {
  const { class: label, shape, steps, temperature, guidance, sampler } = settings;
  const asked = { class: label, steps, temperature, guidance, sampler };
  const changed = Object.entries(asked).filter(([name, value]) => value !== FIELDS[name as keyof typeof asked].default);
  const options = { seed, ...Object.fromEntries(changed), ...(shape === "round" && { radius: 50 }) };
  return { operation: "sample", model: model.name, options };
}

/** Of the same settings with another seed. */
const addressOf = (seed: string): string => state.address({ seed });

const stage = find("#image", HTMLCanvasElement);
const first = find("#first", HTMLImageElement);
const drawLatest = latest(say, () => {
  stage.hidden = first.hidden = true;
  offer(undefined);
});
const offer = saveAndShare(width, drawLatest.settled);

const sayOfWall = speaker("#wall-state");
/** Drawn after the first image, which brings the model. */
let isWallBegun = false;

function show(): void {
  const { seed, class: label, shape } = state.values;
  const wanted = wantedFor(seed);
  mark(seed, addressOf);
  drawLatest(async (run) => {
    if (state.problem !== "") throw new VisitorError(state.problem);
    const drawn = await draw(wanted, { ...run, animate: true, screenWidth: () => screenWidthOf(stage.parentElement!) });
    stage.hidden = false;
    stage.ariaLabel = `${label || "Image"} drawn from the seed ${seed}`;
    first.hidden = true;
    anneal(stage, shape === "round" ? [] : drawn.frames, drawn.image, run.signal);
    offer({ name: seed, wanted });
    stage.dataset.drawn = state.address();
    if (!isWallBegun) drawWall(model).then(sayOfWall, (error: unknown) => sayOfWall(inWords(error)));
    isWallBegun = true;
    return timeOf(drawn);
  });
}

const drawAnother = () => {
  const isTyped = seed.value !== state.values.seed;
  if (isTyped) seed.dispatchEvent(new Event("change"));
  else state.set({ seed: nextName(seed.value) });
};
const another = button("Another image", drawAnother, { className: "primary" });
find("#controls", HTMLElement).append(controls(state, ["seed", "class"]));
find("#another", HTMLElement).append(another);
find("#more", HTMLElement).append(
  element(
    "details",
    {},
    element("summary", {}, "Options"),
    element("p", { className: "note" }, OPTIONS),
    controls(state, ["shape", "steps", "temperature", "guidance", "sampler"]),
  ),
);

// The button does not throw away what was just typed.
const seed = find("#field-seed", HTMLInputElement);
another.addEventListener("mousedown", (event) => event.preventDefault()); // leaves the focus, and so the seed to the click

await nextTurn(); // a page that is made at once is a long task
showWall(model, addressOf, () => stage.parentElement!.scrollIntoView({ block: "nearest" }));
await nextTurn();
state.follow(show);
startSet(() => {
  const { values } = state;
  return (seed) => sized(wantedFor(seed, values), TIMES * width);
});
