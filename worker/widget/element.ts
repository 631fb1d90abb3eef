/**
 * `<anneal-sample>`: one image, drawn on this device, or by the server if the device cannot. What it offers is described
 * above the class and its members; the files for editors and the documents are made from that (test/tools/widget.ts).
 * Without `seed` the element chooses one and keeps it. Without
 * `src` it uses the server of its script. It draws again when an attribute changes. Its child is shown until the
 * image is there.
 */
import { randomSeed } from "../../wasm-model/request/options.ts";
import { ATTRIBUTE_NAMES, type Reflected } from "./attributes.ts";
import type { Draw } from "./device.ts";
import { Playback, prefersReducedMotion } from "./display.ts";
import { Nearness } from "./nearness.ts";
import { inAttributes } from "./option-attributes.ts";
import { type DrawingStep, type DrawnImage, type ProgressDetail, RequestError } from "./protocol.ts";
import { adoptProperties, reflectAttributes, setText } from "./reflection.ts";
import { attributesOf, type ElementRequest, requestOf } from "./request.ts";
import { timeSlice } from "./time-slices.ts";
import { View } from "./view.ts";

export type { ProgressDetail } from "./protocol.ts";

/** The detail of the event `load`. */
export type LoadDetail =
  /** The image with the settings that made it. */
  | { readonly renderedBy: "device"; readonly image: DrawnImage }
  /** The address of the server's image, and why this device did not draw it, if it was asked to. */
  | { readonly renderedBy: "edge"; readonly url: string; readonly reason?: Error };

/** The detail of the event `error`. */
export interface ErrorDetail {
  readonly error: Error;
}

/** Without a DOM: a class to extend, although no element is ever made. */
const Base = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

const visible = new Nearness("0px");
const near = new Nearness("256px");

/** The element with the properties that reflect its attributes. */
export type AnnealSampleElement = AnnealSample & Reflected;

/**
 * An image that a small network draws on the device.
 *
 * @tag anneal-sample
 *
 * @attr {string} [model=the server's first model] The model that draws. Takes the name of a model.
 * @attr {string} [src=where the script came from] An address on the server whose models draw. If the server is mounted
 *   under a path: that path, with a slash at its end. Takes a URL.
 * @attr {"simd" | "edge"} [runtime=simd] What runs the network: our own engine on this device, or the server. The server
 *   also draws what the device cannot. Takes one of simd, edge.
 * @attr {boolean} [animate=absent] Shows the image as it forms, unless the visitor prefers reduced motion. Takes nothing.
 * @attr {"eager" | "lazy"} [loading=eager] When to draw: at once, or when the element comes near the viewport. A hidden
 *   element waits. A printed page shows the server's image in place of one that still waits. Takes one of eager, lazy.
 * @attr {string} [alt=class and seed, in words] The text in place of the image, for those who cannot see it. Empty if the
 *   image only decorates. Takes text.
 * @attr {string} [name=none] Its name in a form; its value is the seed. The form's reset button restores the first seed.
 *   Takes text.
 *
 * @fires {CustomEvent<ProgressDetail>} progress Progress: bytes of the engine or the model that have arrived, then network
 *   evaluations.
 * @fires {CustomEvent<LoadDetail>} load The image is shown. The detail tells who drew it.
 * @fires {CustomEvent<ErrorDetail>} error No image could be drawn. The error is a sentence that names the attribute; the
 *   console shows it too. Visitors read only that there is no image.
 *
 * @slot - Shown until the image is there, for example an `img` from the server. If no image can be drawn it stays, above
 *   the error.
 *
 * @csspart image The image: a `canvas`, or an `img` where the server drew it.
 * @csspart progress The progress bar.
 * @csspart error The sentence that visitors read if no image could be drawn.
 *
 * @cssstate device The image is shown; this device drew it.
 * @cssstate edge The image is shown; the server drew it.
 *
 * @cssprop [--anneal-background=color-mix(in srgb, currentColor 8%, transparent)] The background until the image is shown.
 * @cssprop [--anneal-accent=currentColor] Colour of the progress bar.
 * @cssprop [--anneal-rendering=pixelated] How pixels are enlarged: a value of `image-rendering`.
 */
export abstract class AnnealSample extends Base {
  static readonly formAssociated = true;
  static readonly observedAttributes: readonly string[] = ATTRIBUTE_NAMES;

  protected abstract readonly drawOnDevice: Draw;
  /** The server that is used when there is no `src`. */
  protected abstract readonly home: string;

