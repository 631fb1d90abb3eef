/** Create: draw, repaint and go from one picture to another, with one editor. */
import { nativeShape } from "../../../wasm-model/model/names.ts";
import type { Pixels } from "../../../wasm-model/render/image/png.ts";
import { nextTurn } from "../../../wasm-model/render/turn.ts";
import { randomSeed } from "../../../wasm-model/request/options.ts";
import { cellSeed } from "../../../wasm-model/request/resolve.ts";
import { putPixels, screenWidthOf } from "../../drawing/display.ts";
import { button, copy, element, find, speaker, VisitorError } from "../shared/dom.ts";
import { type Drawn, type DrawRun, draw, latestDrawing, timeOf, type Wanted } from "../shared/draw.ts";
import { canvasOf, pixelsOf, rgbaToChannels } from "../shared/pixels.ts";
import { saveAndShare } from "../shared/save-and-share.ts";
import { modelNamed, SERVER, waitForService } from "../shared/service.ts";
import { controls, isOpen, PageState } from "../shared/state.ts";
import { codeFor } from "./code.ts";
import { EXAMPLES, inksOf } from "./inks.ts";
import { Pad } from "./pad.ts";
import { raster } from "./raster.ts";
import { bytesOf, type Drawing, drawingOf, fromBase64Url, MOST_BYTES, toBase64Url } from "./strokes.ts";
import {
  type CreateValues,
  createFields,
  HOW,
  imageOf,
  kindOf,
  SHOWN,
  TABS,
  type Tab,
  VARIANTS,
  variantOf,
  wantedFor,
  wayBetween,
} from "./wanted.ts";

/** In place of variants between two pictures: parts of the way, from the one to the other. */
const WAY = [0, 0.33, 0.67, 1];
/** What an entry of the browser's history keeps, since its address cannot: the own picture, and the address of the drawing in the tab Draw. */
type HistoryState = { readonly picture?: Uint8Array; readonly drawn: string };

const say = speaker("#status");
const { models, budget } = await waitForService(say);
/** Unless the address names another, the model that sketches work for, where the service has it. */
const sketched = models.find(({ labels }) => Object.keys(EXAMPLES).every((label) => labels.includes(label)));
const model = modelNamed(models, new URLSearchParams(location.hash.slice(1)).get("model") ?? sketched?.name);
const size = nativeShape(model);
const inks = inksOf(size.channels);
const blank: Drawing = { paper: inks.paper, strokes: [] };
const place = {
  server: SERVER.href,
  file: new URL(model.asset ?? `v1/models/${model.name}/model.onnx`, SERVER).href,
  isServed: budget > 0,
  model: model === models[0] ? undefined : model.name,
};

document.body.classList.toggle("pixel-art", model.palette !== undefined);

const FIELDS = createFields(model);
const state = new PageState(() => FIELDS);
const canvas = find("#image", HTMLCanvasElement);
const drawLatest = latestDrawing(say, showNothing);
const offer = saveAndShare(size.width, drawLatest.settled);
/** What the visitor made in this tab. */
let made: Wanted | undefined;
const stateInHistory = (): HistoryState | null => history.state;
let drawn = stateInHistory()?.drawn ?? "#";
/** The drawing in the address. */
let drawing = blank;
let isBegun = false;
/** The examples that the model can draw. */
const examples = Object.entries(EXAMPLES).filter(([label]) => model.labels.includes(label));

/** At the size of the large image. Variants have it too, since a variant that is taken becomes the large one. */
const drawInPlace = (wanted: Wanted, run: DrawRun): Promise<Drawn> =>
  draw(wanted, { ...run, screenWidth: () => screenWidthOf(canvas.parentElement!) });
const drawingIn = (strokes: string) => drawingOf(fromBase64Url(strokes) ?? new Uint8Array(), inks.colours.length);
/** Whether the pad shows an example, which the first stroke clears. */
const isExample = (): boolean => !isBegun && state.values.tab === "draw" && state.values.strokes === "" && examples.length > 0;
/** The values of what is drawn: an example has its own kind. */
const valuesNow = (): CreateValues => (isExample() ? { ...state.values, class: "plant" } : state.values);
/** Whether strokes mark what is to be repainted. */
const isMask = (): boolean => state.values.tab === "repaint";

// What one draws with.
const pen = find("#pen", HTMLSelectElement);
const form = find("#form", HTMLSelectElement);
const ink = (): number => Number(find('[name="ink"]:checked', HTMLInputElement).value);

