/** Particles on a canvas: each brightens its pixels, and the light fades within a few frames. */
import { HALF } from "../target.ts";
import type { Rgb } from "./colours.ts";

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
    for (let i = 0; i < light.length; i++) light[i]! *= kept;
    const scale = size / (2 * HALF);
    for (let i = 0; i < particles.length; i += 2) {
      const column = Math.floor((particles[i]! + HALF) * scale);
      const row = Math.floor((HALF - particles[i + 1]!) * scale);
      if (!(column > 0 && column < size - 1 && row > 0 && row < size - 1)) continue;
      const at = row * size + column;
      light[at]! += CENTRE;
      light[at - 1]! += BESIDE;
      light[at + 1]! += BESIDE;
      light[at - size]! += BESIDE;
      light[at + size]! += BESIDE;
    }
    this.#mixShades(colour);
    const shades = this.#shades;
    const words = new Uint32Array(this.#image.data.buffer);
    for (let i = 0; i < light.length; i++) words[i] = shades[Math.min(SHADES - 1, (light[i]! * 80) | 0)]!;
    this.#context.putImageData(this.#image, 0, 0);
  }

  /** Shades of one colour, from transparent to opaque, as bytes red, green, blue, alpha. */
  #mixShades([red, green, blue]: Rgb): void {
    const bytes = new Uint8ClampedArray(this.#shades.buffer);
    for (let i = 0; i < SHADES; i++) bytes.set([red, green, blue, 255 * (1 - Math.exp((-3 * i) / SHADES))], 4 * i);
  }
}