  readonly #view = new View(this.attachShadow({ mode: "open" }));
  readonly #internals = this.attachInternals();
  /**
   * The value of `seed` if there is no such attribute, and the attribute's value when the element first came into a
   * page, which a form reset restores.
   */
  #ownSeed = randomSeed();
  #firstSeed: string | null | undefined;
  #renderedBy: LoadDetail["renderedBy"] | undefined;
  #abort = new AbortController();
  /** The latest drawing; undefined if there is none or it was cancelled. */
  #drawing: Promise<LoadDetail> | undefined;
  /** Whether the drawing must start before its place is in view, and the function that starts a waiting drawing. */
  #isUrgent = false;
  #begin: () => void = () => undefined;

  get seed(): string {
    return this.getAttribute("seed") || this.#ownSeed;
  }

  set seed(seed: string | null) {
    setText(this, "seed", seed);
  }

  /** The form that the element belongs to. */
  get form(): HTMLFormElement | null {
    return this.#internals.form;
  }

  /** Who drew the image; undefined until it is shown. */
  get renderedBy(): "device" | "edge" | undefined {
    return this.#renderedBy;
  }

  connectedCallback(): void {
    adoptProperties(this);
    if (this.#firstSeed === undefined) this.#firstSeed = this.getAttribute("seed");
    visible.watch(this);
    near.watch(this);
    this.#internals.setFormValue(this.seed);
    if (!this.#drawing) this.#start();
  }

  disconnectedCallback(): void {
    visible.forget(this);
    near.forget(this);
    if (!this.#renderedBy) this.#giveUp();
  }

  formResetCallback(): void {
    setText(this, "seed", this.#firstSeed);
  }

  /** Called when the visitor goes back to the page. `seed`: the seed when the page was left. */
  formStateRestoreCallback(seed: unknown): void {
    if (typeof seed !== "string" || seed === this.seed) return;
    this.#ownSeed = seed;
    if (this.hasAttribute("seed")) this.setAttribute("seed", seed);
    else this.#drawAnew();
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (before === after || name === "name") return;
    if (name === "alt") this.#describe();
    else if (name !== "loading") this.#drawAnew();
    else if (!this.#isLazy()) this.#begin();
  }

  /**
   * Draws again with the same seed, at once, even if `loading` would wait. Rejects when the event `error` is sent.
   */
  draw(): Promise<LoadDetail> {
    if (!this.isConnected) {
      return Promise.reject(new DOMException("Expected <anneal-sample> to be in a page but it is not", "InvalidStateError"));
    }
    this.#giveUp();
    this.#isUrgent = true;
    return this.#start();
  }

  /**
   * Stops drawing within one network evaluation, until an attribute changes or `draw()` is called. A finished image
   * stays.
   */
  cancel(): void {
    if (this.#renderedBy) return;
    this.#giveUp();
    this.#view.stop();
  }

  /**
   * The image as a PNG file: the bytes that /sample serves for the same options. Starts the drawing even if `loading`
   * would wait, and waits for its end, or that of the next if an attribute changes meanwhile. Rejects if there is no
   * image, or if the element is not in a page or leaves it.
   */
  async toBlob(): Promise<Blob> {
    const drawing = this.#drawing ?? this.draw();
    this.#isUrgent = true;
    this.#begin();
    try {
      return await pngOf(await drawing);
    } catch (error) {
      if (!this.#drawing || this.#drawing === drawing) throw error;
      return this.toBlob();
    }
  }

  #giveUp(): void {
    this.#abort.abort();
    this.#drawing = undefined;
    this.#isUrgent = false;
    this.#stand(undefined);
  }

  #drawAnew(): void {
    this.#internals.setFormValue(this.seed);
    this.#giveUp();
    if (this.isConnected) this.#start();
  }

  #start(): Promise<LoadDetail> {
    this.#abort = new AbortController();
    const drawing = this.#run(this.#abort.signal);
    drawing.catch(() => undefined); // the event `error` and `toBlob` report it
    this.#drawing = drawing;
    return drawing;
  }

  async #run(signal: AbortSignal): Promise<LoadDetail> {
    await timeSlice(); // attributes that change together make one drawing
    signal.throwIfAborted();
    this.#describe();
    await this.#turn(signal);
    try {
      const detail = await this.#show(signal);
      this.#stand(detail.renderedBy);
      this.#describe(detail);
      this.#tell<LoadDetail>("load", detail);
      return detail;
    } catch (error) {
      signal.throwIfAborted();
      this.#view.failed();
      console.error("<anneal-sample>:", error);
      this.#tell<ErrorDetail>("error", { error: error as Error });
      throw error;
    }
  }

  #isLazy(): boolean {
    return this.getAttribute("loading")?.toLowerCase() === "lazy";
  }

  /** Resolves when the element may be drawn. Throws the signal's reason when that aborts. */
  async #turn(signal: AbortSignal): Promise<void> {
    if (this.#isLazy() && !this.#isUrgent) {
      this.#waitInPrint();
      await new Promise<void>((resolve) => {
        this.#begin = resolve;
        signal.addEventListener("abort", () => resolve());
        near.whenInside(this, resolve);
      });
      await timeSlice();
    }
    signal.throwIfAborted();
  }

  #waitInPrint(): void {
    try {
      this.#view.wait(this.#request().edgeUrl);
    } catch {} // the event `error` reports what is wrong when the image is drawn
  }

