/**
 * `<anneal-sample>`: one image, drawn on this device. Without `seed` the element chooses one and keeps it. It draws again
 * when an attribute changes. Its child is shown until the image is there.
 */
import { randomSeed } from "../../wasm-model/request/options.ts";
import type { Draw } from "../drawing/device.ts";
import { playback, prefersReducedMotion, screenWidthOf } from "../drawing/display.ts";
import type { DrawingStep, DrawnImage, SampleRequest, Source } from "../drawing/protocol.ts";
import {
  ATTRIBUTE_NAMES,
  type AttributeName,
  adoptProperties,
  altOf,
  attributesOf,
  reflectAttributes,
  requestOf,
  setText,
} from "./attributes.ts";
import type { AnnealSampleElement as Declared, ErrorDetail, LoadDetail, ProgressDetail } from "./embed.d.ts";
import { ElementView } from "./view.ts";

/** So near to the viewport lazy elements draw. One that is not displayed never is near. */
const NEAR = "256px";

/** What a ResizeObserver looks at: pixels of the screen, which change by zooming too, where the browser can. */
const DEVICE_PIXELS =
  "devicePixelContentBoxSize" in (globalThis.ResizeObserverEntry?.prototype ?? {}) ? "device-pixel-content-box" : "content-box";

/** Whether the element can work here. DOMs that tests run in lack some of this. */
const isBrowser = (): boolean =>
  ["matchMedia", "IntersectionObserver", "ResizeObserver", "Worker"].every((name) => name in globalThis) &&
  "part" in Element.prototype &&
  "adoptedStyleSheets" in Document.prototype;

/** Without a DOM: a class to extend, although no element is ever made. */
const Base = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

/** The element with the properties that reflect its attributes. */
export type AnnealSampleElement = AnnealSample & Pick<Declared, AttributeName>;

/** What it offers is documented in README.md beside this file, and declared in embed.d.ts. */
export abstract class AnnealSample extends Base implements Pick<Declared, "seed" | "toBlob"> {
  static readonly observedAttributes: readonly string[] = ATTRIBUTE_NAMES;

  protected abstract readonly drawOnDevice: Draw;
  /** The server that is used when there is no `src`. */
  protected abstract readonly home: Source;

  readonly #view = new ElementView(this.attachShadow({ mode: "open" }));
  /** The value of `seed` if there is no such attribute. */
  readonly #randomSeed = randomSeed();
  #isDrawn = false;
  /** From which width on, in pixels of the screen, the image that is shown would be drawn larger. */
  #largerAbove = Infinity;
  readonly #resizes = new ResizeObserver(() => this.#drawLarger());
  #abort = new AbortController();
  /** The latest drawing; undefined if there is none or it was cancelled. */
  #drawing: Promise<LoadDetail> | undefined;
  /** Whether the drawing must start before its place is in view, and the function that starts a waiting drawing. */
  #isUrgent = false;
  #begin: () => void = () => undefined;

  get seed(): string {
    return this.getAttribute("seed") ?? this.#randomSeed;
  }

  set seed(seed: string | null) {
    setText(this, "seed", seed);
  }

