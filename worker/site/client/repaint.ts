/** The page at /repaint. */
import type { NativeShape } from "../../../wasm-model/model/card.ts";
import { optionsOf as takenBy } from "../../../wasm-model/request/options.ts";
import { cellSeed } from "../../../wasm-model/request/resolve.ts";
import { find, free, laidOut, offer, startButtons } from "./dom.ts";
import { drawnBy, LatestDrawing } from "./drawing.ts";
import { Editor, type Layers } from "./editor.ts";
import { liveForm, optionsOf, type PageAddress } from "./form.ts";
import type { Painted, Wanted } from "./painter.ts";
import { rememberPixels } from "./pixel-switch.ts";
import { inChannels, paint, pixelsOf, pngOf } from "./pixels.ts";
import { hashOf, imageOf, type Sheet, sheetIn } from "./sheet.ts";

/** Number of results, with the seeds {seed}/0, {seed}/1, ... */
const COUNT = 4;

await laidOut();
rememberPixels();
const controls = find("#controls", HTMLFormElement);
const results = find("#results", HTMLUListElement);
const problem = find("#sheet-problem", HTMLElement);
const { width, height, channels } = controls.dataset;
const size: NativeShape = { width: Number(width), height: Number(height), channels: Number(channels) };

const drawing = new LatestDrawing();
/** The contents of the address, and the image of its seed `from`. */
let sheet: Sheet;
let ours: { readonly from: string; readonly pixels: Uint8Array } | undefined;

const editor = new Editor(size, ({ image, mask }, layer) => change({ mask, image: layer === "image" ? image : sheet.image }));
const form = liveForm({ onState: draw });

/** Each stroke is an entry of the browser's history. */
function change(next: Sheet): void {
  const url = new URL(location.href);
  url.hash = hashOf({ image: next.image?.slice(), mask: next.mask.slice() });
  form.go(url);
}

function draw(state: PageAddress): void {
  try {
    sheet = sheetIn(location.hash, size);
    problem.textContent = "";
  } catch (error) {
    problem.textContent = (error as Error).message;
    return;
  }
  const operation = (state.get("do") ?? "inpaint") as "inpaint" | "vary" | "denoise";
  controls.dataset.operation = operation;
  drawing.run(state.get("on"), async (ask) => {
    const image = sheet.image ?? (await ourImage(state.get("from") ?? "", ask));
    const layers: Layers = { image, mask: sheet.mask };
    editor.layers = layers;
    await offerInputs(layers);
    const known: readonly string[] = takenBy(operation);
    const { seed, ...options } = Object.fromEntries(Object.entries(optionsOf(state)).filter(([name]) => known.includes(name)));
    const inputs = { operation, image: imageOf(image, size), mask: imageOf(sheet.mask, { ...size, channels: 1 }) };
    if (operation === "denoise") return drawnBy(await put(0, await ask({ ...inputs, operation, options })));
    let latest: Painted | undefined;
    for (let k = 0; k < COUNT; k++) {
      latest = await put(k, await ask({ ...inputs, options: { ...options, seed: cellSeed(seed, k) } } as Wanted));
    }
    for (const item of [...results.children].slice(COUNT)) item.remove();
    return latest ? `${COUNT} images. The last was d${drawnBy(latest).slice(1)}` : "";
  });
}

/** The image of a seed in the model's channels. */
async function ourImage(from: string, ask: (wanted: Wanted) => Promise<Painted>): Promise<Uint8Array> {
  if (ours?.from !== from) {
    const { image } = await ask({ operation: "sample", options: { seed: from } });
    ours = { from, pixels: inChannels(image, size.channels).pixels };
  }
  return ours.pixels;
}

/** Shows result k, with its file and a button that starts from it. */
async function put(k: number, drawn: Painted): Promise<Painted> {
  const item = results.children[k] ?? results.appendChild(document.createElement("li"));
  const canvas = document.createElement("canvas");
  canvas.role = "img";
  canvas.ariaLabel = `Result ${k + 1}`;
  paint(canvas, drawn.image);
  const link = Object.assign(document.createElement("a"), {
    href: URL.createObjectURL(drawn.png),
    download: `drawn-${k + 1}.png`,
    textContent: "PNG",
  });
  link.append(unseen(` of result ${k + 1}`));
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Use as start" });
  button.append(unseen(`, result ${k + 1}`));
  button.addEventListener("click", () => change({ ...sheet, image: inChannels(drawn.image, size.channels).pixels }));
  for (const old of item.querySelectorAll<HTMLAnchorElement>("a")) free(old.href);
  item.classList.remove("room");
  item.replaceChildren(canvas, link, button);
  if (controls.dataset.operation === "denoise") for (const other of [...results.children].slice(1)) other.remove();
  return drawn;
}

const unseen = (text: string): HTMLElement => Object.assign(document.createElement("span"), { className: "unseen", textContent: text });

/** Offers the files that the terminal's command names. */
async function offerInputs({ image, mask }: Layers): Promise<void> {
  const files = { "#download-image": imageOf(image, size), "#download-mask": imageOf(mask, { ...size, channels: 1 }) };
  for (const [selector, image] of Object.entries(files)) offer(selector, await pngOf(image));
}

const on = (selector: string, act: () => void) => find(selector, HTMLButtonElement).addEventListener("click", act);
on("#clear", () => change({ ...sheet, mask: sheet.mask.map(() => 0) }));
on("#invert", () => change({ ...sheet, mask: sheet.mask.map((value) => 255 - value) }));
// To be painted on: nothing of it is masked yet, and the brush is the light one.
on("#blank", () => {
  find('[name="tool"][value="light"]', HTMLInputElement).checked = true;
  change({ mask: sheet.mask.map(() => 0), image: new Uint8Array(size.width * size.height * size.channels) });
});

const file = find("#file", HTMLInputElement);
file.addEventListener("change", async () => {
  const [chosen] = file.files ?? [];
  if (!chosen) return;
  try {
    change({ ...sheet, image: inChannels(await pixelsOf(chosen, size), size.channels).pixels });
  } catch {
    problem.textContent = `This browser cannot read ${chosen.name} as an image.`;
  }
});

// Another seed replaces an own image by a drawn one.
find('[name="from"]', HTMLInputElement).addEventListener("change", () => {
  const url = new URL(location.href);
  url.hash = hashOf({ ...sheet, image: undefined });
  history.replaceState(null, "", url);
});

form.begin();
startButtons();
if (file.files?.length) file.dispatchEvent(new Event("change")); // chosen before the script was there
