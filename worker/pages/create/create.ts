/** Create: draw, repaint, vary and morph, with one editor. */
import { nativeShape } from "../../../wasm-model/model/card.ts";
import type { Pixels } from "../../../wasm-model/render/image/png.ts";
import { nextTurn } from "../../../wasm-model/render/turn.ts";
import { OPTION_VALUES, randomSeed } from "../../../wasm-model/request/options.ts";
import { cellSeed } from "../../../wasm-model/request/resolve.ts";
import { choices, type Fields } from "../../langevin/fields.ts";
import { button, element, find, save, speaker } from "../shared/dom.ts";
import { startPage } from "../shared/page.ts";
import { drawnBy, isOnDevice, Latest, type Options, type Painted, paint, prepare, type Wanted } from "../shared/painter.ts";
import { canvasOf, inChannels, pixelsOf, paint as show } from "../shared/pixels.ts";
import { inWords, modelField, modelNamed, service } from "../shared/service.ts";
import { controls, State } from "../shared/state.ts";
import { type Takeable, takeButtons } from "../shared/take.ts";
import { fromBase64Url, toBase64Url } from "./base64url.ts";
import { EXAMPLES, inksOf } from "./inks.ts";
import { animationOf } from "./morph.ts";
import { Pad } from "./pad.ts";
import { maskOf, raster } from "./raster.ts";
import { bytesOf, type Drawing, drawingOf, MOST_BYTES } from "./strokes.ts";

startPage();

/** Variants below the image, with the seeds {seed}/1, {seed}/2, ... */
const VARIANTS = 4;
/** Options of the image while the pen is down: four evaluations. */
const LIVE = { steps: 4 };
const TABS = { draw: "Draw", repaint: "Repaint", vary: "Vary", morph: "Morph" };
const NOTHING = "Draw something: the network answers.";

const { models, budget } = await service;
const model = modelNamed(models, new URLSearchParams(location.hash.slice(1)).get("model"));
const size = nativeShape(model);
const inks = inksOf(size.channels);

const { strength, t } = OPTION_VALUES;
const FIELDS = {
  tab: { kind: "choice", label: "What to do", values: TABS, default: "draw" },
  model: modelField(models),
  from: { kind: "text", label: "Start from the image of this seed", default: "7" },
  class: {
    kind: "choice",
    label: "It is a",
    values: { "": "anything", ...choices(model.labels) } as Record<string, string>,
    default: "",
  },
  strength: { kind: "number", label: "How far from it", ...strength.domain, step: 0.05, default: Number(strength.default) },
  seed: { kind: "text", label: "Seed (any text: it picks the noise)", default: "1" },
  to: { kind: "text", label: "To the image of this seed", default: "8" },
  t: { kind: "number", label: "From one image to the other", ...t.domain, step: 0.01, default: Number(t.default) },
  strokes: { kind: "text", label: "The drawing", default: "" },
} as const satisfies Fields;

const state = new State(() => FIELDS);
const canvas = find("#image", HTMLCanvasElement);
const variants = find("#variants", HTMLElement);
const say = speaker("#status");
const latest = new Latest(say);
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
const brush = find("#brush", HTMLSelectElement);
const form = find("#form", HTMLSelectElement);
const ink = (): number => Number(find('[name="ink"]:checked', HTMLInputElement).value);
const isMask = (): boolean => state.values.tab === "repaint" && brush.value === "mask";

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
  ink: () => ({ colour: ink(), width: Number(pen.value), isFilled: form.value === "shape", isMask: isMask() }),
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

const animation = button("Save the animation", async () => {
  animation.disabled = true;
  const { seed, to } = state.values;
  try {
    save("morph.png", await animationOf(model.name, { seed, to, ...labelled() }, (done, total) => say(`${done} of ${total} images.`)));
    say("Saved.");
  } catch (error) {
    say(inWords(error));
  }
  animation.disabled = false;
});

/** The controls of each tab. */
const SHOWN: Readonly<Record<string, readonly (keyof typeof FIELDS)[]>> = {
  draw: ["class", "strength", "seed"],
  repaint: ["from", "class", "seed"],
  vary: ["from", "class", "strength", "seed"],
  morph: ["t", "seed", "to", "class"],
};
const isLive = (): boolean => isOnDevice(model.name);
const panels: Record<string, HTMLElement> = {};
for (const [tab, names] of Object.entries(SHOWN)) {
  await nextTurn(); // a page made at once is a long task
  panels[tab] = controls(state, names, { part: tab, isLive });
  panels[tab].hidden = tab !== state.values.tab;
}
panels.morph.append(animation);
find("#controls", HTMLElement).append(
  ...Object.values(panels),
  element(
    "p",
    { className: "buttons" },
    button("Other noise", () => state.set({ seed: randomSeed() })),
  ),
);
find("#take", HTMLElement).append(takeButtons(size.width, () => taken, say));
const tabs = Object.entries(TABS).map(([tab, text]) => ({
  tab: tab as keyof typeof TABS,
  link: element("a", { className: "button" }, text),
}));
find("#tabs", HTMLElement).append(...tabs.map(({ link }) => element("li", {}, link)));

