/** How it works: what the network sees, guesses and finds at each noise level of an image, and one seed with few and many levels. */
import type { Pixels } from "../../../wasm-model/render/image/png.ts";
import { OPTION_VALUES, randomSeed } from "../../../wasm-model/request/options.ts";
import { type Frame, MOST_FRAMES } from "../../widget/protocol.ts";
import { button, element, find, speaker } from "../shared/dom.ts";
import { startPage } from "../shared/page.ts";
import { drawnBy, Latest, type Options, paint, prepare } from "../shared/painter.ts";
import { canvasOf, difference } from "../shared/pixels.ts";
import { drawScore } from "../shared/score.ts";
import { modelField, modelNamed, service } from "../shared/service.ts";
import { choices, controls, State } from "../shared/state.ts";

startPage();

/** Numbers of noise levels to compare. */
const COUNTS = [1, 2, 3, 4, 6, 8, 16, 32, 64];

const say = speaker("#status");

const { models } = await service;

const fieldsFor = Object.fromEntries(
  models.map((model) => [
    model.name,
    {
      seed: { kind: "text", label: "Seed", default: "7" },
      model: modelField(models),
      class: { kind: "choice", label: "Class", values: { "": "chosen by the seed", ...choices(model.labels) }, default: "" },
      sampler: { kind: "choice", label: "Sampler", values: choices(OPTION_VALUES.sampler.domain.values), default: model.sampling.sampler },
      steps: { kind: "number", label: "Noise levels", ...OPTION_VALUES.steps.domain, step: 1, default: model.sampling.steps },
    } as const,
  ]),
);

const state = new State((asked) => fieldsFor[modelNamed(models, asked.get("model")).name]);
const another = button("New seed", () => state.set({ seed: randomSeed() }));
find("#controls", HTMLElement).append(controls(state, ["seed", "model", "class", "sampler", "steps"]), another);

const latest = new Latest(say);
state.follow(() => {
  const { seed, model, class: label, sampler, steps } = state.values;
  find("#problem", HTMLElement).textContent = state.problem;
  const options = { seed: seed || "7", ...(label !== "" && { class: label }) };
  latest.run(async ({ signal }) => {
    await prepare(model, say); // the server sends no frames
    signal.throwIfAborted();
    const frames: Frame[] = [];
    const wanted = { operation: "sample", model, options: { ...options, sampler, steps } } as const;
    const drawn = await paint(wanted, { signal, onFrame: (frame) => frames.push(frame) });
    showLevels(frames, drawn.image);
    await showCounts("#flow", model, { ...options, sampler: "langevin", churn: 0, extrapolation: 1 }, signal);
    await showCounts("#fresh", model, options, signal);
    return drawnBy(drawn);
  });
});

/** A row for each frame; if there are many, for every second, third, ... */
function showLevels(all: readonly Frame[], finished: Pixels): void {
  const every = Math.ceil(all.length / MOST_FRAMES);
  const rows = all.filter((_, i) => i % every === 0).map((frame) => levelRow(frame, finished));
  find("#levels tbody", HTMLElement).replaceChildren(...rows.map(({ row }) => row));
  for (const { score } of rows) score();
}

function levelRow({ sigma, noisy, denoised, noise }: Frame, finished: Pixels): { readonly row: HTMLElement; readonly score: () => void } {
  const marks = element("canvas", { ariaHidden: "true" });
  const cells = [
    element("td", {}, imageOf(noisy, "what it sees")),
    element("td", {}, imageOf(denoised, "its guess")),
    element("td", {}, imageOf(noise, "the noise that it finds")),
    element("td", {}, imageOf(noisy, "the score", marks)),
    element("td", {}, difference(denoised, finished).toFixed(0)),
  ];
  const row = element("tr", {}, element("th", { scope: "row" }, `σ ${sigma.toPrecision(2)}`), ...cells);
  return { row, score: () => drawScore(marks, noisy, denoised) };
}

function imageOf(image: Pixels, ariaLabel: string, ...over: readonly HTMLElement[]): HTMLElement {
  return element("div", { className: "image" }, canvasOf(image, { role: "img", ariaLabel }), ...over);
}

/** Draws the images of a strip, one for each number of levels. In `#flow` each says how far it is from the last. */
async function showCounts(strip: string, model: string, options: Options, signal: AbortSignal): Promise<void> {
  const drawn: { readonly image: Pixels; readonly item: HTMLElement }[] = [];
  for (const steps of COUNTS) {
    const { image } = await paint({ operation: "sample", model, options: { ...options, steps } }, { signal });
    const canvas = canvasOf(image, { role: "img", ariaLabel: `with ${steps} levels` });
    drawn.push({ image, item: element("li", {}, canvas, element("span", {}, steps === 1 ? "1 level" : `${steps} levels`)) });
  }
  const last = drawn[drawn.length - 1].image;
  if (strip === "#flow")
    for (const { image, item } of drawn) item.lastElementChild?.append(element("b", {}, `${difference(image, last).toFixed(0)} off`));
  find(strip, HTMLElement).replaceChildren(...drawn.map(({ item }) => item));
}
