/** Painting on an image and its mask, with a mouse, a finger, a pen or the keyboard. */
import type { NativeShape } from "../../../wasm-model/model/card.ts";
import { ARROWS, find } from "./dom.ts";
import { contextOf, paint } from "./pixels.ts";

/** What the brushes paint: the mask, or the image. */
const BRUSHES = {
  open: { layer: "mask", value: 255 },
  keep: { layer: "mask", value: 0 },
  light: { layer: "image", value: 255 },
  dark: { layer: "image", value: 0 },
} as const;

export interface Layers {
  readonly image: Uint8Array;
  readonly mask: Uint8Array;
}

export class Editor {
  readonly #element = find("#editor", HTMLElement);
  readonly #canvas = find("#canvas", HTMLCanvasElement);
  readonly #words = find("#cursor", HTMLElement);
  readonly #brush = find("#brush", HTMLSelectElement);
  readonly #touch = find("#touch", HTMLButtonElement);
  readonly #image = document.createElement("canvas");
  readonly #stripes = stripes();
  readonly #size: NativeShape;
  readonly #onStroke: (layers: Layers, layer: keyof Layers) => void;
  #layers: Layers;
  #cursor = { x: 0, y: 0 };
  #isDown = false;

  /** `onStroke`: called at the end of a stroke, with the layer that it changed. */
  constructor(size: NativeShape, onStroke: (layers: Layers, layer: keyof Layers) => void) {
    this.#size = size;
    this.#onStroke = onStroke;
    this.#cursor = { x: size.width >> 1, y: size.height >> 1 };
    const { width, height, channels } = size;
    this.#layers = { image: new Uint8Array(width * height * channels), mask: new Uint8Array(width * height) };
    this.#listen();
  }

  /** Shows layers, without calling `onStroke`. */
  set layers(layers: Layers) {
    this.#layers = { image: layers.image.slice(), mask: layers.mask.slice() };
    this.#show();
  }