const swatches = inks.colours.map(([colour, name], i) => {
  const properties = { type: "radio", name: "ink", value: String(i), ariaLabel: name, checked: i === inks.pen };
  const swatch = element("input", properties);
  swatch.style.background = colour;
  return swatch;
});
find("#swatches", HTMLElement).append(...swatches);
const file = find("#file", HTMLInputElement);
file.addEventListener("change", async () => {
  const [chosen] = file.files ?? [];
  if (!chosen) return;
  file.value = ""; // so that the same one can be chosen again
  try {
    const rgba = await pixelsOf(chosen, size);
    startFrom(model.cutOut ? rgba : rgbaToChannels(rgba, size.channels), state.values.tab);
  } catch {
    say(`This browser cannot read ${chosen.name} as an image.`);
  }
});
find("#undo", HTMLElement).addEventListener("click", () => setDrawing({ ...drawing, strokes: drawing.strokes.slice(0, -1) }));
find("#clear", HTMLElement).addEventListener("click", () => setDrawing(blank));
find("#examples", HTMLElement).hidden = examples.length === 0;

const pad = new Pad({
  size,
  palette: inks.colours.map(([colour]) => colour),
  paper: () => {
    const { colours } = kindOf(model, valuesNow());
    return colours && drawing.paper === inks.paper ? `rgb(${colours.paper.join(" ")})` : undefined;
  },
  ink: () => ({ colour: ink(), width: Number(pen.value), isFilled: form.value === "shape" }),
  onBegin: () => isExample() && pad.show(blank, false),
  onStroke: setDrawing,
});

/** Starts from a picture: a file, or what was made in the previous tab. */
function startFrom({ pixels }: Pixels, tab: Tab): void {
  state.set({ tab, from: "", strokes: "", seed: FIELDS.seed.default }, { picture: pixels, drawn } satisfies HistoryState);
}

/** Makes a drawing the page's. Each stroke is an entry of the browser's history. */
function setDrawing(changed: Drawing): void {
  const bytes = bytesOf(changed);
  if (bytes.length > MOST_BYTES) {
    say("The drawing is full: a link cannot hold more strokes.");
    pad.show(drawing, isMask());
    return;
  }
  const isFirst = !isBegun && state.values.tab === "draw";
  isBegun ||= isFirst;
  state.set({
    strokes: changed.strokes.length === 0 ? "" : toBase64Url(bytes),
    ...(isFirst && state.values.class === "" && { class: examples[0]?.[0] ?? "" }), // a kind in sight rather than a surprise
  });
}

await nextTurn(); // a page made at once is a long task
const isShown = (name: keyof typeof FIELDS): boolean => isOpen(FIELDS[name]) && Object.values(SHOWN).some((shown) => shown.includes(name));
const names = (Object.keys(FIELDS) as (keyof typeof FIELDS)[]).filter(isShown);
const panel = controls(state, names, { isLive: true });
await nextTurn();
const other = button("Another image", () => state.set({ [state.values.tab === "morph" ? "to" : "seed"]: randomSeed() }));
const how = element("details", {}, element("summary", {}, "How it is drawn"), controls(state, HOW));
showControls();
find("#controls", HTMLElement).prepend(panel, element("p", { className: "buttons" }, other), how);
await nextTurn();
const links = new Map((Object.keys(TABS) as Tab[]).map((tab) => [tab, element("a", { className: "button" }, TABS[tab])]));
for (const [tab, link] of links) {
  find("#tabs", HTMLElement).append(element("li", {}, link));
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return; // it is to be opened elsewhere
    event.preventDefault();
    const along = made;
    if (tab === state.values.tab) return;
    if (!along || tab === "draw" || tab === "name")
      return state.go(link.getAttribute("href")!, { ...stateInHistory(), drawn } satisfies HistoryState);
    drawLatest(async (run) => {
      startFrom((await draw(along, run)).image, tab);
      return "";
    });
  });
}

const thumbs = Array.from({ length: VARIANTS }, (_, k) => {
  const toggle = (): void => {
    const { root, taken } = variantOf(state.values.seed);
    state.set(state.values.tab === "morph" ? { t: WAY[k] } : { seed: taken === k + 1 ? root : cellSeed(root, k + 1) });
  };
  return button("", toggle, {}, element("canvas", { ariaHidden: "true" }));
});
find("#thumbs", HTMLElement).append(...thumbs.map((thumb) => element("li", {}, thumb)));

draw({ operation: "sample", model: model.name, options: { seed: "7" } }).catch(() => undefined); // so that the first stroke finds the model
await nextTurn();
state.follow(update);
for (const [label, strokes] of examples) {
  await nextTurn();
  const sketch = canvasOf(imageOf(model, raster(drawingIn(strokes)!, size, inks.palette)), { ariaHidden: "true" });
  const take = button("", () => state.set({ strokes, class: label }), { ariaLabel: `Start from a ${label}` }, sketch);
  find("#examples", HTMLElement).append(element("li", {}, take));
}

