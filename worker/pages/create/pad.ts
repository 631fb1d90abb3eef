/**
 * The editor: where one draws on paper or on an image, with a mouse, a finger, a pen or the keyboard. Only the first button and the first pointer draw.
 */
import type { ImageShape } from "../../../wasm-model/network/spec.ts";
import { find } from "../shared/dom.ts";
import { type Drawing, RANGE, type Stroke, type StrokePoint, segments, simplify } from "./strokes.ts";

/** What the next stroke is drawn with. */
export type Ink = Omit<Stroke, "points">;

interface PadOptions {
  readonly size: ImageShape;
  /** Colours in CSS. */
  readonly palette: readonly string[];
  /** In place of the drawing's own. */
  readonly paper: () => string | undefined;
  readonly ink: () => Ink;
  /** Is called before a stroke. */
  readonly onBegin: () => void;
  readonly onStroke: (drawing: Drawing) => void;
}

/** Pixels of the canvas per pixel of the image. */
const SIDE = 16;
/** About as many points may be in a stroke while it is drawn. */
const MOST_POINTS = 3000;
/** Colour of strokes that mark what to repaint. */
const STRAW = "#f0c75eb0";

/** Directions of the arrow keys: right and down. */
const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export class Pad {
  readonly #element = find("#pad", HTMLElement);
  readonly #canvas = find("#pad canvas", HTMLCanvasElement);
  readonly #words = find("#cursor", HTMLElement);
  readonly #options: PadOptions;
  #drawing: Drawing = { paper: 0, strokes: [] };
  /** What is drawn on instead of paper. */
  #base: CanvasImageSource | undefined;
  /** Whether strokes have no colour but mark what is to be repainted. */
  #isMask = false;
  /** The stroke that is being drawn. */
  #live: (Ink & { readonly points: StrokePoint[] }) | undefined;
  #cursor: StrokePoint = [RANGE >> 1, RANGE >> 1];

  constructor(options: PadOptions) {
    this.#options = options;
    const { width, height } = options.size;
    this.#element.tabIndex = 0;
    Object.assign(this.#canvas, { width: SIDE * width, height: SIDE * height });
    this.#listen();
  }

  /** Shows a drawing, without calling `onStroke`. A stroke that is being drawn goes on. */
  show(drawing: Drawing, isMask: boolean): void {
    this.#drawing = drawing;
    this.#isMask = isMask;
    this.#show();
  }

  /** Lays what is drawn on under the strokes; undefined: the paper. */
  lay(base: CanvasImageSource | undefined): void {
    this.#base = base;
    this.#show();
  }

  #listen(): void {
    const element = this.#element;
    let pointer: number | undefined;
    element.addEventListener("pointerdown", (event) => {
      if (pointer !== undefined || event.button !== 0 || !event.isPrimary) return;
      pointer = event.pointerId;
      element.setPointerCapture(pointer);
      this.#begin(this.#pointAt(event));
    });
    element.addEventListener("pointermove", (event) => {
      if (event.pointerId !== pointer) return;
      const events = event.getCoalescedEvents?.() ?? [];
      this.#go((events.length > 0 ? events : [event]).map((each) => this.#pointAt(each)));
    });
    for (const end of ["pointerup", "pointercancel"] as const) {
      element.addEventListener(end, ({ pointerId }) => {
        if (pointerId !== pointer) return;
        pointer = undefined;
        this.#end();
      });
    }
    element.addEventListener("keydown", (event) => this.#press(event));
    element.addEventListener("focus", () => this.#show());
    element.addEventListener("blur", () => {
      if (this.#live) {
        this.#end();
        this.#say();
      }
      this.#show();
    });
  }

  #press(event: KeyboardEvent): void {
    const arrow = ARROWS[event.key];
    if (arrow) {
      const { width, height } = this.#options.size;
      const far = event.shiftKey ? 4 : 1;
      const [x, y] = this.#cursor;
      this.#cursor = clampToPad(x + (far * arrow[0] * RANGE) / width, y + (far * arrow[1] * RANGE) / height);
      if (this.#live) this.#go([this.#cursor]);
    } else if (event.key === " " || event.key === "Enter") {
      if (this.#live && !event.repeat) this.#end();
      else if (!event.repeat) this.#begin(this.#cursor);
    } else return;
    event.preventDefault();
    this.#show();
    this.#say();
  }

  #pointAt({ clientX, clientY }: PointerEvent): StrokePoint {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    return clampToPad(((clientX - left) * RANGE) / width, ((clientY - top) * RANGE) / height);
  }

  #begin(point: StrokePoint): void {
    this.#end();
    this.#options.onBegin();
    this.#cursor = point;
    this.#live = { ...this.#options.ink(), points: [point] };
    this.#show();
  }

  #go(points: readonly StrokePoint[]): void {
    if (!this.#live || this.#live.points.length >= MOST_POINTS) return;
    this.#live.points.push(...points);
    this.#cursor = points[points.length - 1];
    this.#show();
  }

  #end(): void {
    if (!this.#live) return;
    this.#live = { ...this.#live, points: [...simplify(this.#live.points)] };
    this.#drawing = this.#all;
    this.#live = undefined;
    this.#show();
    this.#options.onStroke(this.#drawing);
  }

  get #all(): Drawing {
    const { paper, strokes } = this.#drawing;
    return { paper, strokes: this.#live ? [...strokes, this.#live] : strokes };
  }

  #say(): void {
    const { width, height } = this.#options.size;
    const [x, y] = this.#cursor;
    const place = (value: number, count: number): number => Math.min(count, Math.floor((value * count) / RANGE) + 1);
    this.#words.textContent = `Row ${place(y, height)}, column ${place(x, width)}, pen ${this.#live ? "down" : "up"}`;
  }

  #show(): void {
    const context = this.#canvas.getContext("2d");
    if (!context) return;
    const { palette } = this.#options;
    const { width, height } = this.#canvas;
    const at = ([x, y]: StrokePoint): [number, number] => [(x * width) / RANGE, (y * height) / RANGE];
    context.fillStyle = this.#options.paper() ?? palette[this.#all.paper];
    context.fillRect(0, 0, width, height);
    context.imageSmoothingEnabled = getComputedStyle(this.#canvas).imageRendering !== "pixelated";
    if (this.#base) context.drawImage(this.#base, 0, 0, width, height);
    context.lineCap = context.lineJoin = "round";
    for (const stroke of this.#all.strokes) {
      context.fillStyle = context.strokeStyle = this.#isMask ? STRAW : palette[stroke.colour];
      if (stroke.isFilled) {
        context.beginPath();
        for (const point of stroke.points) context.lineTo(...at(point));
        context.fill("evenodd");
      }
      context.lineWidth = (stroke.width * width) / RANGE;
      for (const [from, to] of segments(stroke)) {
        context.beginPath();
        context.moveTo(...at(from));
        const [x, y] = at(to);
        context.lineTo(x, from === to ? y + 0.01 : y); // a dot: a canvas draws no line without length
        context.stroke();
      }
    }
    if (document.activeElement === this.#element) this.#showCursor(context, at(this.#cursor));
    this.#canvas.dataset.strokes = String(this.#all.strokes.length);
  }

  /** A ring around the keyboard's pen, dark and light so that it is seen on every colour. */
  #showCursor(context: CanvasRenderingContext2D, [x, y]: readonly [number, number]): void {
    for (const [strokeStyle, lineWidth] of Object.entries({ "#000": 7, "#f0c75e": 3 })) {
      Object.assign(context, { strokeStyle, lineWidth });
      context.beginPath();
      context.arc(x, y, this.#live ? SIDE / 2 : SIDE, 0, 7);
      context.stroke();
    }
  }
}

/** Whole numbers on the canvas. */
function clampToPad(x: number, y: number): StrokePoint {
  const whole = (value: number): number => Math.max(0, Math.min(RANGE, Math.round(value)));
  return [whole(x), whole(y)];
}
