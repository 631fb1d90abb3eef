/** A model: a wall of new images, of which the visitor chooses, what draws one more, and the files to take away. */
import { csvOf, fileStem, imageFiles, type NamedSeed } from "../../../wasm-model/request/file-names.ts";
import { randomSeed } from "../../../wasm-model/request/options.ts";
import { listed } from "../../../wasm-model/schema/text.ts";
import { putPixels } from "../../drawing/display.ts";
import { button, element, FileError, find, makeOneTabStop, save, speaker, zipOf } from "../shared/dom.ts";
import { type DrawRun, drawWith, latestDrawing } from "../shared/draw.ts";
import { canvasOf } from "../shared/pixels.ts";
import { SERVER } from "../shared/service.ts";
import type { Machine } from "./machine.ts";
import type { Outcome } from "./protocol.ts";
import type { State } from "./state.ts";
import type { Wall } from "./store.ts";
import { addressOf, modelFiles } from "./threads.ts";
import { verdictNote } from "./words.ts";

/** Images of a wall. */
const COUNT = 60;

/** Sizes of files, in native widths, and how an image gets there. */
const SIZES = [{ times: 1 }, { times: 4, enlarge: "smooth" }, { times: 4, enlarge: "pixels" }, { times: 16 }] as const;
type SizeOptions = { readonly size: number; readonly enlarge?: "smooth" | "pixels" };
const sizesOf = ({ shape }: Outcome): SizeOptions[] => SIZES.map(({ times, ...enlarge }) => ({ size: times * shape.width, ...enlarge }));

/** Width of the one image, in native widths. */
const TIMES = 16;

const [nameField, seedField] = ["#model-name", "#draw-seed"].map((id) => find(id, HTMLInputElement));
const [sizeField, kindField] = ["#save-size", "#draw-kind"].map((id) => find(id, HTMLSelectElement));
const wallPlace = find("#wall", HTMLElement);
const drawLatest = latestDrawing(speaker("#draw-status"));
const saveLatest = latestDrawing(speaker("#save-status"));
const sayChosen = speaker("#wall-chosen");

const setOptions = (field: HTMLSelectElement, words: readonly string[]): void =>
  field.replaceChildren(...words.map((textContent, i) => element("option", { value: String(i), textContent })));

/** Shows the model: each part only if what it shows has changed. */
export function showResult(state: State, before: State, machine: Machine): void {
  const { model, wall } = state;
  if (!model) return;
  const isOther = model.key !== before.model?.key;
  if (isOther) showModel(model);
  if (isOther || model.name !== before.model?.name) {
    nameField.value = model.name;
    for (const stem of document.querySelectorAll(".stem")) stem.textContent = model.name;
    drawNamed(model); // its file has the model's name
  }
  if (isOther || wall.first !== before.wall.first) showTiles(machine, model, wall);
  if (!isOther && wall === before.wall) return;
  const { first, chosen } = wall;
  for (const [i, tile] of [...wallPlace.children].entries()) tile.ariaPressed = String(chosen.includes(first + i));
  sayChosen(chosen.length === 0 ? "Tap those that you want to save." : `${chosen.length} chosen.`);
  find("#choose-none", HTMLElement).hidden = chosen.length === 0;
}

function showModel(model: Outcome): void {
  const { sheet, nearest, labels, isCutOut, isPixelArt, verdict, learned, seed, fp32 } = model;
  find("#verdict", HTMLElement).textContent = verdictNote(model);
  const facts = [verdict?.details, labels.length > 1 && `Kinds: ${listed(labels, 12)}.`, `Seed of the training: ${seed}.`];
  find("#facts", HTMLElement).textContent = facts.filter(Boolean).join(" ");
  find("#result", HTMLElement).classList.toggle("cut-out", isCutOut);
  find("#result", HTMLElement).classList.toggle("pixel-art", isPixelArt);
  for (const part of ["#pairs-title", "#pairs"]) find(part, HTMLElement).hidden = learned === 0;
  for (const part of document.querySelectorAll<HTMLElement>(".fp32")) part.hidden = fp32 === model.model;
  const pairs = sheet.map((image, k) => [
    canvasOf(image, { role: "img", ariaLabel: `New image ${k + 1}` }),
    canvasOf(nearest[k], { role: "img", ariaLabel: `The nearest of your pictures to image ${k + 1}` }),
  ]);
  find("#pairs", HTMLElement).replaceChildren(...pairs.map((pair) => element("li", {}, ...pair)));
  const enlargements = { smooth: ", smooth", pixels: ", repeated" } as const;
  setOptions(
    sizeField,
    sizesOf(model).map(({ size, enlarge }) => `${size} pixels${enlarge ? enlargements[enlarge] : ""}`),
  );
  setOptions(kindField, ["surprise me", ...labels]);
  kindField.parentElement!.hidden = labels.length < 2;
}

/** An image by its number: the classes in turn. */
function seedOf({ labels }: Outcome, k: number): NamedSeed {
  return { seed: String(k), ...(labels.length > 1 && { class: labels[(k - 1) % labels.length] }) };
}

const drawImage = (model: Outcome, k: number, options: Partial<SizeOptions> = {}, run: DrawRun = {}) =>
  drawWith({ file: addressOf(model) }, { operation: "sample", options: { ...seedOf(model, k), ...options } }, run);

