/** A model: new images beside the visitor's pictures, what draws more of them, a wall, and the files to take away. */
import type { Pixels } from "../../../wasm-model/render/image/png.ts";
import { fileStem } from "../../../wasm-model/request/file-names.ts";
import { randomSeed } from "../../../wasm-model/request/options.ts";
import { putPixels } from "../../drawing/display.ts";
import type { DrawnImage } from "../../drawing/protocol.ts";
import { button, element, find, save, speaker } from "../shared/dom.ts";
import { drawWith, latest } from "../shared/draw.ts";
import { canvasOf, contextOf } from "../shared/pixels.ts";
import { SERVER } from "../shared/service.ts";
import type { Machine } from "./machine.ts";
import type { Outcome } from "./protocol.ts";
import { startSketch } from "./sketch.ts";
import { showWall } from "./wall.ts";
import { verdictOn } from "./words.ts";

/** Widths in those of the model: of images that are saved, and of those that are shown beside pictures. */
const [SAVED, SHOWN] = [16, 4];
/** Of the sheet. */
const COLUMNS = 4;
const megabytes = ({ length }: Uint8Array): string => `${(length / 1e6).toFixed(1)} MB`;

/** Ends what is still drawn of an earlier outcome. */
let shown = new AbortController();
/** Made when it is opened first. It stays for later models whose images have this shape. */
let sketch: { readonly shape: string; readonly image: () => Pixels | undefined } | undefined;
let redraw: () => void;
/** The image that is shown, as a file. */
let drawn: { readonly name: string; readonly png: DrawnImage["png"] } | undefined;
/** Where the drawing thread finds the model. */
let modelAddress: string | undefined;
const drawLatest = latest(speaker("#draw-status"));
const sayTaken = speaker("#take-status");

/** Shows the name of the model that is shown. */
export function showName(name: string): void {
  find("#model-name", HTMLInputElement).value = name;
  for (const stem of document.querySelectorAll(".stem")) stem.textContent = name;
}