  /** Throws `RequestError` as `requestOf` does. */
  #request(): ElementRequest {
    return requestOf({ src: this.home, ...attributesOf(this), seed: this.seed });
  }

  async #show(signal: AbortSignal): Promise<LoadDetail> {
    this.#view.begin(this.getAttribute("size") ?? undefined);
    const { runtime, device, edgeUrl } = this.#request();
    const animate = device.animate && !prefersReducedMotion();
    const url = animate ? edgeUrl + ANIMATED : edgeUrl;
    if (runtime === "edge") return this.#showEdge(url, signal);
    try {
      const playback = new Playback((image) => this.#view.paint(image), signal);
      const onProgress = ({ frame, ...progress }: DrawingStep) => {
        this.#view.progress(progress);
        this.#tell<ProgressDetail>("progress", progress);
        if (frame) playback.add(frame.noisy);
      };
      const image = await this.drawOnDevice({ ...device, animate }, { signal, onProgress, isVisible: () => visible.has(this) });
      await playback.finished();
      signal.throwIfAborted();
      this.#view.drawn(image);
      return { renderedBy: "device", image };
    } catch (reason) {
      if (signal.aborted || reason instanceof RequestError) throw reason;
      return { ...(await this.#showEdge(url, signal, reason as Error)), reason: reason as Error };
    }
  }

  /** `cause`: why this device did not draw. */
  async #showEdge(url: string, signal: AbortSignal, cause?: Error): Promise<LoadDetail & { readonly renderedBy: "edge" }> {
    try {
      await this.#view.edge(url, signal);
      return { renderedBy: "edge", url };
    } catch {
      signal.throwIfAborted();
      const sentence = await reasonOf(url, signal);
      signal.throwIfAborted();
      throw new Error(sentence ?? `Expected an image at ${url} but received none`, { cause });
    }
  }

  /** `detail`: the image that is shown, if there is one. */
  #describe(detail?: LoadDetail): void {
    const label = detail?.renderedBy === "device" ? detail.image.label : this.getAttribute("label");
    const named = label && /^\d+$/.test(label) ? `class ${label}` : label;
    this.#view.describe(this.getAttribute("alt") ?? titleOf(named ?? undefined, this.seed));
  }

  /** The element sets no attribute: React would report one that the server did not render. */
  #stand(renderedBy: LoadDetail["renderedBy"] | undefined): void {
    this.#renderedBy = renderedBy;
    const { states } = this.#internals;
    try {
      states?.clear();
      if (renderedBy) states?.add(renderedBy);
    } catch {} // browsers without `:state()` took other names
  }

  #tell<T>(type: "progress" | "load" | "error", detail: T): void {
    this.dispatchEvent(new CustomEvent<T>(type, { detail }));
  }
}

/** Appended to the address of the server's image for its animation. */
const ANIMATED = "&format=apng";

async function pngOf(detail: LoadDetail): Promise<Blob> {
  if (detail.renderedBy === "device") return new Blob([detail.image.png], { type: "image/png" });
  const url = detail.url.replace(ANIMATED, "");
  const response = await fetch(url);
  if (!response.ok) throw new Error(`Expected an image at ${url} but received HTTP status ${response.status}`);
  return response.blob();
}

/** The server's own sentence about why there is no image, if it gives one. */
async function reasonOf(url: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const response = await fetch(url, { signal });
    if (response.ok) return undefined;
    const { detail, key } = (await response.json()) as { readonly detail?: string; readonly key?: string };
    return detail && inAttributes(detail, key ?? "");
  } catch {
    return undefined;
  }
}

reflectAttributes(AnnealSample);

/** An image in words, for those who cannot see it: "Sample of Bag, seed 7". `label`: its class, if it has one. */
const titleOf = (label: string | undefined, seed: string): string => `${label ? `Sample of ${label}` : "Sample"}, seed ${seed}`;