  #listen(): void {
    const element = this.#element;
    let isPainting = false;
    element.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "touch" && !this.#paintsByTouch) return; // a swipe scrolls the page
      element.setPointerCapture(event.pointerId);
      isPainting = true;
      this.#cursor = this.#pixelAt(event);
      this.#dab();
    });
    element.addEventListener("pointermove", (event) => {
      if (isPainting) this.#strokeTo(this.#pixelAt(event));
    });
    for (const end of ["pointerup", "pointercancel"] as const) {
      element.addEventListener(end, () => {
        if (isPainting) this.#tell();
        isPainting = false;
      });
    }
    element.addEventListener("keydown", (event) => this.#press(event));
    for (const type of ["focus", "blur"]) element.addEventListener(type, () => this.#show());
    find("#pixels", HTMLInputElement).addEventListener("change", () => this.#show());
    this.#touch.hidden = navigator.maxTouchPoints === 0;
    this.#touch.addEventListener("click", () => {
      this.#touch.ariaPressed = String(!this.#paintsByTouch);
    });
  }

  #press(event: KeyboardEvent): void {
    const arrow = ARROWS[event.key];
    const key = event.key.toLowerCase();
    if (arrow) {
      const far = event.shiftKey ? 4 : 1;
      const to = { x: this.#cursor.x + far * arrow[0], y: this.#cursor.y + far * arrow[1] };
      if (this.#isDown) this.#strokeTo(to);
      else this.#cursor = this.#inside(to);
    } else if (key === " " || key === "enter") {
      this.#dab();
      this.#tell();
    } else if (key === "p") {
      this.#isDown = !this.#isDown;
      if (this.#isDown) this.#dab();
      else this.#tell();
    } else return;
    event.preventDefault();
    this.#show();
    this.#say();
  }

  #pixelAt({ clientX, clientY }: PointerEvent): PixelPlace {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    return this.#inside({ x: ((clientX - left) * this.#size.width) / width, y: ((clientY - top) * this.#size.height) / height });
  }

  #inside({ x, y }: PixelPlace): PixelPlace {
    const within = (value: number, most: number) => Math.max(0, Math.min(most - 1, Math.floor(value)));
    return { x: within(x, this.#size.width), y: within(y, this.#size.height) };
  }

  /** Paints all the way from the cursor to a point. */
  #strokeTo(to: PixelPlace): void {
    const from = this.#cursor;
    const end = this.#inside(to);
    const steps = Math.max(1, Math.abs(end.x - from.x), Math.abs(end.y - from.y));
    for (let i = 1; i <= steps; i++) {
      this.#cursor = { x: Math.round(from.x + ((end.x - from.x) * i) / steps), y: Math.round(from.y + ((end.y - from.y) * i) / steps) };
      this.#dab();
    }
  }

  /** Paints at the cursor: a disc as wide as the brush. */
  #dab(): void {
    const { width, height, channels } = this.#size;
    const { layer, value } = BRUSHES[this.#tool];
    const depth = layer === "mask" ? 1 : channels;
    const radius = Number(this.#brush.value) / 2;
    const reach = Math.floor(radius);
    for (let dy = -reach; dy <= reach; dy++) {
      for (let dx = -reach; dx <= reach; dx++) {
        const [x, y] = [this.#cursor.x + dx, this.#cursor.y + dy];
        if (dx * dx + dy * dy > radius * radius || x < 0 || y < 0 || x >= width || y >= height) continue;
        this.#layers[layer].fill(value, depth * (y * width + x), depth * (y * width + x + 1));
      }
    }
    this.#show();
  }

  get #paintsByTouch(): boolean {
    return this.#touch.ariaPressed === "true";
  }

  get #tool(): keyof typeof BRUSHES {
    return find('[name="tool"]:checked', HTMLInputElement).value as keyof typeof BRUSHES;
  }

  #tell(): void {
    this.#onStroke(this.#layers, BRUSHES[this.#tool].layer);
  }

  #say(): void {
    const { x, y } = this.#cursor;
    const isOpen = this.#layers.mask[y * this.#size.width + x] > 0 && this.#hasMask;
    this.#words.textContent = `Row ${y + 1}, column ${x + 1}${isOpen ? ", to be repainted" : ""}${this.#isDown ? ", brush down" : ""}`;
  }

  get #hasMask(): boolean {
    return find("#controls", HTMLFormElement).dataset.operation === "inpaint";
  }

  #show(): void {
    const { width, height } = this.#size;
    const { image, mask } = this.#layers;
    paint(this.#image, { ...this.#size, pixels: image });
    const context = enlarged(this.#canvas, width, height);
    context.imageSmoothingEnabled = !find("#pixels", HTMLInputElement).checked;
    context.imageSmoothingQuality = "high";
    context.drawImage(this.#image, 0, 0, SIDE * width, SIDE * height);
    if (this.#hasMask) {
      context.fillStyle = this.#stripes;
      for (let i = 0; i < width * height; i++) {
        if (mask[i]) context.fillRect(SIDE * (i % width), SIDE * Math.floor(i / width), SIDE, SIDE);
      }
    }
    if (document.activeElement === this.#element) {
      context.strokeStyle = STRAW;
      context.lineWidth = 3;
      context.strokeRect(SIDE * this.#cursor.x + 1.5, SIDE * this.#cursor.y + 1.5, SIDE - 3, SIDE - 3);
    }
    this.#canvas.dataset.open = String(this.#hasMask ? mask.filter((value) => value > 0).length : 0);
  }
}

interface PixelPlace {
  readonly x: number;
  readonly y: number;
}

/** Side of an image's pixel, in canvas pixels. */
const SIDE = 16;

const STRAW = "#f0c75e";

function enlarged(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D {
  if (canvas.width !== SIDE * width) Object.assign(canvas, { width: SIDE * width, height: SIDE * height });
  return contextOf(canvas);
}

/** The pattern of what is to be repainted. */
function stripes(): CanvasPattern {
  const side = SIDE / 2;
  const tile = Object.assign(document.createElement("canvas"), { width: side, height: side });
  const context = contextOf(tile);
  context.fillStyle = `${STRAW}cc`;
  for (let y = 0; y < side; y++) {
    for (const x of [-y, side - y]) context.fillRect(x, y, side / 2, 1);
  }
  return context.createPattern(tile, "repeat")!;
}