export function showResult(found: Outcome, machine: Machine): void {
  shown.abort();
  shown = new AbortController();
  const { signal } = shown;
  const { sheet, nearest, labels, shape, isCutOut, isPixelArt } = found;
  const { width } = shape;
  if (modelAddress) URL.revokeObjectURL(modelAddress);
  const file = URL.createObjectURL(new Blob([found.model]));
  modelAddress = file;
  sayTaken("");
  find("#verdict", HTMLElement).textContent = verdictOn(found);
  find("#result", HTMLElement).classList.toggle("cut-out", isCutOut);
  find("#result", HTMLElement).classList.toggle("pixel-art", isPixelArt);
  for (const part of ["#pairs-title", "#pairs"]) find(part, HTMLElement).hidden = sheet.length === 0;
  const images = sheet.map((image, k) => canvasOf(image, { role: "img", ariaLabel: `New image ${k + 1}` }));
  const pictures = nearest.map((image, k) => canvasOf(image, { role: "img", ariaLabel: `The nearest of your pictures to image ${k + 1}` }));
  find("#pairs", HTMLElement).replaceChildren(...images.map((image, k) => element("li", {}, image, pictures[k])));

  /** Shows images and pictures as large as the model's other images are, enlarged in the same way. */
  async function enlarge(): Promise<void> {
    const options = { seed: "1", strength: 0, size: SHOWN * width };
    for (const [k, canvas] of [...images, ...pictures].entries()) {
      const image = [...sheet, ...nearest][k];
      putPixels(canvas, await drawWith({ file }, { operation: "vary", options, image }, { signal }));
    }
  }

  const seed = element("input", { id: "draw-seed", type: "text", value: "alice", autocomplete: "off", spellcheck: false });
  const label = element("select", { id: "draw-class" }, element("option", { value: "" }, "any"));
  label.append(...labels.map((one) => element("option", { value: one }, one)));
  const optionsFor = (text: string) => ({ seed: text, ...(label.value !== "" && { class: label.value }), size: SAVED * width });
  function draw(): void {
    const options = optionsFor(seed.value || "1");
    const image = sketch?.image();
    drawLatest(async (run) => {
      const pixels = await drawWith({ file }, image ? { operation: "vary", options, image } : { operation: "sample", options }, run);
      drawn = { name: fileOf(options.seed), png: pixels.png };
      putPixels(find("#image", HTMLCanvasElement), pixels);
      return "";
    });
  }
  redraw = draw;
  const place = find("#sketch", HTMLDetailsElement);
  const shapeNow = JSON.stringify(shape);
  if (sketch?.shape !== shapeNow) {
    sketch = undefined;
    place.open = false;
  }
  place.ontoggle = () => {
    if (place.open) sketch ??= { shape: shapeNow, image: startSketch(shape, () => redraw()) };
    if (place.open) place.scrollIntoView({ block: "nearest" }); // beside the image it is higher
  };
  seed.addEventListener("change", draw);
  label.addEventListener("change", draw);
  const another = button("New image", () => {
    seed.value = randomSeed();
    draw();
  });
  const png = button("Save", async () => drawn && save(drawn.name, new Blob([await drawn.png()], { type: "image/png" })));
  find("#draw", HTMLElement).replaceChildren(
    element(
      "div",
      { className: "fields" },
      element("div", { className: "field" }, element("label", { htmlFor: "draw-seed" }, "Seed"), seed),
      labels.length > 1 ? element("div", { className: "field" }, element("label", { htmlFor: "draw-class" }, "Class"), label) : "",
    ),
    element("p", { className: "buttons" }, another, png),
  );

  const name = element("input", { id: "model-name", type: "text", autocomplete: "off", spellcheck: false });
  const fileOf = (what: string, ending = "png"): string => `${fileStem(`${name.value}-${what}`)}.${ending}`;
  name.addEventListener("change", () => machine.send({ type: "rename", name: name.value }));
  function forget(): void {
    const question = "Forget this model? Its files, its images and the pictures beside them are deleted from this device.";
    if (confirm(question)) machine.send({ type: "forget" });
  }
  function take(fileName: string, file: Blob): void {
    save(fileName, file);
    sayTaken(`Saved as ${fileName}.`);
  }
  function saveFile(key: "model" | "fp32", ending: string): HTMLButtonElement {
    const words = element("span", {}, element("span", { className: "stem" }), `${ending}, ${megabytes(found[key])}`);
    const saveIt = async (): Promise<void> => {
      const one = await machine.latest();
      take(`${one.name}${ending}`, new Blob([one[key]]));
    };
    return button("", saveIt, {}, words);
  }
  async function savePage(): Promise<void> {
    try {
      const [one, { pageFor }, answer] = await Promise.all([
        machine.latest(),
        import("./page-file.ts"),
        fetch(new URL("element.js", SERVER)),
      ]);
      if (!answer.ok) throw new Error(`Expected element.js but received HTTP status ${answer.status}`);
      take(`${one.name}.html`, new Blob([pageFor(one, await answer.text())], { type: "text/html" }));
    } catch (error) {
      console.warn(error);
      sayTaken("What draws in the page has not arrived. Try again later.");
    }
  }
  const saveSheet = (): void => {
    const [{ width, height }] = images;
    const whole = element("canvas", { width: COLUMNS * width, height: Math.ceil(images.length / COLUMNS) * height });
    for (const [k, image] of images.entries()) contextOf(whole).drawImage(image, width * (k % COLUMNS), height * Math.floor(k / COLUMNS));
    whole.toBlob((png) => png && take(fileOf("sheet"), png));
  };
  find("#downloads", HTMLElement).replaceChildren(
    element("div", { className: "field" }, element("label", { htmlFor: "model-name" }, "Name of the model"), name),
    saveFile("model", ".onnx"),
    ...(found.fp32 === found.model ? [] : [saveFile("fp32", "-fp32.onnx")]),
    button("Save as a page", savePage),
    ...(sheet.length > 0 ? [button("The sheet above", saveSheet)] : []),
    button("Forget this model", forget),
  );
  showName(found.name);
  draw();
  enlarge()
    .catch((error) => console.warn(error)) // they are there already, small
    .then(() => signal.aborted || showWall(found, file, machine, signal));
}
