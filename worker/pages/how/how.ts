/** How it works: an image, noisy and as the network predicts it, guess by guess. */
import { randomSeed } from "../../../wasm-model/request/options.ts";
import { putPixels } from "../../drawing/display.ts";
import type { AnnealingFrame } from "../../drawing/protocol.ts";
import { choice, choices } from "../../langevin/fields.ts";
import { button, element, find, noteOn, speaker, VisitorError } from "../shared/dom.ts";
import { draw, latestDrawing, timeOf } from "../shared/draw.ts";
import { canvasOf } from "../shared/pixels.ts";
import { modelNamed, waitForService } from "../shared/service.ts";
import { classField, controls, PageState, seedField, stepsField } from "../shared/state.ts";

const say = speaker("#status");
const { models } = await waitForService(say);

const fieldsFor = Object.fromEntries(
  models.map((model) => [
    model.name,
    {
      seed: seedField("Seed", "7"),
      model: choice("Model", choices(models.map(({ name }) => name)), models[0].name),
      class: classField(model.labels),
      steps: stepsField(model),
    } as const,
  ]),
);

const state = new PageState((asked) => fieldsFor[modelNamed(models, asked.get("model")).name]);
const another = button("New seed", () => state.set({ seed: randomSeed() }));
find("#controls", HTMLElement).append(controls(state, ["seed", "model", "class", "steps"]), another);

let levels: readonly AnnealingFrame[] = [];
const slider = find("#slider", HTMLInputElement);
const [askSigma, sigmaTold] = noteOn("σ", () => "The strength of the noise: its standard deviation, where black is −1 and white is 1.");
find("label[for=slider]", HTMLElement).after(askSigma);
slider.after(sigmaTold);
slider.addEventListener("input", () => showLevel(slider.valueAsNumber));

const drawLatest = latestDrawing(say);
state.follow(() => {
  const { seed, model, class: label, steps } = state.values;
  const options = { seed, ...(label !== "" && { class: label }), steps };
  drawLatest(async (run) => {
    if (state.problem !== "") throw new VisitorError(state.problem);
    const drawn = await draw({ operation: "sample", model, options }, { ...run, animate: true });
    showLevels(drawn.frames);
    return timeOf(drawn);
  });
});

/** All that came as a strip, and the one that was chosen last large. */
function showLevels(frames: readonly AnnealingFrame[]): void {
  levels = frames;
  slider.max = String(levels.length - 1);
  const items = levels.map(({ sigma, noisy, denoised }, i) => {
    const images = [noisy, denoised].map((image) => canvasOf(image, { ariaHidden: "true" }));
    const choose = button("", () => showLevel(i), { ariaLabel: `Guess ${i + 1}` }, ...images);
    return element("li", {}, choose, element("span", {}, `σ ${sigma.toPrecision(2)}`));
  });
  find("#levels", HTMLElement).replaceChildren(...items);
  showLevel(slider.valueAsNumber);
}

function showLevel(chosen: number): void {
  const { sigma, noisy, denoised } = levels[chosen];
  slider.value = String(chosen);
  slider.ariaValueText = `σ ${sigma.toPrecision(2)}`;
  find("#level", HTMLElement).textContent = `Guess ${chosen + 1} of ${levels.length}, σ = ${sigma.toPrecision(2)}`;
  putPixels(find("#noisy", HTMLCanvasElement), noisy);
  putPixels(find("#predicted", HTMLCanvasElement), denoised);
  for (const [i, each] of document.querySelectorAll("#levels button").entries()) each.ariaPressed = String(i === chosen);
}
