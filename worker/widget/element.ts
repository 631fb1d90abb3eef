/**
 * `<anneal-sample src seed class steps sampler temperature guidance size model runtime>`: one sample, drawn on this device, or by the edge where the device cannot.
 *
 * Without `seed` the element chooses one, without `src` it uses the server that its script came from. When an attribute changes, the image is drawn
 * anew. Until the script is there, a browser shows the element's children.
 *
 * What the page can see: the attribute `rendered-by` (`device` or `edge`) as soon as the image stands; the events `load` (`LoadDetail`) and `error`
 * (`ErrorDetail`), which do not bubble; `png()`, the image's file. Parts for its styles: `image`, `progress`, `problem`.
 */
import { randomSeed } from "../../wasm-model/request/random-seed.ts";
import type { Draw } from "./device.ts";
import { type DrawnImage, RequestError } from "./protocol.ts";
import { ATTRIBUTES, attributesOf, requestOf } from "./request.ts";
import { View } from "./view.ts";

/** Of the event `load`. */
export type LoadDetail =
  /** The image with the settings that made it. */
  | { readonly renderedBy: "device"; readonly image: DrawnImage }
  /** Where the image is, and why this device did not draw it. */
  | { readonly renderedBy: "edge"; readonly url: string; readonly reason: Error };

/** Of the event `error`. */
export interface ErrorDetail {
  readonly error: Error;
}

/** The element without its surroundings, which `define.ts` gives it. */
export abstract class AnnealSample extends HTMLElement {
  static readonly observedAttributes: readonly string[] = ATTRIBUTES;

  protected abstract readonly draw: Draw;
  /** The server that is used when there is no `src`. */
  protected abstract readonly home: string;

  readonly #view = new View(this.attachShadow({ mode: "open" }));
  readonly #ownSeed = randomSeed();
  #abort = new AbortController();
  /** The latest drawing; undefined when there is none or it was given up. */
  #drawing: Promise<LoadDetail> | undefined;

  connectedCallback(): void {
    if (!this.#drawing) this.#start();
  }

  disconnectedCallback(): void {
    if (!this.hasAttribute("rendered-by")) this.#giveUp();
  }

  attributeChangedCallback(_name: string, before: string | null, after: string | null): void {
    if (before === after) return;
    this.#giveUp();
    if (this.isConnected) this.#start();
  }

  /**
   * The image as a PNG file, the very bytes that /sample serves for the same options. Waits for the drawing, or for the new one when an attribute
   * changes meanwhile. Rejects when there can be no image, or when the element is not in a page or leaves it too early.
   */
  async png(): Promise<Blob> {
    const drawing = this.#drawing;
    if (!drawing) throw new DOMException("Expected <anneal-sample> to be in a page but it is in none", "InvalidStateError");
    try {
      return await pngOf(await drawing);
    } catch (error) {
      if (!this.#drawing || this.#drawing === drawing) throw error;
      return this.png();
    }
  }

  #giveUp(): void {
    this.#abort.abort();
    this.#drawing = undefined;
    this.removeAttribute("rendered-by");
  }

  #start(): void {
    this.#abort = new AbortController();
    this.#drawing = this.#run(this.#abort.signal);
    this.#drawing.catch(() => undefined); // whoever wants to know listens to `error` or asks for the PNG
  }

  async #run(signal: AbortSignal): Promise<LoadDetail> {
    await undefined; // attributes that change together make one drawing
    signal.throwIfAborted();
    try {
      const detail = await this.#show(signal);
      this.setAttribute("rendered-by", detail.renderedBy);
      this.dispatchEvent(new CustomEvent<LoadDetail>("load", { detail }));
      return detail;
    } catch (error) {
      signal.throwIfAborted();
      this.#view.failed((error as Error).message);
      this.dispatchEvent(new CustomEvent<ErrorDetail>("error", { detail: { error: error as Error } }));
      throw error;
    }
  }

  async #show(signal: AbortSignal): Promise<LoadDetail> {
    const attributes = { seed: this.#ownSeed, src: this.home, ...attributesOf(this) };
    const { device, edgeUrl } = requestOf(attributes);
    const description = describe(attributes.class, attributes.seed);
    this.#view.begin(description, attributes.size);
    try {
      const image = await this.draw(device, { signal, onStep: (step) => this.#view.step(step) });
      this.#view.drawn(image, describe(image.label, image.seed));
      return { renderedBy: "device", image };
    } catch (reason) {
      if (signal.aborted || reason instanceof RequestError) throw reason;
      await this.#view.edge(edgeUrl, description, signal).catch((error) => {
        throw signal.aborted ? error : new Error(error.message, { cause: reason });
      });
      return { renderedBy: "edge", url: edgeUrl, reason: reason as Error };
    }
  }
}

/** What stands in for the image where it cannot be seen. */
function describe(label: string | undefined, seed: string): string {
  return `${label ? `Sample of ${/^\d+$/.test(label) ? `class ${label}` : label}` : "Sample"}, seed ${seed}`;
}

async function pngOf(detail: LoadDetail): Promise<Blob> {
  if (detail.renderedBy === "device") return new Blob([detail.image.png], { type: "image/png" });
  const response = await fetch(detail.url);
  if (!response.ok) throw new Error(`Expected an image at ${detail.url} but received HTTP status ${response.status}`);
  return response.blob();
}