/** Shows what the state asks for. */
function update(): void {
  const { tab, strokes } = state.values;
  find("#work", HTMLElement).dataset.tab = tab;
  if (tab === "draw") drawn = state.address();
  for (const [one, link] of links) {
    const other = one === "draw" ? drawn : state.address({ tab: one, strokes: "", seed: FIELDS.seed.default });
    Object.assign(link, { href: one === tab ? state.address() : other, ariaCurrent: one === tab ? "page" : null });
  }
  showControls();
  const text = isExample() ? EXAMPLES.plant : strokes;
  const asked = text === "" ? blank : drawingIn(text);
  drawing = asked ?? blank;
  pad.show(drawing, isMask()); // at once: strokes may be added while what they lie on is still being drawn
  drawLatest(async (run) => {
    await nextTurn(); // the pad is seen first
    run.signal.throwIfAborted();
    if (state.problem !== "") throw new VisitorError(state.problem);
    if (!asked) throw new VisitorError("The drawing in this address is damaged.");
    return drawAll(asked, run);
  });
}

function showNothing(): void {
  canvas.hidden = true;
  made = undefined;
  offer(undefined);
  showCode();
  find("#variants", HTMLElement).hidden = true;
}

/** Hides the controls that the tab does not have. */
function showControls(): void {
  for (const [i, control] of [...panel.children].entries()) (control as HTMLElement).hidden = !SHOWN[state.values.tab].includes(names[i]);
  how.hidden = state.values.tab !== "name";
}

async function drawAll(asked: Drawing, run: DrawRun): Promise<string> {
  const { tab, from, to, seed, t } = state.values;
  const isOfSeeds = tab === "name" || (tab === "morph" && from !== "");
  const base = tab === "draw" || isOfSeeds ? undefined : await startImage(run);
  pad.lay(base && canvasOf(imageOf(model, base)));
  const way = tab === "morph" ? await wayBetween(model, state.values, base, run) : undefined;
  const wanted = way ? way(t) : wantedFor(model, valuesNow(), inks, asked, base);
  if (!wanted) {
    showNothing();
    return tab === "draw" ? "Draw something." : "Rub out a part; it is redrawn.";
  }
  const { root, taken } = variantOf(seed);
  made = way ? undefined : wanted;
  const result = await reveal(wanted, way ? `${from || "picture"}-${to}` : seed, run);
  for (const [k, thumb] of thumbs.entries()) {
    const variant = way ? way(WAY[k]) : ({ ...wanted, options: { ...wanted.options, seed: cellSeed(root, k + 1) } } as Wanted);
    putPixels(find("canvas", HTMLCanvasElement, thumb), (await drawInPlace(variant, run)).image);
    thumb.ariaPressed = String(way ? WAY[k] === t : k + 1 === taken);
    thumb.ariaLabel = way ? `Show ${Math.round(100 * WAY[k])} % of the way` : `Take version ${k + 1}`;
  }
  find("#variants", HTMLElement).hidden = false;
  find("#variant", HTMLElement).textContent = way ? "From one to the other: tap one." : "Tap one to take it.";
  canvas.dataset.drawn = state.address();
  if (taken && !way) return `Version ${taken} is taken: Repaint goes on from it.`;
  return isExample() ? "An example: your first stroke clears it." : timeOf(result);
}

/** The picture that the visitor starts from. */
async function startImage(run: DrawRun): Promise<Uint8Array> {
  const { from } = state.values;
  const picture = stateInHistory()?.picture;
  if (from === "" && picture) return picture;
  if (from === "") throw new VisitorError("A link does not hold your picture. Choose it again, or type a name.");
  const { image } = await draw({ operation: "sample", model: model.name, options: { seed: from } }, run);
  return image.pixels;
}

/** Draws an image, shows it large and lets visitors take it. */
async function reveal(wanted: Wanted, name: string, run: DrawRun): Promise<Drawn> {
  const { tab, class: label } = state.values;
  const drawn = await drawInPlace(wanted, run);
  putPixels(canvas, drawn.image);
  canvas.hidden = false;
  const ofLink = state.values.from !== "" ? undefined : "The link does not hold your picture. Start from a name to share it.";
  showCode(wanted);
  offer({ name: [tab === "name" ? "" : tab, label, name].filter((part) => part !== "").join("-"), wanted, ofLink });
  return drawn;
}

/** Shows the address and the code of an image. Only an image of seeds has an address: a link cannot hold a drawing's pixels. */
function showCode(wanted?: Wanted): void {
  const shown = wanted?.operation === "sample" ? codeFor({ ...wanted.options, size: Number(state.values.size) }, place) : [];
  const parts = shown.map(({ title, code }) => {
    const copyIt = button("Copy", () => copy(copyIt, code), { ariaLabel: `Copy: ${title}` });
    return element("section", {}, element("h3", {}, title), copyIt, element("pre", {}, element("code", {}, code)));
  });
  find("#codes", HTMLElement).replaceChildren(...parts);
  find("#no-code", HTMLElement).hidden = shown.length > 0;
}
