/** A model: new images beside the visitor's pictures, what draws more of them, a wall, and the files to take away. */
import { fileStem } from "../../../wasm-model/request/file-names.ts";
import { randomSeed } from "../../../wasm-model/request/options.ts";
import { putPixels } from "../../drawing/display.ts";
import { button, element, find, labelled, save, speaker } from "../shared/dom.ts";
import { drawWith, latestDrawing } from "../shared/draw.ts";
import { canvasOf, contextOf } from "../shared/pixels.ts";
import { SERVER } from "../shared/service.ts";
import type { Machine } from "./machine.ts";
import type { Outcome } from "./protocol.ts";
import { allows } from "./reduce.ts";
import { showPad, sketchImage } from "./sketch.ts";
import type { DrawWish, State } from "./state.ts";
import { addressOf } from "./threads.ts";
import { showWall } from "./wall.ts";
import { verdictOn } from "./words.ts";

/** Widths in those of the model: of images that are saved, and of those that are shown beside pictures. */
const [SAVED, SHOWN] = [16, 4];
/** Of the sheet. */
const COLUMNS = 4;

const drawLatest = latestDrawing(speaker("#draw-status"));
const sayTaken = speaker("#take-status");

/** Shows the model: each part only if what it shows has changed. */
export function showResult(state: State, before: State, machine: Machine): void {
  const { model, wish } = state;
  if (!model) return;
  const isOther = model.key !== before.model?.key;
  if (isOther) {
    makeDrawControls(machine, model);
    makeDownloads(machine, model);
  }
  if (model.name !== before.model?.name || isOther) {
    find("#model-name", HTMLInputElement).value = model.name;
    for (const stem of document.querySelectorAll(".stem")) stem.textContent = model.name;
  }
  for (const part of ["#model-name", "#forget"]) find(part, HTMLElement).toggleAttribute("disabled", !allows(state, "forget"));
  if (isOther || wish !== before.wish) draw(model, wish);
  showWall(state, before, machine, isOther ? showPairs(model) : undefined);
}

/** Shows what it drew at its end; resolves once all is as large as its other images are, enlarged in the same way. */
async function showPairs(model: Outcome): Promise<void> {
  const { sheet, nearest, shape, isCutOut, isPixelArt } = model;
  find("#verdict", HTMLElement).textContent = verdictOn(model);
  find("#result", HTMLElement).classList.toggle("cut-out", isCutOut);
  find("#result", HTMLElement).classList.toggle("pixel-art", isPixelArt);
  for (const part of ["#pairs-title", "#pairs"]) find(part, HTMLElement).hidden = sheet.length === 0;
  const images = sheet.map((image, k) => canvasOf(image, { role: "img", ariaLabel: `New image ${k + 1}` }));
  const pictures = nearest.map((image, k) => canvasOf(image, { role: "img", ariaLabel: `The nearest of your pictures to image ${k + 1}` }));
  find("#pairs", HTMLElement).replaceChildren(...images.map((image, k) => element("li", {}, image, pictures[k])));
  const options = { seed: "1", strength: 0, size: SHOWN * shape.width };
  try {
    for (const [k, canvas] of [...images, ...pictures].entries()) {
      if (!canvas.isConnected) return;
      const image = [...sheet, ...nearest][k];
      putPixels(canvas, await drawWith({ file: addressOf(model) }, { operation: "vary", options, image }, {}));
    }
  } catch (error) {
    console.warn(error); // they are there already, small
  }
}

const pngName = (what: string): string => `${fileStem(`${find("#model-name", HTMLInputElement).value}-${what}`)}.png`;

/** Draws what the visitor wants, and offers it as a file. */
function draw(model: Outcome, { seed, label, strokes }: DrawWish): void {
  const options = { seed: seed || "1", ...(label !== "" && { class: label }), size: SAVED * model.shape.width };
  const image = strokes.length > 0 ? sketchImage(strokes, model.shape) : undefined;
  const source = { file: addressOf(model) };
  drawLatest(async (run) => {
    const pixels = await drawWith(source, image ? { operation: "vary", options, image } : { operation: "sample", options }, run);
    putPixels(find("#image", HTMLCanvasElement), pixels);
    const saveIt = async (): Promise<void> => save(pngName(options.seed), new Blob([await pixels.png()], { type: "image/png" }));
    find("#save-image", HTMLElement).replaceChildren(button("Save", saveIt));
    return "";
  });
}

