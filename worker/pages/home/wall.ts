/**
 * The wall: images of the model, drawn by this device once the model is here. Each forms out of noise then. Until then
 * the poster stands there, if these are the images on it (`npm run tool -- wall`). A classifier chose their seeds.
 */
import { screenWidthOf } from "../../drawing/display.ts";
import { element, find, makeOneTabStop } from "../shared/dom.ts";
import { draw, type Wanted } from "../shared/draw.ts";
import { anneal, canvasOf } from "../shared/pixels.ts";
import type { DescribedModel } from "../shared/service.ts";
import poster from "./wall.avif?url";
import selection from "./wall.json" with { type: "json" };

/** Of the poster: its columns, and pixels of an image's own edge around it, so that smooth scaling mixes in no neighbour. */
const { columns, edge } = selection;

/** Images on the wall of a model for which none were selected. */
const UNSELECTED = 40;

/** Links to the images, by seed. */
const links = new Map<string, HTMLAnchorElement>();

/** `addressOf`: where the link of a seed leads. `onTap`: is called when a visitor takes an image. */
export function showWall({ version, spec }: DescribedModel, addressOf: (seed: string) => string, onTap: () => void): void {
  const isSelected = version === selection.version;
  const seeds = isSelected ? selection.seeds : Array.from({ length: UNSELECTED }, (_, i) => String(i + 1));
  for (const [i, seed] of seeds.entries()) {
    const link = element("a", { className: "image", href: addressOf(seed), ariaLabel: `Image of the name ${seed}` });
    link.addEventListener("click", onTap);
    if (isSelected) showPoster(link, i, spec, seeds.length / columns);
    links.set(seed, link);
    find("#wall", HTMLElement).append(element("li", {}, link));
  }
  makeOneTabStop(find("#wall", HTMLElement));
}

/** Image i of the poster, as the link's background. */
function showPoster(link: HTMLElement, i: number, spec: DescribedModel["spec"], rows: number): void {
  const along = (count: number, at: number, length: number) => {
    const step = length + 2 * edge;
    return [`${(100 * count * step) / length}%`, `${(100 * (at * step + edge)) / (count * step - length)}%`];
  };
  const [width, left] = along(columns, i % columns, spec.width);
  const [height, top] = along(rows, Math.floor(i / columns), spec.height);
  link.style.background = `${left} ${top} / ${width} ${height} url("${poster}")`;
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
