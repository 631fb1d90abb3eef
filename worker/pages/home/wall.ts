/**
 * The wall: images of the model, drawn by this device once the model is here. Each forms out of noise then. Until then
 * the poster stands there, if these are the images on it (`npm run tool -- pictures`).
 */
import { screenWidthOf } from "../../drawing/display.ts";
import { element, find, makeOneTabStop } from "../shared/dom.ts";
import { draw, type Wanted } from "../shared/draw.ts";
import { anneal, canvasOf } from "../shared/pixels.ts";
import type { DescribedModel } from "../shared/service.ts";
import selection from "./wall.json" with { type: "json" };
import poster from "./wall.png?url";

/** The images' names, in an order in which no two neighbours by the default model are of one class, and the poster's columns. */
const { seeds, columns } = selection;

/** Links to the images, by seed. */
const links = new Map<string, HTMLAnchorElement>();

/** `addressOf`: where the link of a seed leads. `onTap`: is called when a visitor takes an image. */
export function showWall({ version }: DescribedModel, addressOf: (seed: string) => string, onTap: () => void): void {
  for (const [i, seed] of seeds.entries()) {
    const link = element("a", { className: "image", href: addressOf(seed), ariaLabel: `Image of the name ${seed}` });
    link.addEventListener("click", onTap);
    if (version === selection.version) showPoster(link, i);
    links.set(seed, link);
    find("#wall", HTMLElement).append(element("li", {}, link));
  }
  makeOneTabStop(find("#wall", HTMLElement));
}

/** Image i of the poster, as the link's background. */
function showPoster(link: HTMLElement, i: number): void {
  const rows = seeds.length / columns;
  const [left, top] = [(i % columns) / (columns - 1), Math.floor(i / columns) / (rows - 1)];
  link.style.background = `${100 * left}% ${100 * top}% / ${100 * columns}% ${100 * rows}% url("${poster}")`;
}

/** Marks the image that is shown large, and has each link lead to its image in the settings of now. */
export function markShown(shown: string, addressOf: (seed: string) => string): void {
  for (const [seed, link] of links) Object.assign(link, { href: addressOf(seed), ariaCurrent: seed === shown ? "true" : null });
}

/** Draws all images on this device, in the size of their places, until the signal is aborted. Returns a sentence about it. */
export async function drawWall(model: DescribedModel, signal: AbortSignal): Promise<string> {
  const begun = performance.now();
  for (const [seed, link] of links) {
    const wanted: Wanted = { operation: "sample", model: model.name, options: { seed } };
    const { image, frames } = await draw(wanted, { signal, animate: true, screenWidth: () => screenWidthOf(link) });
    const canvas = canvasOf(image, { ariaHidden: "true" });
    link.style.background = "";
    link.replaceChildren(canvas);
    anneal(canvas, frames, image, signal);
  }
  return `This device drew all ${links.size} in ${((performance.now() - begun) / 1000).toFixed(1)} s.`;
}
