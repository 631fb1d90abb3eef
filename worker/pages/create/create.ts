/** Create: draw, repaint, vary and morph, with one editor. */
import { nativeShape } from "../../../wasm-model/model/card.ts";
import type { Pixels } from "../../../wasm-model/render/image/png.ts";
import { nextTurn } from "../../../wasm-model/render/turn.ts";
import { OPTION_VALUES, randomSeed } from "../../../wasm-model/request/options.ts";
import { cellSeed } from "../../../wasm-model/request/resolve.ts";
import { choice, choices, type Fields } from "../../langevin/fields.ts";
import { button, element, find, speaker } from "../shared/dom.ts";
import { startPage } from "../shared/page.ts";
import { drawnBy, isOnDevice, latest, type Options, type Painted, paint, prepare, sized, type Wanted } from "../shared/painter.ts";
import { canvasOf, inChannels, pixelsOf, paint as show } from "../shared/pixels.ts";
import { service } from "../shared/service.ts";
import { controls, State } from "../shared/state.ts";
import { type Takeable, takeButtons } from "../shared/take.ts";
import { fromBase64Url, toBase64Url } from "./base64url.ts";
import { EXAMPLES, inksOf } from "./inks.ts";
import { Pad } from "./pad.ts";
import { maskOf, raster } from "./raster.ts";
import { bytesOf, type Drawing, drawingOf, MOST_BYTES } from "./strokes.ts";

startPage();

/** Variants below the image, with the seeds {seed}/1, {seed}/2, ... */
const VARIANTS = 4;
/** How much larger than the model draws them images are shown. */
const TIMES = 4;
/** Options of the image while the pen is down: four evaluations, at the model's own size. */
const LIVE = { steps: 4, guidance: 1 };
const TABS = { draw: "Draw", repaint: "Repaint", vary: "Vary", morph: "Morph" };
const NOTHING = "Draw something: the network answers.";

const { models } = await service;
const [model] = models;
const size = nativeShape(model);
const inks = inksOf(size.channels);

const { strength, t } = OPTION_VALUES;
const FIELDS = {
  tab: { kind: "choice", label: "What to do", values: TABS, default: "draw" },
  from: { kind: "text", label: "Start from the image of this seed", default: "7" },
  t: { kind: "number", label: "From one image to the other", ...t.domain, step: 0.01, default: Number(t.default) },
  class: choice<string>("It is a", { "": "anything", ...choices(model.labels) }, ""),
  strength: { kind: "number", label: "How far from it", ...strength.domain, step: 0.05, default: Number(strength.default) },
  seed: { kind: "text", label: "Seed (any text: it picks the noise)", default: "1" },
  to: { kind: "text", label: "To the image of this seed", default: "8" },
  strokes: { kind: "text", label: "The drawing", default: "" },
} as const satisfies Fields;

/** The controls of each tab. */
const SHOWN: Readonly<Record<keyof typeof TABS, readonly (keyof typeof FIELDS)[]>> = {
  draw: ["class", "strength", "seed"],
  repaint: ["from", "class", "seed"],
  vary: ["from", "class", "strength", "seed"],
  morph: ["t", "class", "seed", "to"],
};

const state = new State(() => FIELDS);
const canvas = find("#image", HTMLCanvasElement);
const variants = find("#variants", HTMLElement);
const say = speaker("#status");
const drawLatest = latest(say);
let taken: Takeable | undefined;
/** The visitor's own image to start from. It is not part of the link. */
let own: Uint8Array | undefined;
/** The drawing in the address, and what it is drawn on. */
let drawing: Drawing = { paper: inks.paper, strokes: [] };
let base: Uint8Array | undefined;

const imageOf = (pixels: Uint8Array, channels = size.channels): Pixels => ({ ...size, channels, pixels });
const labelled = (): Options => (state.values.class === "" ? {} : { class: state.values.class });

// What one draws with.
const pen = find("#pen", HTMLSelectElement);
const form = find("#form", HTMLSelectElement);
const ink = (): number => Number(find('[name="ink"]:checked', HTMLInputElement).value);

for (const [i, [colour, name]] of inks.colours.entries()) {
  const properties = { type: "radio", name: "ink", value: String(i), ariaLabel: name, title: name, checked: i === inks.pen };
  const swatch = element("input", properties);
  swatch.style.background = colour;
  find("#swatches", HTMLElement).append(swatch);
}
const file = find("#file", HTMLInputElement);
file.addEventListener("change", async () => {
  const [chosen] = file.files ?? [];
  if (!chosen) return;
  try {
    own = inChannels(await pixelsOf(chosen, size), size.channels).pixels;
    update();
  } catch {
    say(`This browser cannot read ${chosen.name} as an image.`);
  }
});
find("#undo", HTMLElement).addEventListener("click", () => put({ ...drawing, strokes: drawing.strokes.slice(0, -1) }));
find("#clear", HTMLElement).addEventListener("click", () => put({ paper: inks.paper, strokes: [] }));
find("#examples", HTMLElement).append(
  ...Object.entries(EXAMPLES).map(([label, strokes]) => button(label, () => state.set({ strokes, class: label }))),
);

const pad = new Pad({
  size,
  palette: inks.colours.map(([colour]) => colour),
  ink: () => ({ colour: ink(), width: Number(pen.value), isFilled: form.value === "shape", isMask: state.values.tab === "repaint" }),
  onLive: follow,
  onStroke: put,
});