function makeDrawControls(machine: Machine, { labels, shape }: Outcome): void {
  const change = (now: Partial<DrawWish>): void => machine.send({ type: "draw", wish: now });
  const { seed: value } = machine.state.wish;
  const seed = element("input", { id: "draw-seed", type: "text", value, autocomplete: "off", spellcheck: false });
  const label = element("select", { id: "draw-class" }, ...["", ...labels].map((value) => element("option", { value }, value || "any")));
  seed.addEventListener("change", () => change({ seed: seed.value }));
  label.addEventListener("change", () => change({ label: label.value }));
  const another = button("New image", () => {
    seed.value = randomSeed();
    change({ seed: seed.value });
  });
  find("#draw", HTMLElement).replaceChildren(
    element("div", { className: "fields" }, labelled("Seed", seed), labels.length > 1 ? labelled("Class", label) : ""),
    element("p", { className: "buttons" }, another, element("span", { id: "save-image" })),
  );
  const sketch = find("#sketch", HTMLDetailsElement);
  sketch.open = false;
  sketch.ontoggle = () => {
    if (!sketch.open) return;
    showPad(shape, machine.state.wish.strokes, (strokes) => change({ strokes }));
    sketch.scrollIntoView({ block: "nearest" }); // beside the image it is higher
  };
}

function makeDownloads(machine: Machine, { model, fp32, sheet }: Outcome): void {
  sayTaken("");
  const name = element("input", { id: "model-name", type: "text", autocomplete: "off", spellcheck: false });
  name.addEventListener("change", () => machine.send({ type: "rename", name: name.value }));
  function forget(): void {
    const question = "Forget this model? Its files, its images and the pictures beside them are deleted from this device.";
    if (confirm(question)) machine.send({ type: "forget" });
  }
  function take(fileName: string, file: Blob): void {
    save(fileName, file);
    sayTaken(`Saved as ${fileName}.`);
  }
  function fileButton(key: "model" | "fp32", ending: string, { length }: Uint8Array): HTMLButtonElement {
    const words = element("span", {}, element("span", { className: "stem" }), `${ending}, ${(length / 1e6).toFixed(1)} MB`);
    const saveIt = async (): Promise<void> => {
      const latest = await machine.latestModel();
      take(`${latest.name}${ending}`, new Blob([latest[key]]));
    };
    return button("", saveIt, {}, words);
  }
  async function savePage(): Promise<void> {
    try {
      const [latest, { pageFor }, answer] = await Promise.all([
        machine.latestModel(),
        import("./page-file.ts"),
        fetch(new URL("element.js", SERVER)),
      ]);
      if (!answer.ok) throw new Error(`Expected element.js but received HTTP status ${answer.status}`);
      take(`${latest.name}.html`, new Blob([pageFor(latest, await answer.text())], { type: "text/html" }));
    } catch (error) {
      console.warn(error);
      sayTaken("What draws in the page has not arrived. Try again later.");
    }
  }
  const saveSheet = (): void => {
    const images = [...document.querySelectorAll<HTMLCanvasElement>("#pairs canvas:first-child")];
    const [{ width, height }] = images;
    const whole = element("canvas", { width: COLUMNS * width, height: Math.ceil(images.length / COLUMNS) * height });
    for (const [k, image] of images.entries()) contextOf(whole).drawImage(image, width * (k % COLUMNS), height * Math.floor(k / COLUMNS));
    whole.toBlob((png) => png && take(pngName("sheet"), png));
  };
  find("#downloads", HTMLElement).replaceChildren(
    labelled("Name of the model", name),
    fileButton("model", ".onnx", model),
    ...(fp32 === model ? [] : [fileButton("fp32", "-fp32.onnx", fp32)]),
    button("Save as a page", savePage),
    ...(sheet.length > 0 ? [button("The sheet above", saveSheet)] : []),
    button("Forget this model", forget, { id: "forget" }),
  );
}
