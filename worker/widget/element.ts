/**
 * `<anneal-sample>`: one picture, drawn on this device, or by the edge where the device cannot. What it has is in table.ts.
 *
 * Without `seed` the element chooses one and keeps it, without `src` it uses the server that its script came from. When an attribute changes, the image is drawn
 * anew. Until it stands, the element's child is shown.
 */
import { titleOf } from "../../wasm-model/render/title.ts";
import { randomSeed } from "../../wasm-model/request/random-seed.ts";
import { prefersCalm } from "./calm.ts";
import type { Draw } from "./device.ts";
import { Nearness } from "./nearness.ts";
import { Playback } from "./playback.ts";
import { type DrawingStep, type DrawnImage, type Progress, RequestError } from "./protocol.ts";
import { adoptProperties, reflectAttributes, setText } from "./reflection.ts";
import { attributesOf, type ElementRequest, requestOf } from "./request.ts";
import { ATTRIBUTE_NAMES, inAttributes, type Reflected } from "./table.ts";
import { timeSlice } from "./time-slices.ts";
import { View } from "./view.ts";

/** Of the event `progress`. */
export type ProgressDetail = Progress;

/** Of the event `load`. */
export type LoadDetail =
  /** The image with the settings that made it. */
  | { readonly renderedBy: "device"; readonly image: DrawnImage }
  /** Where the image is, and why this device did not draw it, where it was to. */
  | { readonly renderedBy: "edge"; readonly url: string; readonly reason?: Error };

/** Of the event `error`. */
export interface ErrorDetail {
  readonly error: Error;
}

/** What there is where there is no DOM: a class to extend, which no one makes an element of. */
const Base = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

const visible = new Nearness("0px");
const near = new Nearness("256px");

/** The element with the properties that reflect its attributes. */
export type AnnealSampleElement = AnnealSample & Reflected;

/** The element without its surroundings, which `define.ts` gives it. */
export abstract class AnnealSample extends Base {
  static readonly formAssociated = true;
  static readonly observedAttributes: readonly string[] = ATTRIBUTE_NAMES;

  protected abstract readonly drawOnDevice: Draw;
  /** The server that is used when there is no `src`. */
  protected abstract readonly home: string;

  readonly #view = new View(this.attachShadow({ mode: "open" }));
  readonly #internals = this.attachInternals();
  /** What `seed` is where there is no such attribute; and the attribute as the element first came into a page, where its form puts it back to. */
  #ownSeed = randomSeed();
  #firstSeed: string | null | undefined;
  #renderedBy: LoadDetail["renderedBy"] | undefined;
  #abort = new AbortController();
  /** The latest drawing; undefined when there is none or it was given up. */
  #drawing: Promise<LoadDetail> | undefined;
  /** Whether the drawing may not wait for its place to come into view, and what lets one begin that waits. */
  #isUrgent = false;
  #begin: () => void = () => undefined;

  get seed(): string {
    return this.getAttribute("seed") || this.#ownSeed;
  }

  set seed(seed: string | null) {
    setText(this, "seed", seed);
  }

  get form(): HTMLFormElement | null {
    return this.#internals.form;
  }

  get renderedBy(): LoadDetail["renderedBy"] | undefined {
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

  /** The browser's Back: the seed is the one that the page was left with. */
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

  draw(): Promise<LoadDetail> {
    if (!this.isConnected) {
      return Promise.reject(new DOMException("Expected <anneal-sample> to be in a page but it is in none", "InvalidStateError"));
    }
    this.#giveUp();
    this.#isUrgent = true;
    return this.#start();
  }

  cancel(): void {
    if (this.#renderedBy) return;
    this.#giveUp();
    this.#view.stop();
  }

  /**
   * Waits for the drawing, or for the new one when an attribute changes meanwhile. Rejects when there can be no image, or when the element is not in a page or
   * leaves it too early.
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
    drawing.catch(() => undefined); // whoever wants to know listens to `error` or asks for the PNG
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
    } catch {} // no URL in `src`: the event `error` tells it when the picture is drawn
  }

  /** Throws `RequestError` when `src` is no URL. */
  #request(): ElementRequest {
    return requestOf({ src: this.home, ...attributesOf(this), seed: this.seed });
  }

  async #show(signal: AbortSignal): Promise<LoadDetail> {
    this.#view.begin(this.getAttribute("size") ?? undefined);
    const { device, edgeUrl } = this.#request();
    const animate = device.animate && !prefersCalm();
    const url = animate ? edgeUrl + ANIMATED : edgeUrl;
    if (device.runtime === "edge") return this.#showEdge(url, signal);
    try {
      const playback = new Playback((picture) => this.#view.paint(picture), signal);
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

  /** `detail`: what stands there, where something does. */
  #describe(detail?: LoadDetail): void {
    const label = detail?.renderedBy === "device" ? detail.image.label : this.getAttribute("label");
    const named = label && /^\d+$/.test(label) ? `class ${label}` : label;
    this.#view.describe(this.getAttribute("alt") ?? titleOf(named ?? undefined, this.seed));
  }

  /** No attribute says who drew: React would find one that the server did not render. */
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

/** How the edge is asked for the forming picture. */
const ANIMATED = "&format=apng";

async function pngOf(detail: LoadDetail): Promise<Blob> {
  if (detail.renderedBy === "device") return new Blob([detail.image.png], { type: "image/png" });
  const url = detail.url.replace(ANIMATED, "");
  const response = await fetch(url);
  if (!response.ok) throw new Error(`Expected an image at ${url} but received HTTP status ${response.status}`);
  return response.blob();
}

/** Why the server gives no image, in its own sentence; nothing where it says none. */
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