/** Makes a drawing the page's. Each stroke is an entry of the browser's history. */
function put(changed: Drawing): void {
  const bytes = bytesOf(changed);
  if (bytes.length > MOST_BYTES) {
    say("The drawing is full: a link cannot hold more strokes.");
    pad.show(drawing);
    return;
  }
  state.set({ strokes: changed.strokes.length === 0 ? "" : toBase64Url(bytes) });
}

await nextTurn(); // a page made at once is a long task
const names = (Object.keys(FIELDS) as (keyof typeof FIELDS)[]).filter((name) => Object.values(SHOWN).some((shown) => shown.includes(name)));
const panel = controls(state, names, { isLive: () => isOnDevice(model.name) });
showControls();
const other = button("Other noise", () => state.set({ seed: randomSeed() }));
find("#controls", HTMLElement).append(panel, element("p", { className: "buttons" }, other));
find("#take", HTMLElement).append(takeButtons(size.width, () => taken, say));
const tabs = Object.entries(TABS).map(([tab, text]) => ({
  tab: tab as keyof typeof TABS,
  link: element("a", { className: "button" }, text),
}));
find("#tabs", HTMLElement).append(...tabs.map(({ link }) => element("li", {}, link)));

prepare(model.name);
await nextTurn();
state.follow(update);

/** Shows what the state asks for. */
function update(): void {
  const { tab, strokes } = state.values;
  find("#work", HTMLElement).dataset.tab = tab;
  for (const { tab: one, link } of tabs)
    Object.assign(link, { href: state.address({ tab: one }), ariaCurrent: one === tab ? "page" : null });
  showControls();
  const blank = { paper: inks.paper, strokes: [] };
  const asked = strokes === "" ? blank : drawingOf(fromBase64Url(strokes) ?? new Uint8Array(), inks.colours.length);
  if (tab === "morph") morph();
  else if (asked) drawAll(asked);
  else say("The drawing in this address is damaged, or of a model with other colours.");
}

/** Those of the tab. */
function showControls(): void {
  for (const [i, control] of [...panel.children].entries()) (control as HTMLElement).hidden = !SHOWN[state.values.tab].includes(names[i]);
}

function drawAll(asked: Drawing): void {
  const { tab, seed } = state.values;
  drawing = asked;
  drawLatest(async (run) => {
    base = tab === "draw" ? undefined : (own ?? (await startImage(run)));
    pad.show(drawing, base && canvasOf(imageOf(base)));
    const wanted = wantedFor(drawing, seed);
    canvas.hidden = wanted === undefined;
    taken = undefined;
    variants.replaceChildren();
    if (!wanted) return tab === "draw" ? NOTHING : "Paint over what the network should repaint.";
    const drawn = await reveal(wanted, seed, run);
    for (let k = 1; k <= VARIANTS; k++) {
      const other = cellSeed(seed, k);
      const asked = { ...wanted, options: { ...wanted.options, seed: other } };
      variants.append(variant(k, other, await paint(sized(asked, TIMES * size.width), run)));
    }
    return drawnBy(drawn);
  });
}

/** What the drawing asks for; undefined if it asks for nothing yet. */
function wantedFor(asked: Drawing, seed: string): Wanted | undefined {
  const { tab, strength } = state.values;
  const image = imageOf(raster(asked, size, inks.palette, base));
  if (tab === "repaint") {
    const mask = maskOf(asked, size);
    if (!mask.some((value) => value > 0)) return undefined;
    return { operation: "inpaint", model: model.name, options: { seed, ...labelled() }, image, mask: imageOf(mask, 1) };
  }
  if (tab === "draw" && asked.strokes.length === 0) return undefined;
  return { operation: "vary", model: model.name, options: { seed, ...inks.options, ...labelled(), strength }, image };
}

/** The image of the seed that the visitor starts from. */
async function startImage(run: { readonly signal: AbortSignal }): Promise<Uint8Array> {
  const { image } = await paint({ operation: "sample", model: model.name, options: { seed: state.values.from || "7" } }, run);
  return inChannels(image, size.channels).pixels;
}

let next: Drawing | undefined;
let isFollowing = false;

/** Redraws the image while the pen is down, if this device draws. */
async function follow(live: Drawing): Promise<void> {
  next = live;
  if (isFollowing || state.values.tab === "repaint" || !isOnDevice(model.name)) return;
  isFollowing = true;
  await drawLatest(async (run) => {
    while (next) {
      const wanted = wantedFor(next, state.values.seed);
      next = undefined;
      if (!wanted) continue;
      show(canvas, (await paint({ ...wanted, options: { ...wanted.options, ...LIVE } }, run)).image);
      canvas.hidden = false;
    }
    return "";
  });
  isFollowing = false;
}

function morph(): void {
  const { seed, to, t } = state.values;
  variants.replaceChildren();
  drawLatest(async (run) =>
    drawnBy(await reveal({ operation: "sample", model: model.name, options: { seed, to, t, ...labelled() } }, `${seed}-${to}`, run)),
  );
}

/** Draws an image, shows it large and lets visitors take it. */
async function reveal(wanted: Wanted, name: string, run: { readonly signal: AbortSignal }): Promise<Painted> {
  if (!isOnDevice(model.name)) say("The model is on its way to this device.");
  const drawn = await paint(sized(wanted, TIMES * size.width), run);
  show(canvas, drawn.image);
  canvas.hidden = false;
  taken = { name, wanted };
  return drawn;
}

/** A variant is a button that makes its seed the page's. */
function variant(k: number, seed: string, { image }: Painted): HTMLElement {
  return element(
    "li",
    {},
    button("", () => state.set({ seed }), { ariaLabel: `Take variant ${k}` }, canvasOf(image, { ariaHidden: "true" })),
  );
}
