/** What the element shows: its child until there is an image, the image, how far it is, or what is wrong. */
import type { Pixels } from "../../wasm-model/render/image/png.ts";
import { prefersCalm } from "./calm.ts";
import { toImageData } from "./image-data.ts";
import type { DrawnImage, Progress } from "./protocol.ts";
import { CUSTOM_PROPERTIES, type PARTS, RENDERED_BY } from "./table.ts";

const custom = (name: keyof typeof CUSTOM_PROPERTIES): string => `var(${name}, ${CUSTOM_PROPERTIES[name].default})`;

const STYLE = `
  :host { display: inline-block; position: relative; inline-size: 112px; max-inline-size: 100%; aspect-ratio: 1; vertical-align: middle; }
  :host([hidden]), [hidden] { display: none !important; }
  canvas, img, slot { border-radius: inherit; }
  canvas, img, ::slotted(*) { inline-size: 100%; block-size: 100%; object-fit: contain; image-rendering: ${custom("--anneal-rendering")}; }
  canvas, img { display: block; }
  :host(:not([${RENDERED_BY.name}])) canvas { background: ${custom("--anneal-background")}; }
  slot { position: absolute; inset: 0; display: block; overflow: hidden; }
  progress { position: absolute; inset: auto 0 0; inline-size: 100%; block-size: 0.25rem; accent-color: ${custom("--anneal-accent")}; }
  p {
    position: absolute; inset: 0; box-sizing: border-box; margin: 0; padding: 0.375rem; overflow: auto; overflow-wrap: anywhere;
    font: 0.6875rem/1.35 system-ui, sans-serif; background: color-mix(in srgb, currentColor 8%, transparent);
  }
  p.long { padding: 0.25rem; font-size: 0.625rem; line-height: 1.2; }
  p.over { inset: auto 0 0; max-block-size: 65%; background: Canvas; color: CanvasText; }
`;

/** Characters of a sentence that the element's own size has room for; a longer one is set smaller. */
const LONG = 90;

/** Style sheets by their text, constructed, for a page's Content-Security-Policy may forbid others. All elements share them. */
const sheets = new Map<string, CSSStyleSheet>();

/** What is in an element of which nothing is drawn; each gets a copy. */
let contents: DocumentFragment | undefined;

export class View {
  readonly #root: ShadowRoot;
  readonly #canvas: HTMLCanvasElement;
  readonly #edgeImage: HTMLImageElement;
  readonly #slot: HTMLSlotElement;
  readonly #progress: HTMLProgressElement;
  readonly #error: HTMLParagraphElement;

  constructor(root: ShadowRoot) {
    contents ??= undrawn();
    root.append(contents.cloneNode(true));
    root.adoptedStyleSheets = [sheet(STYLE)];
    this.#root = root;
    [this.#canvas, this.#edgeImage, this.#slot, this.#progress, this.#error] = root.children as unknown as Parts;
  }

  /** What stands in for the image where it cannot be seen; empty where it only decorates. */
  describe(description: string): void {
    this.#canvas.role = description ? "img" : "presentation";
    this.#canvas.ariaLabel = description || null;
    this.#edgeImage.alt = description;
    this.#progress.ariaLabel = description ? `Drawing: ${description}` : "Drawing";
  }

  /** A new drawing begins; what was shown before stays until there is something to see. `size`: pixels of a side, as it was asked for. */
  begin(size: string | undefined): void {
    const isSized = size && /^\d+$/.test(size);
    // as a style that the page's styles win over
    this.#root.adoptedStyleSheets = [sheet(STYLE), ...(isSized ? [sheet(`:host { inline-size: ${size}px; }`)] : [])];
    this.#canvas.ariaBusy = "true";
    this.#wait();
    this.#progress.hidden = false;
    if (!this.#error.hidden) this.#only(this.#canvas);
  }

  progress({ stage, done, total }: Progress): void {
    this.#progress.max = total;
    this.#progress.value = done;
    if (stage === "download" && done === total) this.#wait();
  }

  paint(pixels: Pixels): void {
    const { width, height } = pixels;
    if (this.#canvas.width !== width || this.#canvas.height !== height) Object.assign(this.#canvas, { width, height });
    this.#canvas.getContext("2d")?.putImageData(toImageData(pixels), 0, 0);
    this.#only(this.#canvas);
  }

  drawn(image: DrawnImage): void {
    this.paint(image);
    this.#slot.hidden = true;
    this.stop();
  }

  /** Shows the image at `url` once it is there. Throws when it does not come, the signal's reason when that aborts meanwhile. */
  async edge(url: string, signal: AbortSignal): Promise<void> {
    this.#edgeImage.src = url;
    try {
      await this.#edgeImage.decode();
    } finally {
      signal.throwIfAborted();
    }
    this.#only(this.#edgeImage);
    this.#slot.hidden = true;
    this.stop();
  }

  /** A child that is there to be seen stays, and the sentence stands below. */
  failed(message: string): void {
    this.#slot.hidden = false;
    this.#error.classList.toggle("over", this.#slot.assignedElements().some(isSeen));
    this.#error.classList.toggle("long", message.length > LONG);
    this.#error.textContent = message;
    this.#error.title = message;
    this.#only(this.#error);
    this.stop();
  }

  /** No drawing is under way. */
  stop(): void {
    this.#progress.hidden = true;
    this.#canvas.ariaBusy = "false";
  }

  /** Nobody knows for how long. */
  #wait(): void {
    if (prefersCalm()) this.#progress.value = 0;
    else this.#progress.removeAttribute("value"); // browsers move a bar without a value to and fro
  }

  #only(shown: HTMLElement): void {
    for (const element of [this.#canvas, this.#edgeImage, this.#error]) element.hidden = element !== shown;
  }
}

/** Whether it is displayed: a `noscript` is not. */
const isSeen = (element: Element): boolean => getComputedStyle(element).display !== "none";

type Parts = [HTMLCanvasElement, HTMLImageElement, HTMLSlotElement, HTMLProgressElement, HTMLParagraphElement];

function undrawn(): DocumentFragment {
  const image = part("img", "image");
  const progress = part("progress", "progress");
  const error = part("p", "error");
  error.role = "alert";
  error.tabIndex = 0; // so that the keyboard can scroll a long sentence
  for (const element of [image, progress, error]) element.hidden = true;
  const fragment = document.createDocumentFragment();
  fragment.append(part("canvas", "image"), image, document.createElement("slot"), progress, error);
  return fragment;
}

function sheet(style: string): CSSStyleSheet {
  const shared = sheets.get(style) ?? new CSSStyleSheet();
  if (!sheets.has(style)) {
    sheets.set(style, shared);
    shared.replaceSync(style);
  }
  return shared;
}

function part<K extends keyof HTMLElementTagNameMap>(tag: K, name: keyof typeof PARTS): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  element.part.add(name);
  return element;
}