  connectedCallback(): void {
    adoptProperties(this);
    if (!this.#drawing) this.#start();
    this.#resizes.observe(this, { box: DEVICE_PIXELS });
  }

  disconnectedCallback(): void {
    this.#resizes.disconnect();
    if (!this.#isDrawn) this.#giveUp();
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (before === after) return;
    if (name === "alt") this.#describe();
    else if (name !== "loading") {
      this.#giveUp();
      if (this.isConnected) this.#start();
    } else if (!this.#isLazy()) this.#begin();
  }

  /**
   * The image as a PNG file: the bytes that /sample serves for the same options and size. Starts the drawing even if `loading`
   * would wait, and again if it has failed, and waits for its end, or that of the next if an attribute changes meanwhile. Rejects if
   * there is no image, or if the element is not in a page or leaves it.
   */
  async toBlob(): Promise<Blob> {
    if (!this.isConnected) throw new DOMException("Expected <anneal-sample> to be in a page but it is not", "InvalidStateError");
    const drawing = this.#drawing ?? this.#start();
    this.#isUrgent = true;
    this.#begin();
    try {
      return new Blob([await (await drawing).image.png()], { type: "image/png" });
    } catch (error) {
      if (!this.#drawing || this.#drawing === drawing) throw error;
      return this.toBlob();
    }
  }

  #giveUp(): void {
    this.#abort.abort();
    this.#drawing = undefined;
    this.#isUrgent = false;
    this.#isDrawn = false;
    this.#largerAbove = Infinity;
  }

  #start(): Promise<LoadDetail> {
    this.#abort = new AbortController();
    const drawing = this.#run(this.#abort.signal);
    drawing.catch(() => undefined); // the event `error` and `toBlob` report it
    this.#drawing = drawing;
    return drawing;
  }

  async #run(signal: AbortSignal): Promise<LoadDetail> {
    await undefined; // attributes that change together make one drawing
    signal.throwIfAborted();
    this.#describe();
    await this.#untilNear(signal);
    try {
      const detail = { image: await this.#show(signal) };
      this.#isDrawn = true;
      this.#describe(detail.image.label);
      this.#tell<LoadDetail>("load", detail);
      this.#drawLarger(); // it may have grown meanwhile
      return detail;
    } catch (error) {
      signal.throwIfAborted();
      this.#drawing = undefined;
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
  async #untilNear(signal: AbortSignal): Promise<void> {
    if (this.#isLazy() && !this.#isUrgent) {
      const observer = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && this.#begin(), { rootMargin: NEAR });
      await new Promise<void>((resolve) => {
        this.#begin = resolve;
        signal.addEventListener("abort", () => resolve());
        observer.observe(this);
      });
      observer.disconnect();
    }
    signal.throwIfAborted();
  }

  async #show(signal: AbortSignal): Promise<DrawnImage> {
    this.#view.begin(this.getAttribute("size") ?? undefined);
    const request = this.#request();
    const play = playback((image) => this.#view.paint(image), signal);
    let played: Promise<void> | undefined;
    const onProgress = ({ frame, ...progress }: DrawingStep) => {
      this.#view.progress(progress);
      this.#tell<ProgressDetail>("progress", progress);
      if (frame) played = play(frame.noisy);
    };
    const animate = request.animate && !prefersReducedMotion();
    const image = await this.drawOnDevice({ ...request, animate }, { signal, onProgress, screenWidth: () => screenWidthOf(this) });
    await played;
    this.#put(image, signal);
    return image;
  }

  #request(): SampleRequest {
    return requestOf({ ...attributesOf(this), seed: this.seed }, this.home);
  }

  #put(image: DrawnImage, signal: AbortSignal): void {
    signal.throwIfAborted();
    this.#view.drawn(image);
    this.#largerAbove = image.largerAbove ?? Infinity;
  }

  /** Draws the same image larger, without a word, where its place has become so: a dialog that was closed has opened, for example. */
  async #drawLarger(): Promise<void> {
    if (screenWidthOf(this) <= this.#largerAbove) return;
    this.#largerAbove = Infinity; // once
    const { signal } = this.#abort;
    const options = { signal, onProgress: () => undefined, screenWidth: () => screenWidthOf(this) };
    try {
      const image = await this.drawOnDevice({ ...this.#request(), animate: false }, options);
      this.#put(image, signal);
      this.#drawing = Promise.resolve({ image });
    } catch (error) {
      if (!signal.aborted) console.warn("<anneal-sample>:", error); // the smaller image stays
    }
  }

  /** `label`: the name of the class of the image that is shown, or the one that is asked for. */
  #describe(label: string | null | undefined = this.getAttribute("label")): void {
    this.#view.describe(altOf({ alt: this.getAttribute("alt"), label }));
  }

  #tell<T>(type: "progress" | "load" | "error", detail: T): void {
    this.dispatchEvent(new CustomEvent<T>(type, { detail }));
  }
}

reflectAttributes(AnnealSample);

/**
 * Makes `name` an element that draws so, by default with what is at `home`. Without a browser, or where a page has the element
 * already, perhaps by another copy of the script, it does nothing: the element shows its children.
 */
export function register(name: string, draw: Draw, home: Source): void {
  if (!globalThis.customElements || !isBrowser() || customElements.get(name)) return;
  customElements.define(
    name,
    class extends AnnealSample {
      protected override readonly drawOnDevice = draw;
      protected override readonly home = home;
    },
  );
}
