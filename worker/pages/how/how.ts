/** How it works: an image and a plane of points, noisy and as the network predicts them, level by level. */
import type { Pixels } from "../../../wasm-model/render/image/png.ts";
import { nextTurn } from "../../../wasm-model/render/turn.ts";
import { OPTION_VALUES, randomSeed } from "../../../wasm-model/request/options.ts";
import { type Frame, MOST_FRAMES } from "../../drawing/protocol.ts";
import { choices } from "../../langevin/fields.ts";
import { button, element, find, speaker } from "../shared/dom.ts";
import { draw, latest, timeOf } from "../shared/draw.ts";
import { VisitorError } from "../shared/errors.ts";
import { seedProblem } from "../shared/file-names.ts";
import { startPage } from "../shared/page.ts";
import { putPixels } from "../shared/pixels.ts";
import { modelNamed } from "../shared/service.ts";
import { controls, PageState } from "../shared/state.ts";
import { annealed, drawPoints, type Side } from "./annealed-points.ts";

const say = speaker("#status");
const { models } = await startPage(say);

const fieldsFor = Object.fromEntries(
  models.map((model) => [
    model.name,
    {
      seed: { kind: "text", label: "Seed", default: "7", problem: seedProblem },
      model: { kind: "choice", label: "Model", values: choices(models.map(({ name }) => name)), default: models[0].name },
      class: { kind: "choice", label: "Class", values: { "": "any", ...choices(model.labels) }, default: "" },
      sampler: { kind: "choice", label: "Sampler", values: choices(OPTION_VALUES.sampler.domain.values), default: model.sampling.sampler },
      steps: { kind: "number", label: "Noise levels", ...OPTION_VALUES.steps.domain, step: 1, default: model.sampling.steps },
    } as const,
  ]),
);

const state = new PageState((asked) => fieldsFor[modelNamed(models, asked.get("model")).name]);
const another = button("New seed", () => state.set({ seed: randomSeed() }));
find("#controls", HTMLElement).append(controls(state, ["seed", "model", "class", "sampler", "steps"]), another);

const drawLatest = latest(say);
state.follow(() => {
  const { seed, model, class: label, sampler, steps } = state.values;
  const options = { seed, ...(label !== "" && { class: label }), sampler, steps };
  const { problem } = state;
  drawLatest(async (run) => {
    if (problem !== "") throw new VisitorError(problem);
    const frames: Frame[] = [];
    const drawn = await draw({ operation: "sample", model, options }, { ...run, onFrame: (frame) => frames.push(frame) });
    await showLevels(frames);
    return timeOf(drawn);
  });
});

/** A level: what the network sees there and what it predicts, of the image and of the plane. */
interface Level {
  readonly sigma: number;
  readonly images: Readonly<Record<Side, Pixels>>;
  readonly points: Readonly<Record<Side, Float32Array>>;
}

let levels: readonly Level[] = [];
let isPredicted = false;

/** All frames as a strip; if there are many, every second, third, ... */
async function showLevels(all: readonly Frame[]): Promise<void> {
  const every = Math.ceil(all.length / MOST_FRAMES);
  const frames = all.filter((_, i) => i % every === 0);
  const plane = annealed(frames.map(({ sigma }) => sigma));
  await nextTurn(); // both at once are a long task
  levels = frames.map(({ sigma, noisy, denoised }, i) => ({ sigma, images: { noisy, predicted: denoised }, points: plane[i] }));
  Object.assign(slider, { max: String(levels.length - 1), value: String(Math.min(slider.valueAsNumber, levels.length - 1)) });
  const items = levels.map(({ sigma }, i) =>
    element(
      "li",
      {},
      button("", () => moveTo(i), { ariaLabel: `Level ${i + 1}` }, element("canvas")),
      element("span", {}, `σ ${sigma.toPrecision(2)}`),
    ),
  );
  find("#levels", HTMLElement).replaceChildren(...items);
  showAll();
}

function moveTo(level: number): void {
  slider.value = String(level);
  showAll();
}

/** Shows the chosen level large, and all of them small. */
function showAll(): void {
  const side = isPredicted ? "predicted" : "noisy";
  const level = levels[slider.valueAsNumber];
  if (!level) return;
  slider.ariaValueText = `σ ${level.sigma.toPrecision(2)}`;
  find("#level", HTMLElement).textContent = `Level ${slider.valueAsNumber + 1} of ${levels.length}, σ = ${level.sigma.toPrecision(2)}`;
  putPixels(find("#image", HTMLCanvasElement), level.images[side]);
  drawPoints(find("#plane", HTMLCanvasElement), level.points[side]);
  for (const [i, canvas] of document.querySelectorAll<HTMLCanvasElement>("#levels canvas").entries()) {
    putPixels(canvas, levels[i].images[side]);
    canvas.parentElement!.ariaPressed = String(levels[i] === level);
  }
}

const slider = find("#slider", HTMLInputElement);
slider.addEventListener("input", showAll);
for (const input of document.querySelectorAll<HTMLInputElement>("[name=view]"))
  input.addEventListener("change", () => {
    isPredicted = input.value === "predicted";
    showAll();
  });
