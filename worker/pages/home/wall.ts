/**
 * The wall: images of the model, drawn by this device once the model is here. Each forms out of noise when it comes into
 * view, and again when it is pointed at. Until then the poster stands there, if these are the images on it.
 */
import type { Frame } from "../../widget/protocol.ts";
import { anneal, type Face } from "../shared/annealing.ts";
import { element, find } from "../shared/dom.ts";
import { paint } from "../shared/painter.ts";
import { canvasOf } from "../shared/pixels.ts";
import type { ServedModel } from "../shared/service.ts";
import { COLUMNS, EDGE, SELECTION } from "./poster.ts";
import poster from "./wall.avif?url";

/** Images on the wall of a model for which none were selected. */
const UNSELECTED = 40;
/** Milliseconds between the starts of two images. */
const APART = 35;

const faces = new Map<HTMLAnchorElement, Face | undefined>();

export function showWall({ version, spec }: ServedModel, choose: (seed: string) => void): void {
  const isSelected = version === SELECTION.version;
  const seeds = isSelected ? SELECTION.seeds : Array.from({ length: UNSELECTED }, (_, i) => String(i + 1));
  if (!isSelected) find("#wall-words", HTMLElement).textContent = "Not selected: the first forty seeds.";
  for (const [i, seed] of seeds.entries()) {
    const link = element("a", { href: `#${new URLSearchParams({ seed })}`, ariaLabel: `Image of the seed ${seed}` });
    link.dataset.seed = seed;
    if (isSelected) showPoster(link, i, spec, seeds.length / COLUMNS);
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      choose(seed);
    });
    for (const type of ["pointerenter", "focus"])
      link.addEventListener(type, () => {
        const face = faces.get(link);
        if (face) anneal(face);
      });
    faces.set(link, undefined);
    find("#wall", HTMLElement).append(element("li", {}, link));
  }
}

/** Image i of the poster, as the link's background. */
function showPoster(link: HTMLElement, i: number, { width, height }: ServedModel["spec"], rows: number): void {
  const cells = [
    [COLUMNS, i % COLUMNS, width],
    [rows, Math.floor(i / COLUMNS), height],
  ];
  const size = cells.map(([count, , length]) => `${(100 * count * (length + 2 * EDGE)) / length}%`);
  const place = cells.map(([count, at, length]) => {
    const step = length + 2 * EDGE;
    return `${(100 * (at * step + EDGE)) / (count * step - length)}%`;
  });
  Object.assign(link.style, { backgroundImage: `url("${poster}")`, backgroundSize: size.join(" "), backgroundPosition: place.join(" ") });
}

/** Marks the image that is shown large. */
export function mark(seed: string): void {
  for (const link of faces.keys()) link.ariaCurrent = link.dataset.seed === seed ? "true" : null;
}

/** Draws all images on this device. Returns a sentence about it. */
export async function drawWall(model: string): Promise<string> {
  const begun = performance.now();
  let start = begun;
  const firstView = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      const face = faces.get(target as HTMLAnchorElement);
      if (!isIntersecting || !face) continue;
      firstView.unobserve(target);
      start = Math.max(start + APART, performance.now());
      anneal(face, start);
    }
  });
  for (const link of faces.keys()) {
    const frames: Frame[] = [];
    const options = { seed: link.dataset.seed ?? "" };
    const { image } = await paint({ operation: "sample", model, options }, { onFrame: (frame) => frames.push(frame) });
    const canvas = canvasOf(image, { ariaHidden: "true" });
    faces.set(link, { canvas, frames, finished: image });
    link.append(canvas);
    firstView.observe(link);
  }
  return `This device drew all ${faces.size} in ${((performance.now() - begun) / 1000).toFixed(1)} s.`;
}
