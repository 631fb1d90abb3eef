/** What the element shows: the image, how far it is, or what is wrong. Previews are left out for people who prefer reduced motion. */
import type { Pixels } from "../../wasm-model/render/image/png.ts";
import type { DrawingStep, DrawnImage } from "./protocol.ts";

const STYLE = `
  :host { display: inline-block; position: relative; inline-size: 112px; max-inline-size: 100%; aspect-ratio: 1; vertical-align: middle; }
  :host([hidden]), [hidden] { display: none !important; }
  canvas, img { display: block; inline-size: 100%; block-size: 100%; object-fit: contain; image-rendering: pixelated; }
  canvas { background: color-mix(in srgb, currentColor 8%, transparent); }
  progress { position: absolute; inset: auto 0 0; inline-size: 100%; block-size: 0.25rem; accent-color: currentColor; }
  p { position: absolute; inset: 0; margin: 0; padding: 0.5rem; overflow: auto; font: 0.75rem/1.4 system-ui, sans-serif; }
`;

export class View {
  readonly #canvas = part("canvas", "image");
  readonly #edgeImage = part("img", "image");
  readonly #progress = part("progress", "progress");
  readonly #problem = part("p", "problem");
  /** The element's own size, as a style that the page's styles win over. */
  readonly #size = new CSSStyleSheet();

  /** Style sheets are constructed, for a page's Content-Security-Policy may forbid others. */
  constructor(root: ShadowRoot) {
    const style = new CSSStyleSheet();
    style.replaceSync(STYLE);
    root.adoptedStyleSheets = [style, this.#size];
    root.append(this.#canvas, this.#edgeImage, this.#progress, this.#problem);
    this.#canvas.role = "img";
    this.#problem.role = "alert";
    this.#only(this.#canvas);
  }

  /** A new drawing begins; what was shown before stays until there is something to see. `size`: pixels of a side, as it was asked for. */
  begin(description: string, size: string | undefined): void {
    this.#size.replaceSync(size && /^\d+$/.test(size) ? `:host { inline-size: ${size}px; }` : "");
    this.#canvas.ariaBusy = "true";
    this.#canvas.ariaLabel = description;
    this.#progress.ariaLabel = `Drawing: ${description}`;
    this.#progress.removeAttribute("value");
    this.#progress.hidden = false;
    if (!this.#problem.hidden) this.#only(this.#canvas);
  }

  step({ evaluations, nfe, preview }: DrawingStep): void {
    this.#progress.max = nfe;
    this.#progress.value = evaluations;
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches) this.#paint(preview);
  }

  drawn(image: DrawnImage, description: string): void {
    this.#paint(image);
    this.#canvas.ariaLabel = description;
    this.#end();
  }

  /** Shows the image at `url` once it is there. Throws when it does not come, the signal's reason when that aborts meanwhile. */
  async edge(url: string, description: string, signal: AbortSignal): Promise<void> {
    this.#edgeImage.alt = description;
    this.#edgeImage.src = url;
    try {
      await this.#edgeImage.decode();
    } catch {
      throw new Error(`Expected an image at ${url} but received none`);
    } finally {
      signal.throwIfAborted();
    }
    this.#only(this.#edgeImage);
    this.#end();
  }

  failed(message: string): void {
    this.#problem.textContent = message;
    this.#only(this.#problem);
    this.#end();
  }

  #paint(pixels: Pixels): void {
    const { width, height } = pixels;
    if (this.#canvas.width !== width || this.#canvas.height !== height) Object.assign(this.#canvas, { width, height });
    this.#canvas.getContext("2d")?.putImageData(toImageData(pixels), 0, 0);
    this.#only(this.#canvas);
  }

  #only(shown: HTMLElement): void {
    for (const element of [this.#canvas, this.#edgeImage, this.#problem]) element.hidden = element !== shown;
  }

  #end(): void {
    this.#progress.hidden = true;
    this.#canvas.ariaBusy = "false";
  }
}

function part<K extends keyof HTMLElementTagNameMap>(tag: K, name: string): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  element.part.add(name);
  return element;
}

/** Grey or RGB bytes -> RGBA. */
function toImageData({ pixels, width, height, channels }: Pixels): ImageData {
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = pixels[channels * i + Math.min(c, channels - 1)];
    image.data[4 * i + 3] = 255;
  }
  return image;
}
