/** Home: one image in all settings, to take away; the wall; a set. */
import { nativeShape } from "../../../wasm-model/model/card.ts";
import { nextTurn } from "../../../wasm-model/render/turn.ts";
import { OPTION_VALUES, randomSeed } from "../../../wasm-model/request/options.ts";
import { choices, type Fields } from "../../langevin/fields.ts";
import type { Frame } from "../../widget/protocol.ts";
import { anneal } from "../shared/annealing.ts";
import { button, element, find, speaker } from "../shared/dom.ts";
import { startPage } from "../shared/page.ts";
import { drawnBy, isOnDevice, Latest, type Options, paint, prepare } from "../shared/painter.ts";
import { modelField, modelNamed, type ServedModel, service } from "../shared/service.ts";
import { controls, State } from "../shared/state.ts";
import { type Takeable, takeButtons } from "../shared/take.ts";
import { SELECTION } from "./poster.ts";
import { startSet } from "./set.ts";
import { drawWall, mark, showWall } from "./wall.ts";

startPage();

/** How much larger than the model draws it the image is shown. */
const TIMES = 4;

const { models } = await service;

/** The fields of a model, made once, so that their controls stay while the model does. */
const fieldsOf = new Map(models.map((model) => [model.name, fieldsFor(model)]));

function fieldsFor({ version, labels, sampling }: ServedModel) {
  const { steps, temperature, guidance, sampler, flip } = OPTION_VALUES;
  return {
    seed: { kind: "text", label: "Seed", default: version === SELECTION.version ? SELECTION.seeds[0] : "1" },
    class: { kind: "choice", label: "Class", values: { "": "chosen by the seed", ...choices(labels) }, default: "" },
    model: modelField(models),
    shape: { kind: "choice", label: "Shape", values: { "": "square", round: "round" }, default: "" },
    flip: { kind: "choice", label: "Mirrored", values: { "": "no", ...choices(flip.domain.values) }, default: "" },
    steps: { kind: "number", label: "Noise levels", ...steps.domain, step: 1, default: sampling.steps },
    temperature: { kind: "number", label: "Temperature", ...temperature.domain, step: 0.05, default: 1 },
    guidance: { kind: "number", label: "Guidance", ...guidance.domain, step: 0.1, default: 1 },
    sampler: { kind: "choice", label: "Sampler", values: choices(sampler.domain.values), default: sampling.sampler },
  } as const satisfies Fields;
}

const state = new State((asked) => fieldsOf.get(modelNamed(models, asked.get("model")).name)!);

/** What the settings ask for, as options of an image. */
function optionsOf(seed: string): Options {
  const { class: label, shape, flip, ...numbers } = state.values;
  const options = Object.entries({ class: label, flip, radius: shape === "round" ? 50 : "", ...changed(numbers) });
  return Object.fromEntries([["seed", seed || "1"], ...options.filter(([, value]) => value !== "")]);
}

/** Those that are not the model's own. */
function changed({ steps, temperature, guidance, sampler }: Options): Options {
  return Object.fromEntries(
    Object.entries({ steps, temperature, guidance, sampler }).filter(([name, value]) => value !== state.fields[name as "steps"].default),
  );
}

const stage = find("#image", HTMLCanvasElement);
const say = speaker("#status");
const latest = new Latest(say);
let taken: Takeable | undefined;
const chosen = modelNamed(models, state.values.model);

function draw(): void {
  const { model: name, seed, class: label } = state.values;
  const model = modelNamed(models, name);
  const options = optionsOf(seed);
  find("#problem", HTMLElement).textContent = state.problem;
  mark(seed);
  latest.run(async ({ signal, onWait }) => {
    const frames: Frame[] = [];
    const wanted = { operation: "sample", model: name, options: { ...options, size: TIMES * nativeShape(model).width } } as const;
    const drawn = await paint(wanted, { signal, onWait, onFrame: (frame) => frames.push(frame) });
    stage.hidden = false;
    stage.ariaLabel = `${label || "Image"} drawn from the seed ${seed}`;
    find("#first", HTMLImageElement).hidden = true;
    anneal({ canvas: stage, frames: options.radius ? [] : frames, finished: drawn.image });
    const png = async (size: number) => (await paint({ ...wanted, options: { ...options, size } })).png;
    taken = { name: seed, png };
    return drawnBy(drawn);
  });
}

find("#controls", HTMLElement).append(
  controls(state, ["seed", "class"]),
  element(
    "p",
    { className: "buttons" },
    button("New image", () => state.set({ seed: randomSeed() }), { className: "primary" }),
  ),
  element(
    "details",
    {},
    element("summary", {}, "Options"),
    controls(state, ["shape", "flip", "steps", "temperature", "guidance", "sampler"]),
  ),
);
find("#take", HTMLElement).append(takeButtons(nativeShape(chosen).width, () => taken, say));

showWall(chosen, (seed) => state.set({ seed, class: "" }));
await nextTurn(); // the page is laid out in a task of its own
const prepared = prepare(chosen.name, say);
state.follow(draw);
startSet((seed) => ({
  operation: "sample",
  model: state.values.model,
  options: { ...optionsOf(seed), size: 8 * nativeShape(modelNamed(models, state.values.model)).width },
}));
if (await prepared) {
  if (isOnDevice(chosen.name)) draw(); // the server's image came without frames
  find("#wall-state", HTMLElement).textContent = await drawWall(chosen.name);
}
