/** Particles on a canvas: each brightens its pixels, and the light fades within a few frames. */
import type { Point } from "../controls.ts";
import type { Move } from "../scene.ts";
import { HALF } from "../target.ts";
import { css, type Palette, type Rgb } from "./colours.ts";

/** Largest number of pixels along each side. */
const SIZE = 560;
/** Share of the light that stays for the next frame. */
const KEPT = 0.7;
/** What one particle adds to its pixel, and to the four beside it. */
const CENTRE = 0.75;
const BESIDE = 0.3;
const SHADES = 256;

export class ParticleLayer {
  readonly #context: CanvasRenderingContext2D;
  #light = new Float32Array();
  #image = new ImageData(1, 1);
  readonly #shades = new Uint32Array(SHADES);

  constructor(canvas: HTMLCanvasElement) {
    this.#context = canvas.getContext("2d")!;
  }

  /** `pixels`: the width of the canvas on the screen. */
  resize(pixels: number): void {
    const size = Math.max(1, Math.min(SIZE, Math.round(pixels)));
    this.#context.canvas.width = size;
    this.#context.canvas.height = size;
    this.#light = new Float32Array(size * size);
    this.#image = this.#context.createImageData(size, size);
  }

  /** `fades`: whether light of earlier frames fades slowly; otherwise only the present particles are shown. */
  draw(particles: Float32Array, colour: Rgb, fades: boolean): void {
    const light = this.#light;
    const size = this.#image.width;
    const kept = fades ? KEPT : 0;
    for (let i = 0; i < light.length; i++) light[i] *= kept;
    const scale = size / (2 * HALF);
    for (let i = 0; i < particles.length; i += 2) {
      const column = Math.floor((particles[i] + HALF) * scale);
      const row = Math.floor((HALF - particles[i + 1]) * scale);
      if (!(column > 0 && column < size - 1 && row > 0 && row < size - 1)) continue;
      const at = row * size + column;
      light[at] += CENTRE;
      light[at - 1] += BESIDE;
      light[at + 1] += BESIDE;
      light[at - size] += BESIDE;
      light[at + size] += BESIDE;
    }
    this.#mixShades(colour);
    const shades = this.#shades;
    const words = new Uint32Array(this.#image.data.buffer);
    for (let i = 0; i < light.length; i++) words[i] = shades[Math.min(SHADES - 1, (light[i] * 80) | 0)];
    this.#context.putImageData(this.#image, 0, 0);
  }

  /** Drift and noise as two arrows, the second from the end of the first, `times` as long as they are. */
  drawMove({ from, drift, noise }: Move, colours: Palette, times: number): void {
    const context = this.#context;
    const pixel = this.#image.width / (2 * HALF);
    const place = ([x, y]: Point): Point => [(x + HALF) * pixel, (HALF - y) * pixel];
    const corner: Point = [from[0] + times * drift[0], from[1] + times * drift[1]];
    const end: Point = [corner[0] + times * noise[0], corner[1] + times * noise[1]];
    context.lineWidth = Math.max(2, this.#image.width / 150);
    context.lineCap = "round";
    for (const [colour, a, b] of [
      [colours.heat[0], place(from), place(corner)],
      [colours.heat[2], place(corner), place(end)],
    ] as const) {
      const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
      const tip = Math.min(0.4, 12 / Math.max(1, Math.hypot(dx, dy)));
      context.strokeStyle = css(colour);
      context.beginPath();
      context.moveTo(...a);
      context.lineTo(...b);
      context.lineTo(b[0] - tip * (dx - dy / 2), b[1] - tip * (dy + dx / 2));
      context.moveTo(...b);
      context.lineTo(b[0] - tip * (dx + dy / 2), b[1] - tip * (dy - dx / 2));
      context.stroke();
    }
    context.fillStyle = css(colours.ink);
    context.beginPath();
    context.arc(...place(from), context.lineWidth * 1.5, 0, 2 * Math.PI);
    context.fill();
  }

  /** Shades of one colour, from transparent to opaque, as bytes red, green, blue, alpha. */
  #mixShades([red, green, blue]: Rgb): void {
    const bytes = new Uint8ClampedArray(this.#shades.buffer);
    for (let i = 0; i < SHADES; i++) bytes.set([red, green, blue, 255 * (1 - Math.exp((-3 * i) / SHADES))], 4 * i);
  }
}