prepare(model.name, budget > 0 ? undefined : say);
await nextTurn();
state.follow(update);

/** Shows what the state asks for. */
function update(): void {
  const { tab, strokes, t } = state.values;
  find("#problem", HTMLElement).textContent = state.problem;
  find("#work", HTMLElement).dataset.tab = tab;
  for (const { tab: one, link } of tabs)
    Object.assign(link, { href: state.address({ tab: one }), ariaCurrent: one === tab ? "page" : null });
  for (const [name, panel] of Object.entries(panels)) panel.hidden = name !== tab;
  if (tab === "morph") morph(t);
  else
    drawAll(
      strokes === "" ? { paper: inks.paper, strokes: [] } : drawingOf(fromBase64Url(strokes) ?? new Uint8Array(), inks.colours.length),
    );
}

function drawAll(asked: Drawing | undefined): void {
  const { tab, seed } = state.values;
  if (!asked) {
    say("The drawing in this address is damaged, or of a model with other colours.");
    return;
  }
  drawing = asked;
  latest.run(async (run) => {
    base = tab === "draw" ? undefined : (own ?? (await startImage(run)));
    pad.show(drawing, base && canvasOf(imageOf(base)));
    const wanted = wantedFor(drawing);
    canvas.hidden = wanted === undefined;
    taken = undefined;
    variants.replaceChildren();
    if (!wanted) return tab === "draw" ? NOTHING : "Paint over what the network should repaint.";
    const main = await paint({ ...wanted, options: { ...wanted.options, seed } }, run);
    reveal(wanted, seed, main);
    for (let k = 1; k <= VARIANTS; k++) {
      const other = cellSeed(seed, k);
      variants.append(variant(k, other, await paint({ ...wanted, options: { ...wanted.options, seed: other } }, run)));
    }
    return drawnBy(main);
  });
}

/** What the drawing asks for, without a seed; undefined if it asks for nothing yet. */
function wantedFor(asked: Drawing): Exclude<Wanted, { operation: "sample" }> | undefined {
  const { tab, strength } = state.values;
  const image = imageOf(raster(asked, size, inks.palette, base));
  if (tab === "repaint") {
    const mask = maskOf(asked, size);
    if (!mask.some((value) => value > 0)) return undefined;
    return { operation: "inpaint", model: model.name, options: labelled(), image, mask: imageOf(mask, 1) };
  }
  if (tab === "draw" && asked.strokes.length === 0) return undefined;
  return { operation: "vary", model: model.name, options: { ...inks.options, ...labelled(), strength }, image };
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
  await latest.run(async (run) => {
    while (next) {
      const wanted = wantedFor(next);
      next = undefined;
      if (!wanted) continue;
      const { image } = await paint({ ...wanted, options: { ...wanted.options, guidance: 1, ...LIVE, seed: state.values.seed } }, run);
      show(canvas, image);
      canvas.hidden = false;
    }
    return "";
  });
  isFollowing = false;
}

function morph(t: number): void {
  const { seed, to } = state.values;
  const wanted = { operation: "sample", model: model.name, options: { seed, to, t, ...labelled() } } as const;
  variants.replaceChildren();
  latest.run(async (run) => {
    const drawn = await paint(wanted, run);
    reveal(wanted, `${seed}-${to}`, drawn);
    return drawnBy(drawn);
  });
}

function reveal(wanted: Wanted, name: string, { image }: Painted): void {
  show(canvas, image);
  canvas.hidden = false;
  const png = async (width: number) =>
    (await paint({ ...wanted, options: { seed: state.values.seed, ...wanted.options, size: width } })).png;
  taken = { name, png };
}

/** A variant is a button that makes its seed the page's. */
function variant(k: number, seed: string, { image }: Painted): HTMLElement {
  return element(
    "li",
    {},
    button("", () => state.set({ seed }), { ariaLabel: `Take variant ${k}` }, canvasOf(image, { ariaHidden: "true" })),
  );
}
