/** What the element shows: its child until there is an image, then the image; the progress; or a sentence if there is neither. */
import type { Pixels } from "../../wasm-model/render/image/png.ts";
import { MAX_PIXELS } from "../../wasm-model/request/options.ts";
import { prefersReducedMotion, putPixels } from "../drawing/display.ts";
import type { DrawnImage, ProgressDetail } from "../drawing/protocol.ts";

const STYLE = `
  :host { display: inline-block; position: relative; inline-size: 112px; max-inline-size: 100%; aspect-ratio: 1; vertical-align: middle; }
  :host([hidden]), [hidden] { display: none !important; }
  canvas, slot { border-radius: inherit; }
  canvas, ::slotted(*) { inline-size: 100%; block-size: 100%; object-fit: contain; image-rendering: var(--anneal-rendering, pixelated); }
  canvas.drawn:not(.pixelated) { image-rendering: var(--anneal-rendering, auto); }
  canvas { display: block; }
  canvas:not(.drawn) { background: var(--anneal-background, color-mix(in srgb, currentColor 8%, transparent)); }
  slot { position: absolute; inset: 0; display: block; overflow: hidden; }
  progress { position: absolute; inset: auto 0 0; inline-size: 100%; block-size: 0.25rem; accent-color: var(--anneal-accent, currentColor); }
  p {
    position: absolute; inset: 0; box-sizing: border-box; margin: 0; padding: 0.375rem; overflow: auto; overflow-wrap: anywhere;
    font: 0.6875rem/1.35 system-ui, sans-serif; background: color-mix(in srgb, currentColor 8%, transparent); container-type: inline-size;
  }
  @container (width < 68px) { span { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); } }
`;

/** What visitors read if there is no image; where it is narrower than 80 pixels only those who have it read to them. The event `error` and the console say why. */
const NO_IMAGE = "This image could not be drawn.";

/** Style sheets by their texts, shared by all elements. They are constructed, since a page's Content-Security-Policy may forbid others. */
const styleSheets = new Map<string, CSSStyleSheet>();

export class ElementView {
  readonly #root: ShadowRoot;
  readonly #canvas = partElement("canvas", "image");
  readonly #slot = document.createElement("slot");
  readonly #progress = partElement("progress", "progress");
  readonly #error = partElement("p", "error");
  #description = "";

  constructor(root: ShadowRoot) {
    this.#root = root;
    this.#error.append(Object.assign(document.createElement("span"), { textContent: NO_IMAGE }));
    this.#progress.hidden = this.#error.hidden = true;
    root.append(this.#canvas, this.#slot, this.#progress, this.#error);
    this.#style(STYLE);
    this.#slot.addEventListener("slotchange", () => {
      this.#progress.hidden ||= this.#showsChild();
      this.describe(this.#description);
    });
  }

  #style(...styles: readonly string[]): void {
    this.#root.adoptedStyleSheets = styles.map(styleSheet);
  }

  /** Describes the image for those who cannot see it. Empty: the image is decoration, as it is while a child stands in for it. */
  describe(description: string): void {
    this.#description = description;
    const isNamed = description !== "" && !this.#showsChild();
    this.#canvas.role = isNamed ? "img" : "presentation";
    this.#canvas.ariaLabel = isNamed ? description : null;
    this.#progress.ariaLabel = description ? `Drawing: ${description}` : "Drawing";
  }

  /**
   * Call it when a drawing begins. The previous image stays until there is something to show. `size`: the requested
   * width in pixels.
   */
  begin(size: string | undefined): void {
    this.#fit(Number(size));
    this.#canvas.classList.remove("drawn");
    this.#showNoShare();
    this.#progress.hidden = this.#showsChild();
    this.#error.hidden = true;
    this.#canvas.hidden = false;
  }

  progress({ stage, done, total }: ProgressDetail): void {
    this.#progress.max = total;
    this.#progress.value = done;
    if (stage === "download" && done === total) this.#showNoShare();
  }

  paint(pixels: Pixels): void {
    putPixels(this.#canvas, pixels);
  }

  drawn(image: DrawnImage): void {
    this.paint(image);
    this.#canvas.classList.add("drawn");
    this.#canvas.classList.toggle("pixelated", image.isPixelated);
    this.#slot.hidden = this.#progress.hidden = true;
  }

  /** A child that stands in for the image stays, without a sentence. */
  failed(): void {
    this.#slot.hidden = false;
    this.#canvas.hidden = this.#progress.hidden = true;
    this.#error.hidden = this.#showsChild();
  }

  /**
   * Makes the element as wide as the requested image, unless no image can be so wide. The page's own styles win
   * over this.
   */
  #fit(width: number): void {
    const isSized = Number.isInteger(width) && width > 0 && width * width <= MAX_PIXELS;
    this.#style(STYLE, ...(isSized ? [`:host { inline-size: ${width}px; }`] : []));
  }

  /** Whether a child stands in for the image. */
  #showsChild(): boolean {
    return !this.#slot.hidden && (this.#slot.assignedNodes() as (Element | Text)[]).some(isSeen);
  }

  #showNoShare(): void {
    if (prefersReducedMotion()) this.#progress.value = 0;
    else this.#progress.removeAttribute("value"); // browsers move a bar without a value to and fro
  }
}

/** Whether the text or element is displayed, and not to keep a place. A `noscript` never is, though Chromium's computed style says so. */
const isSeen = (node: Element | Text): boolean =>
  "localName" in node
    ? node.localName !== "noscript" && node.ariaHidden !== "true" && getComputedStyle(node).display !== "none"
    : node.textContent?.trim() !== "";

function styleSheet(style: string): CSSStyleSheet {
  const known = styleSheets.get(style);
  if (known) return known;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  styleSheets.set(style, sheet);
  return sheet;
}

function partElement<K extends keyof HTMLElementTagNameMap>(tag: K, name: "image" | "progress" | "error"): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  element.part.add(name);
  return element;
}
