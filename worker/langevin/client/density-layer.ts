/** The canvas below the particles: bands of equal density, the score as arrows, drawn points, the pen. */

import type { ArrowField, Plane } from "../scene.ts";
import { HALF } from "../target.ts";
import { css, type Palette } from "./colours.ts";

/** Places along each side at which the density is evaluated, and arrows begin. */
const GRID = 81;
const ARROWS = 21;
const BANDS = 7;
/** Opacity of the innermost band. */
const DARKEST = 0.42;

export class DensityLayer {
  readonly #context: CanvasRenderingContext2D;
  readonly #heights = new Float32Array(GRID * GRID);
  #bands = new ImageData(1, 1);

  constructor(canvas: HTMLCanvasElement) {
    this.#context = canvas.getContext("2d")!;
  }

  resize(pixels: number): void {
    const size = Math.max(1, Math.round(pixels));
    this.#context.canvas.width = size;
    this.#context.canvas.height = size;
    this.#bands = this.#context.createImageData(size, size);
  }

  /**
   * Evaluates the density. Bands are even steps of the root of density over largest density, so that thin parts show
   * too. An error is from 0 to 1 by itself.
   */
  survey({ density, shows }: Pick<Plane, "density" | "shows">, colours: Palette): void {
    const isError = shows === "error";
    const colour = isError ? colours.heat[2] : colours.target;
    const heights = this.#heights;
    const place = (i: number) => -HALF + (2 * HALF * i) / (GRID - 1);
    let largest = 0;
    for (let i = 0; i < heights.length; i++) {
      heights[i] = density(place(i % GRID), -place(Math.floor(i / GRID)));
      largest = Math.max(largest, heights[i]);
    }
    if (isError) largest = 1;
    for (let i = 0; i < heights.length; i++) heights[i] = BANDS * Math.sqrt(heights[i] / largest);
    const { width: size } = this.#bands;
    const shades = new Uint32Array(BANDS + 1);
    const bytes = new Uint8ClampedArray(shades.buffer);
    for (let band = 0; band <= BANDS; band++) bytes.set([...colour, (255 * DARKEST * band) / BANDS], 4 * band);
    const words = new Uint32Array(this.#bands.data.buffer);
    const step = (GRID - 1) / size;
    for (let row = 0; row < size; row++) {
      const v = (row + 0.5) * step;
      const top = Math.floor(v);
      const below = v - top;
      for (let column = 0; column < size; column++) {
        const u = (column + 0.5) * step;
        const left = Math.floor(u);
        const at = top * GRID + left;
        const beside = u - left;
        const upper = heights[at] + beside * (heights[at + 1] - heights[at]);
        const lower = heights[at + GRID] + beside * (heights[at + GRID + 1] - heights[at + GRID]);
        words[row * size + column] = shades[Math.floor(upper + below * (lower - upper) + 0.5)];
      }
    }
  }

  /** Draws bands, arrows, points and pen, where there are any. */
  draw({ field, marks }: Plane, pen: readonly [number, number] | undefined, colours: Palette): void {
    this.#context.putImageData(this.#bands, 0, 0);
    const pixel = this.#context.canvas.width / (2 * HALF);
    this.#context.setTransform(pixel, 0, 0, -pixel, HALF * pixel, HALF * pixel);
    if (field) this.#drawArrows(field, colours);
    this.#drawMarks(marks, colours);
    if (pen) this.#drawPen(pen, colours);
    this.#context.setTransform(1, 0, 0, 1, 0, 0);
  }

  #drawArrows(field: ArrowField, { arrow }: Palette): void {
    const spacing = (2 * HALF) / ARROWS;
    const points = Float32Array.from({ length: 2 * ARROWS * ARROWS }, (_, i) => {
      const place = i >> 1;
      return -HALF + ((i % 2 === 0 ? place % ARROWS : Math.floor(place / ARROWS)) + 0.5) * spacing;
    });
    const arrows = new Float32Array(points.length);
    field(points, arrows);
    const context = this.#context;
    context.beginPath();
    for (let i = 0; i < points.length; i += 2) {
      const dx = arrows[i] * spacing * 0.85;
      const dy = arrows[i + 1] * spacing * 0.85;
      if (Math.hypot(dx, dy) < 0.01) continue;
      const x = points[i] + dx / 2;
      const y = points[i + 1] + dy / 2;
      context.moveTo(x - dx, y - dy);
      context.lineTo(x, y);
      context.lineTo(x - 0.35 * dx - 0.22 * dy, y - 0.35 * dy + 0.22 * dx);
      context.moveTo(x, y);
      context.lineTo(x - 0.35 * dx + 0.22 * dy, y - 0.35 * dy - 0.22 * dx);
    }
    context.strokeStyle = css(arrow, 0.5);
    context.lineWidth = 0.016;
    context.stroke();
  }

  #drawMarks(marks: Plane["marks"], { ink }: Palette): void {
    const context = this.#context;
    context.strokeStyle = css(ink);
    context.lineWidth = 0.02;
    for (const [x, y] of marks) {
      context.beginPath();
      context.arc(x, y, 0.06, 0, 2 * Math.PI);
      context.stroke();
    }
  }

  #drawPen([x, y]: readonly [number, number], { ink }: Palette): void {
    const context = this.#context;
    context.strokeStyle = css(ink);
    context.lineWidth = 0.025;
    context.beginPath();
    for (const [dx, dy] of [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ] as const) {
      context.moveTo(x + 0.08 * dx, y + 0.08 * dy);
      context.lineTo(x + 0.22 * dx, y + 0.22 * dy);
    }
    context.stroke();
  }
}
