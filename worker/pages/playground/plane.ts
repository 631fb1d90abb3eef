/** A plane of the page: a canvas with density, arrows and points, drawn when they change, and one with particles above it. Visitors draw points on it. */
import type { ArrowField, Plane } from "../../langevin/scene.ts";
import { HALF } from "../../langevin/target.ts";
import { isInPlane, type Point, type PointsField, pointsIn, roundToHundredths, textOf } from "../../langevin/wells.ts";
import { element } from "../shared/dom.ts";
import { contextOf } from "../shared/pixels.ts";

type Rgb = readonly [red: number, green: number, blue: number];

/** Places along each side at which the density is evaluated, and arrows begin. */
const [GRID, ARROWS] = [61, 21];
/** Opacity where the density is largest. */
const DARKEST = 0.45;
/** Largest number of pixels along each side of the particles' canvas. */
const SIZE = 560;
/** Share of the particles' light that stays for the next frame, and what one adds to its pixel and to those beside it. */
const [KEPT, CENTRE, BESIDE] = [0.7, 0.75, 0.3];
const SHADES = 256;

/** Of the particles of each plane, and of the lines about them in charts. */
export const COLOURS = ["blue", "bronze", "purple"] as const;

/** The style sheet's colours; they change with the colour scheme. */
export function coloursNow() {
  const probe = document.body.appendChild(element("span"));
  const colour = (name: string): Rgb => {
    probe.style.color = `var(--${name})`;
    const [red, green, blue] = getComputedStyle(probe).color.match(/[\d.]+/g)!;
    return [Number(red), Number(green), Number(blue)];
  };
  const [target, arrow, ink, error] = ["target", "arrow", "ink", "purple"].map(colour) as [Rgb, Rgb, Rgb, Rgb];
  const particles = COLOURS.map(colour);
  probe.remove();
  return { target, arrow, ink, error, particles };
}

type Palette = ReturnType<typeof coloursNow>;

const css = ([red, green, blue]: Rgb, alpha = 1): string => `rgb(${red} ${green} ${blue} / ${alpha})`;

export class PlaneView {
  readonly figure: HTMLElement;
  readonly canvases: HTMLElement;
  readonly #below = contextOf(element("canvas"));
  readonly #above = contextOf(element("canvas"));
  readonly #density = contextOf(element("canvas", { width: GRID, height: GRID }));
  #light = new Float32Array();
  #image = new ImageData(1, 1);
  /** What the lower canvas shows. */
  #drawn: Partial<Plane> = {};
  readonly #colours: Palette;
  readonly #colour: Rgb;

