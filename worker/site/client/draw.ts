/** The page at /draw. */
import type { NativeShape } from "../../../wasm-model/model/card.ts";
import { cellSeed } from "../../../wasm-model/request/resolve.ts";
import { fromBase64Url, toBase64Url } from "./base64url.ts";
import { find, laidOut, offer, startButtons } from "./dom.ts";
import { type Ink, Pad } from "./draw/pad.ts";
import { raster } from "./draw/raster.ts";
import { bytesOf, type Drawing, drawingOf, MOST_BYTES } from "./draw/strokes.ts";
import { drawnBy, LatestDrawing } from "./drawing.ts";
import { liveForm, optionsOf, type PageAddress } from "./form.ts";
import type { Painted, Wanted } from "./painter.ts";
import { rememberPixels } from "./pixel-switch.ts";
import { canvasPng, paint, pngOf } from "./pixels.ts";
import { imageOf } from "./sheet.ts";

/** Variants below the image, with the seeds {seed}/1, {seed}/2, ... */
const VARIANTS = 4;
/** How much larger than the image its file is. */
const TIMES = 16;
/** Options of the image while the pen is down: four evaluations, and no guidance, which would take as many again. */
const LIVE = { steps: "4", guidance: "1" };

await laidOut();
rememberPixels();
const controls = find("#controls", HTMLFormElement);
const problem = find("#sheet-problem", HTMLElement);
const canvas = find("#image", HTMLCanvasElement);
const variants = find("#variants", HTMLUListElement);
const { width, height, channels, example } = controls.dataset;
const size: NativeShape = { width: Number(width), height: Number(height), channels: Number(channels) };
const colours = [...document.querySelectorAll<HTMLInputElement>('[name="ink"]')].map(({ dataset }) => dataset.colour ?? "");
const palette = colours.map((colour) => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16)));

const drawing = new LatestDrawing();
/** The drawing in the address, and those before it. */
let sheet: Drawing = { paper: 0, strokes: [] };
const past: Drawing[] = [];
/** The drawing to show next while the pen is down, and whether one is being worked on. */
let next: Drawing | undefined;
let isLive = false;

const chosen = (name: string): string => find(`[name="${name}"]:checked`, HTMLInputElement).value;
const paper = find("#paper", HTMLSelectElement);
const pad = new Pad({
  size,
  palette: colours,
  ink: (): Ink => ({
    colour: Number(chosen("ink")),
    isFilled: chosen("tool") === "shape",
    width: Number(find("#pen", HTMLSelectElement).value),
  }),
  onLive: (live) => {
    next = live;
    if (!isLive && drawing.painter.isOnDevice) follow();
  },
  onStroke: change,
});
const form = liveForm({ onState: show });

/** Each stroke is an entry of the browser's history. */
function change(changed: Drawing): void {
  past.push(sheet);
  put(changed);
}

function put(changed: Drawing): void {
  const bytes = bytesOf(changed);
  if (bytes.length > MOST_BYTES) {
    problem.textContent = "The drawing is full: a link cannot hold more strokes.";
    pad.drawing = sheet;
    return;
  }
  const url = new URL(location.href);
  url.hash = `strokes=${toBase64Url(bytes)}`;
  history.pushState(null, "", url); // the server's page does not depend on the strokes
  show(form.state());
}

function show(state: PageAddress): void {
  const text = new URLSearchParams(location.hash.slice(1)).get("strokes") ?? example ?? "";
  const found = drawingOf(fromBase64Url(text) ?? new Uint8Array(), colours.length);
  problem.textContent = found ? "" : "The drawing in this address is damaged, or of a model with other colours.";
  if (!found) return;
  sheet = found;
  pad.drawing = found;
  paper.value = String(found.paper);
  next = undefined;
  drawing.run(state.get("on"), async (ask) => {
    offer("#download-drawing", await pngOf(imageOf(raster(sheet, size, palette), size)));
    canvas.hidden = sheet.strokes.length === 0;
    if (canvas.hidden) {
      variants.replaceChildren();
      return "Draw something: the network answers.";
    }
    const options = optionsOf(state);
    const main = await ask(wanted(sheet, options));
    await reveal(main);
    for (let k = 1; k <= VARIANTS; k++) {
      const seed = cellSeed(options.seed, k);
      putVariant(k, seed, await ask(wanted(sheet, { ...options, seed })));
    }
    return drawnBy(main);
  });
}

const wanted = (from: Drawing, options: Readonly<Record<string, string>>): Wanted => ({
  operation: "vary",
  options,
  image: imageOf(raster(from, size, palette), size),
});

/** Redraws the image while the pen is down. */
async function follow(): Promise<void> {
  isLive = true;
  const state = form.state();
  await drawing.run(state.get("on"), async (ask) => {
    while (next) {
      const from = next;
      next = undefined;
      paint(canvas, (await ask(wanted(from, { ...optionsOf(state), ...LIVE }))).image);
      canvas.hidden = false;
    }
    return "";
  });
  isLive = false;
}

/** Shows the image, with its file. */
async function reveal({ image }: Painted): Promise<void> {
  paint(canvas, image);
  const large = document.createElement("canvas");
  Object.assign(large, { width: TIMES * size.width, height: TIMES * size.height });
  const context = large.getContext("2d");
  if (!context) return;
  context.imageSmoothingEnabled = false;
  context.drawImage(canvas, 0, 0, large.width, large.height);
  offer("#download", await canvasPng(large));
}

/** Shows variant k as a button that makes its seed the page's. */
function putVariant(k: number, seed: string, { image }: Painted): void {
  const item = variants.children[k - 1] ?? variants.appendChild(document.createElement("li"));
  const small = Object.assign(document.createElement("canvas"), { role: "img", ariaLabel: `Variant ${k}` });
  paint(small, image);
  const button = Object.assign(document.createElement("button"), {
    type: "button",
    ariaLabel: `Choose variant ${k}`,
    textContent: "Choose",
  });
  button.addEventListener("click", () => {
    const url = new URL(location.href);
    url.searchParams.set("seed", seed);
    form.go(url);
  });
  item.replaceChildren(small, button);
}

const on = (selector: string, act: () => void) => find(selector, HTMLButtonElement).addEventListener("click", act);
const undo = (): void => {
  const before = past.pop() ?? { ...sheet, strokes: sheet.strokes.slice(0, -1) };
  put(before);
};
on("#undo", undo);
addEventListener("popstate", () => past.splice(0)); // Back undoes too
on("#clear", () => change({ ...sheet, strokes: [] }));
paper.addEventListener("change", () => change({ ...sheet, paper: Number(paper.value) }));
find("#pad", HTMLElement).addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  undo();
});

const copied = find("#copied", HTMLElement);
on("#copy-link", async () => {
  try {
    await navigator.clipboard.writeText(location.href);
    copied.textContent = "Copied: whoever opens the link sees this drawing and this image.";
  } catch {
    copied.textContent = "This browser does not let the page copy. The link is the page’s address.";
  }
});

for (const link of document.querySelectorAll<HTMLAnchorElement>("#examples a")) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    past.push(sheet);
    form.go(new URL(link.href));
  });
}

form.begin();
startButtons();