function showTiles(machine: Machine, model: Outcome, { first }: Wall): void {
  const tiles = Array.from({ length: COUNT }, (_, i) => {
    const k = first + i;
    const canvas = element("canvas", { width: 1, height: 1, ariaHidden: "true" });
    const { seed, class: label } = seedOf(model, k);
    const words = label === undefined ? `Image ${seed}` : `${label} ${seed}`;
    const toggle = (): void => {
      const { chosen } = machine.state.wall;
      changeWall(machine, { chosen: chosen.includes(k) ? chosen.filter((one) => one !== k) : [...chosen, k] });
    };
    return { k, canvas, press: button("", toggle, { ariaLabel: words, title: words }, canvas) };
  });
  wallPlace.replaceChildren(...tiles.map(({ press }) => press));
  makeOneTabStop(wallPlace);
  async function fill(): Promise<void> {
    for (const { k, canvas } of tiles) {
      if (!canvas.isConnected) return;
      putPixels(canvas, await drawImage(model, k));
    }
  }
  fill().catch((error) => console.warn(error));
}

const changeWall = (machine: Machine, now: Partial<Wall>): void => machine.send({ type: "wall", wall: { ...machine.state.wall, ...now } });

/** Draws the image of the name and the kind in the fields, and offers it as a file. */
function drawNamed(model: Outcome): void {
  const label = model.labels[Number(kindField.value) - 1];
  const named = { seed: seedField.value || "1", ...(label !== undefined && { class: label }) };
  const options = { ...named, size: TIMES * model.shape.width };
  drawLatest(async (run) => {
    const pixels = await drawWith({ file: addressOf(model) }, { operation: "sample", options }, run);
    putPixels(find("#image", HTMLCanvasElement), pixels);
    const saveIt = async (): Promise<void> => save(`${fileStem(`${model.name}-${named.seed}`)}.png`, new Blob([await pixels.png()]));
    find("#save-image", HTMLElement).replaceChildren(button("Save this image", saveIt));
    return "";
  });
}

type SaveRun = Parameters<Parameters<typeof saveLatest>[0]>[0];
/** What a file is called, and what is in it. */
type MadeFile = Promise<readonly [name: string, content: Blob | Uint8Array<ArrayBuffer> | string]>;

/** Those that were chosen, in the order of their numbers, or all of the wall; with the names of their files. */
function chosenImages(model: Outcome, { first, chosen }: Wall) {
  const numbers = chosen.length > 0 ? chosen.toSorted((a, b) => a - b) : Array.from({ length: COUNT }, (_, i) => first + i);
  const files = imageFiles(numbers.map((k) => seedOf(model, k)));
  return numbers.map((k, i) => ({ k, file: files[i] }));
}

/** Draws the chosen images in the size that is chosen, with a name for a file of them. */
async function drawChosen(model: Outcome, wall: Wall, what: string, { signal, tell }: SaveRun) {
  const options = sizesOf(model)[Number(sizeField.value)];
  const all = chosenImages(model, wall);
  const images = [];
  for (const { k, file } of all) {
    tell(`${images.length} of ${all.length} images.`);
    const { png, ...image } = await drawImage(model, k, options, { signal });
    images.push({ file, image, png: new Blob([await png()]) });
  }
  return { options, images, stem: fileStem([model.name, what, options.size, ...(options.enlarge ? [options.enlarge] : [])].join("-")) };
}

/** What makes each file, by the id of its button. */
const FILES: Readonly<Record<string, (model: Outcome, wall: Wall, run: SaveRun) => MadeFile>> = {
  async "save-page"(model) {
    const [{ pageFor }, answer] = await Promise.all([modelFiles(), fetch(new URL("element.js", SERVER))]).catch((error) => {
      console.warn(error);
      throw new FileError("The page needs a connection. Try again later.");
    });
    if (!answer.ok)
      throw new FileError(`The page needs this site's element.js, which answered with status ${answer.status}. Try again later.`);
    return [`${model.name}.html`, pageFor(model, await answer.text())];
  },
  async "save-zip"(model, wall, run) {
    const { images, stem } = await drawChosen(model, wall, "images", run);
    return [`${stem}.zip`, await zipOf(images)];
  },
  async "save-sheet"(model, wall, run) {
    const { options, images, stem } = await drawChosen(model, wall, "sheet", run);
    const { png, json } = (await modelFiles()).sheetFor(model, `${stem}.png`, images, options);
    const files = { [`${stem}.png`]: png, [`${stem}.json`]: json };
    return [`${stem}.zip`, await zipOf(Object.entries(files).map(([file, content]) => ({ file, png: new Blob([content]) })))];
  },
  "save-list": async (model, wall) => [
    `${fileStem(`${model.name}-list`)}.csv`,
    csvOf(chosenImages(model, wall).map(({ k }) => seedOf(model, k))),
  ],
  "save-model": async (model) => [`${model.name}.onnx`, (await modelFiles()).modelFile(model, model.model)],
  "save-fp32": async (model) => [`${model.name}-fp32.onnx`, (await modelFiles()).modelFile(model, model.fp32)],
};

/** Has the controls of the model do what they say. */
export function startResult(machine: Machine): void {
  const onClick = (id: string, act: () => unknown): void => find(id, HTMLButtonElement).addEventListener("click", act);
  for (const [id, make] of Object.entries(FILES))
    onClick(`#${id}`, () =>
      saveLatest(async (run) => {
        const { model, wall } = machine.state;
        const [name, content] = await make(model!, wall, run);
        save(name, new Blob([content]));
        return `Saved as ${name}.`;
      }),
    );
  nameField.addEventListener("change", () => machine.send({ type: "rename", name: nameField.value }));
  onClick("#more-images", () => changeWall(machine, { first: machine.state.wall.first + COUNT }));
  onClick("#choose-none", () => changeWall(machine, { chosen: [] }));
  onClick("#forget", () => {
    if (confirm("Forget this model? Its files and images are deleted from this device.")) machine.send({ type: "forget" });
  });
  for (const field of [seedField, kindField]) field.addEventListener("change", () => drawNamed(machine.state.model!));
  onClick("#new-image", () => {
    seedField.value = randomSeed();
    drawNamed(machine.state.model!);
  });
}
