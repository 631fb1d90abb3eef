/**
 * The wall of the home page. Once the model is on this device, the device draws all its images. Each forms out of noise
 * when it comes into view, and again when it is pointed at.
 */
import type { Pixels } from "../../../wasm-model/render/image/png.ts";
import { prefersReducedMotion } from "../../widget/display.ts";
import type { Frame } from "../../widget/protocol.ts";
import { find } from "./dom.ts";
import type { Painter } from "./painter.ts";
import { paint } from "./pixels.ts";
import { between } from "./player.ts";

/** Milliseconds from noise to image, and the least between the starts of two images. */
const [DURATION, APART] = [1400, 35];

interface Face {
  readonly canvas: HTMLCanvasElement;
  readonly frames: readonly Frame[];
  readonly finished: Pixels;
}

export class Wall {
  readonly #links = [...find("#wall", HTMLOListElement).querySelectorAll<HTMLAnchorElement>("a[data-seed]")];
  readonly #faces = new Map<Element, Face>();
  /** When the annealing of a face began or will begin. */
  readonly #starts = new Map<Face, number>();

  constructor() {
    for (const link of this.#links) for (const type of ["pointerenter", "focus"]) link.addEventListener(type, () => this.#anneal(link));
  }

  /** Marks the image that is shown large. `seed`: undefined if it is none of the wall's. */
  mark(seed: string | undefined): void {
    for (const link of this.#links) link.ariaCurrent = link.dataset.seed === seed ? "true" : null;
  }

  /** Draws all images on this device. Returns a sentence about it, or undefined if the device cannot draw. */
  async draw(painter: Painter): Promise<string | undefined> {
    await painter.prepare();
    if (!painter.isOnDevice) return undefined;
    const { signal } = new AbortController();
    const begun = performance.now();
    let start = begun;
    const firstView = new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        firstView.unobserve(target);
        start = Math.max(start + APART, performance.now());
        this.#anneal(target, start);
      }
    });
    for (const link of this.#links) {
      const frames: Frame[] = [];
      const wanted = { operation: "sample", options: { seed: link.dataset.seed ?? "" } } as const;
      const { image: finished } = await painter.draw(wanted, { signal, onFrame: (frame) => frames.push(frame) });
      const canvas = document.createElement("canvas");
      paint(canvas, prefersReducedMotion() ? finished : frames[0].noisy);
      this.#faces.set(link, { canvas, frames, finished });
      find(".face", HTMLElement, link).append(canvas);
      firstView.observe(link);
    }
    return `This device drew all ${this.#links.length} in ${((performance.now() - begun) / 1000).toFixed(1)} s.`;
  }

  #anneal(link: Element, start = performance.now()): void {
    const face = this.#faces.get(link);
    if (!face || prefersReducedMotion()) return;
    if (this.#starts.size === 0) requestAnimationFrame((now) => this.#move(now));
    this.#starts.set(face, start);
  }

  #move(now: number): void {
    for (const [face, start] of this.#starts) {
      const { canvas, frames, finished } = face;
      const moment = (Math.max(0, now - start) * frames.length) / DURATION;
      paint(canvas, moment < frames.length ? between(frames, moment) : finished);
      if (moment >= frames.length) this.#starts.delete(face);
    }
    if (this.#starts.size > 0) requestAnimationFrame((next) => this.#move(next));
  }
}