  /** `nth`: its place among the planes. */
  constructor(caption: string, nth: number, colours: Palette) {
    this.#colours = colours;
    this.#colour = colours.particles[nth];
    this.canvases = element("div", { className: "canvases image", role: "img" }, this.#below.canvas, this.#above.canvas);
    this.canvases.ariaLabel = `${caption}; the table has its numbers`;
    this.figure = element("figure", { className: "plane" }, element("figcaption", {}, caption), this.canvases);
  }

  /** Adapts to the page's layout. Returns whether the size changed. */
  resize(): boolean {
    const pixels = Math.max(1, Math.round(this.canvases.clientWidth * devicePixelRatio));
    if (pixels === this.#below.canvas.width) return false;
    const size = Math.min(SIZE, pixels);
    Object.assign(this.#below.canvas, { width: pixels, height: pixels });
    Object.assign(this.#above.canvas, { width: size, height: size });
    this.#light = new Float32Array(size * size);
    this.#image = this.#above.createImageData(size, size);
    this.#drawn = {};
    return true;
  }

  /** In parts. `fades`: whether light of earlier frames fades slowly; otherwise only the present particles are shown. */
  *draw(plane: Plane, fades: boolean): Generator<void> {
    const { density, field, marks, particles } = plane;
    const { density: shown, field: arrows, marks: points } = this.#drawn;
    this.#drawn = plane;
    if (density !== shown) {
      this.#survey(plane);
      yield;
    }
    if (density !== shown || field !== arrows || marks !== points) {
      this.#drawBelow(plane);
      yield;
    }
    yield* this.#drawParticles(particles, this.#colour, fades);
  }

  /**
   * Evaluates the density. Opacity is the root of density over largest density, so that thin parts show too. An error is
   * from 0 to 1 by itself.
   */
  #survey({ density, shows }: Plane): void {
    const isError = shows === "error";
    const place = (i: number) => -HALF + (2 * HALF * (i + 0.5)) / GRID;
    const heights = Float64Array.from({ length: GRID * GRID }, (_, i) => density(place(i % GRID), -place(Math.floor(i / GRID))));
    const largest = isError ? 1 : heights.reduce((most, height) => Math.max(most, height), 0);
    const image = this.#density.createImageData(GRID, GRID);
    const [red, green, blue] = isError ? this.#colours.error : this.#colours.target;
    const pixels = new Uint32Array(image.data.buffer); // alpha, blue, green, red
    const colour = (blue << 16) | (green << 8) | red;
    for (let i = 0; i < pixels.length; i++) pixels[i] = (Math.round(255 * DARKEST * Math.sqrt(heights[i] / largest)) << 24) | colour;
    this.#density.putImageData(image, 0, 0);
  }

  #drawBelow({ field, marks = [] }: Plane): void {
    const context = this.#below;
    const { width } = context.canvas;
    context.clearRect(0, 0, width, width);
    context.drawImage(this.#density.canvas, 0, 0, width, width);
    const pixel = width / (2 * HALF);
    context.setTransform(pixel, 0, 0, -pixel, HALF * pixel, HALF * pixel);
    if (field) drawArrows(context, field, css(this.#colours.arrow, 0.5));
    context.strokeStyle = css(this.#colours.ink);
    context.lineWidth = 0.02;
    for (const [x, y] of marks) {
      context.beginPath();
      context.arc(x, y, 0.06, 0, 2 * Math.PI);
      context.stroke();
    }
    context.resetTransform();
  }

  /** Each particle brightens its pixel and those beside it, and the light fades within a few frames. */
  *#drawParticles(particles: Float32Array, [red, green, blue]: Rgb, fades: boolean): Generator<void> {
    const light = this.#light;
    const size = this.#image.width;
    const kept = fades ? KEPT : 0;
    for (let i = 0; i < light.length; i++) light[i] *= kept;
    yield;
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
    yield;
    const shades = new Uint32Array(SHADES); // from transparent to opaque, as bytes red, green, blue, alpha
    const bytes = new Uint8ClampedArray(shades.buffer);
    for (let i = 0; i < SHADES; i++) bytes.set([red, green, blue, 255 * (1 - Math.exp((-3 * i) / SHADES))], 4 * i);
    const words = new Uint32Array(this.#image.data.buffer);
    for (let i = 0; i < light.length; i++) words[i] = shades[Math.min(SHADES - 1, (light[i] * 80) | 0)];
    this.#above.putImageData(this.#image, 0, 0);
    yield;
  }
}

function drawArrows(context: CanvasRenderingContext2D, field: ArrowField, colour: string): void {
  const spacing = (2 * HALF) / ARROWS;
  const points = Float32Array.from({ length: 2 * ARROWS * ARROWS }, (_, i) => {
    const place = i >> 1;
    return -HALF + ((i % 2 === 0 ? place % ARROWS : Math.floor(place / ARROWS)) + 0.5) * spacing;
  });
  const arrows = new Float32Array(points.length);
  field(points, arrows);
  context.beginPath();
  for (let i = 0; i < points.length; i += 2) {
    const dx = arrows[i] * spacing * 0.85;
    const dy = arrows[i + 1] * spacing * 0.85;
    if (!(Math.hypot(dx, dy) > 0.01)) continue;
    const x = points[i] + dx / 2;
    const y = points[i + 1] + dy / 2;
    context.moveTo(x - dx, y - dy);
    context.lineTo(x, y);
    context.lineTo(x - 0.35 * dx - 0.22 * dy, y - 0.35 * dy + 0.22 * dx);
    context.moveTo(x, y);
    context.lineTo(x - 0.35 * dx + 0.22 * dy, y - 0.35 * dy - 0.22 * dx);
  }
  context.strokeStyle = colour;
  context.lineWidth = 0.016;
  context.stroke();
}

/** A press nearer to a point than this removes it. */
const NEAR = 0.12;

/** Has visitors draw points: by mouse or pen, or by taps of a finger, whose swipes scroll the page. `text`: the points so far. */
export function drawPointsOn(canvases: HTMLElement, { most, spacing }: PointsField, text: () => string, set: (text: string) => void): void {
  const place = ({ clientX, clientY }: PointerEvent): Point => {
    const { left, top, width } = canvases.getBoundingClientRect();
    return [
      roundToHundredths(((clientX - left) / width) * 2 * HALF - HALF),
      roundToHundredths(HALF - ((clientY - top) / width) * 2 * HALF),
    ];
  };
  const distance = ([x, y]: Point, [px, py]: Point) => Math.hypot(px - x, py - y);
  /** Adds a point unless it is too near to another. */
  const add = (at: Point) => {
    const points = pointsIn(text());
    if (!at.every(isInPlane) || points.length >= most || points.some((one) => distance(one, at) < spacing)) return;
    set(textOf([...points, at]));
  };
  const press = (event: PointerEvent) => {
    const at = place(event);
    const points = pointsIn(text());
    const hit = points.find((one) => distance(one, at) < NEAR);
    if (hit) set(textOf(points.filter((one) => one !== hit)));
    else add(at);
    return hit === undefined;
  };
  canvases.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !event.isPrimary || event.pointerType === "touch") return;
    if (press(event)) canvases.setPointerCapture(event.pointerId);
  });
  canvases.addEventListener("pointerup", (event) => {
    if (event.isPrimary && event.pointerType === "touch") press(event); // a swipe is cancelled instead
  });
  canvases.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "touch" && canvases.hasPointerCapture(event.pointerId)) add(place(event));
  });
}
