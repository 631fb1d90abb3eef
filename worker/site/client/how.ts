/** The page at /how. */
import type { Pixels } from "../../../wasm-model/render/image/png.ts";
import { type Frame, MOST_FRAMES } from "../../widget/protocol.ts";
import { find, laidOut } from "./dom.ts";
import { drawnBy, LatestDrawing } from "./drawing.ts";
import { liveForm, optionsOf, type PageAddress } from "./form.ts";
import type { Painted, Wanted } from "./painter.ts";
import { difference, paint } from "./pixels.ts";
import { drawScore } from "./score.ts";

type Ask = (wanted: Wanted) => Promise<Painted>;

await laidOut();
const drawing = new LatestDrawing();
const form = liveForm({ onState: draw });

function draw(state: PageAddress): void {
  const options = optionsOf(state);
  drawing.run(null, async (ask) => {
    await drawing.painter.prepare(); // the server sends no frames
    const frames: Frame[] = [];
    const drawn = await ask({ operation: "sample", options }, { onFrame: (frame) => frames.push(frame) });
    showLevels(frames, drawn.image);
    const others = Object.fromEntries(Object.entries(options).filter(([name]) => !OF_STRIPS.includes(name)));
    for (const strip of ["#flow", "#fresh"]) await showCounts(strip, others, ask);
    return drawnBy(drawn);
  });
}

/** A row for each frame; if there are many, for every second, third, ... Images of the server have none. */
function showLevels(all: readonly Frame[], finished: Pixels): void {
  find("#by-level", HTMLTableElement).hidden = all.length === 0;
  const body = find("#by-level tbody", HTMLTableSectionElement);
  const every = Math.ceil(all.length / MOST_FRAMES);
  const frames = all.filter((_, i) => i % every === 0);
  while (body.rows.length > Math.max(1, frames.length)) body.deleteRow(-1);
  while (body.rows.length < frames.length) body.append(body.rows[0].cloneNode(true));
  for (const [i, { sigma, noisy, denoised, noise }] of frames.entries()) {
    const row = body.rows[i];
    const [sees, guess, finds, under, over] = row.querySelectorAll("canvas");
    const level = `σ ${sigma.toPrecision(2)}`;
    row.cells[0].textContent = level;
    row.cells[row.cells.length - 1].textContent = difference(denoised, finished).toFixed(0);
    paint(sees, noisy);
    paint(guess, denoised);
    paint(finds, noise);
    paint(under, noisy);
    drawScore(over, noisy, denoised);
  }
}

/** The options that the links of a strip decide. */
const OF_STRIPS = ["sampler", "churn", "extrapolation", "steps"];

/**
 * Draws the images of a strip, each with these options of its link, and shows their distance from the last
 * where there is a place for it.
 */
async function showCounts(strip: string, options: Readonly<Record<string, string>>, ask: Ask): Promise<void> {
  const items = [...find(strip, HTMLOListElement).querySelectorAll("a")];
  const images: Pixels[] = [];
  for (const link of items) {
    const url = new URL(link.href);
    const own = Object.fromEntries([...url.searchParams].filter(([name]) => OF_STRIPS.includes(name)));
    const { image, png } = await ask({ operation: "sample", options: { ...options, ...own } });
    images.push(image);
    const img = find("img", HTMLImageElement, link);
    URL.revokeObjectURL(img.src);
    img.src = URL.createObjectURL(png);
    for (const name of ["seed", "class"]) url.searchParams.delete(name);
    for (const [name, value] of Object.entries(options)) url.searchParams.set(name, value);
    link.href = url.href;
  }
  const last = images.at(-1);
  for (const [i, image] of images.entries()) {
    const place = items[i].querySelector("b");
    if (last && place) place.textContent = `${difference(image, last).toFixed(0)} off`;
  }
}

form.begin();
