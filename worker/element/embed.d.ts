/** <anneal-sample>, for TypeScript. */

export interface ProgressDetail {
  readonly stage: "download" | "draw";
  readonly done: number;
  readonly total: number;
}

export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly pixels: Uint8Array;
}

export interface DrawnImage extends Pixels {
  readonly seed: string;
  readonly class: number | undefined;
  readonly label: string | undefined;
  readonly steps: number;
  readonly sampler: string;
  readonly temperature: number;
  readonly guidance: number;
  readonly nfe: number;
  readonly n?: number;
  readonly frames?: readonly Pixels[];
  readonly recipe?: string;
  /** The image as a PNG file, which is encoded when it is asked for. */
  png(): Promise<Uint8Array<ArrayBuffer>>;
}

export interface LoadDetail {
  readonly image: DrawnImage;
}

export interface ErrorDetail {
  readonly error: Error;
}

export interface AnnealSampleEventMap extends Omit<HTMLElementEventMap, "progress" | "load" | "error"> {
  /** Progress: bytes of the engine or the model that have arrived, then network evaluations. */
  progress: CustomEvent<ProgressDetail>;
  /** The image is shown. The detail has it, with the settings that made it. */
  load: CustomEvent<LoadDetail>;
  /** No image could be drawn. The error is a sentence that names the attribute; the console shows it too. Visitors see only that drawing failed. */
  error: CustomEvent<ErrorDetail>;
}

/** What the attributes take. */
interface AttributeValues {
  // attributes: npm run tool -- documents
  /** Text that decides the image: the same seed gives the same image, anywhere. Takes Unicode text of 1 to 256 bytes in UTF-8. */
  seed: string | number;
  /** What to draw: a class by its index or name. Takes a class by its index or name. */
  label: string | number;
  /** Number of noise levels: more steps cost more time and show more detail. Takes an integer from 1 to 64. */
  steps: string | number;
  /** How strongly the class counts (classifier-free guidance): 1 is as trained, 0 ignores the class, more exaggerates it. Any value but 1 doubles the evaluations. Without a class it has no effect, nor with a model that has only one. Takes a number from 0 to 10. */
  guidance: string | number;
  /** Width in pixels; the height follows. Takes an integer from 1 to 16 times the native size. */
  size: string | number;
  /** How an image becomes larger than native: a small network draws smooth edges, or its pixels are repeated (and smoothed if `size` is no whole multiple). The frames of an animation repeat pixels, except the last. Takes one of smooth, pixels. */
  enlarge: "smooth" | "pixels";
  /** A second seed: the image lies between those of the two seeds. Takes Unicode text of 1 to 256 bytes in UTF-8. */
  to: string | number;
  /** Where the image lies between `seed` (0) and `to` (1). Takes a number from 0 to 1. */
  t: string | number;
  /** A grid of this many images, row by row; image k has the seed `{seed}/{k}`. Takes an integer from 1 to 1024. */
  n: string | number;
  /** Colour behind cut-outs, or in place of black in grey images. With `transparent`, every pixel of a grey image has the foreground colour, as opaque as the pixel is bright. Takes a colour of three or six hexadecimal digits, or transparent. */
  background: string | number;
  /** The model that draws: one of the service by its name, or a file by its address, which contains a slash or ends with .onnx and needs no service. Takes the name of a model, or a URL. */
  model: string | number;
  /** An address on the service whose models draw. If the service is mounted under a path: that path, with a slash at its end. Takes a URL. */
  src: string | number;
  /** Shows the image as it forms, unless the visitor prefers reduced motion. Takes nothing. */
  animated: boolean;
  /** When to draw: at once, or when the element comes near the viewport. A hidden element waits. Takes one of eager, lazy. */
  loading: "eager" | "lazy";
  /** The text in place of the image, for those who cannot see it. Empty if the image only decorates. Takes text. */
  alt: string | number;
  // /attributes
}

/** A flag's property is a boolean, any other's the attribute's text. */
type PropertyOf<Value> = [Value] extends [boolean] ? boolean : string extends Value ? string : Value | "";

/** Each attribute has a property of its name. */
type AnnealSampleProperties = { [Name in keyof AttributeValues]: PropertyOf<AttributeValues[Name]> };

export interface AnnealSampleElement extends HTMLElement, AnnealSampleProperties {
  /** The image as a PNG file: the bytes that /sample serves for the same options and size. Starts the drawing even if `loading` would wait, and again if it has failed, and waits for its end, or that of the next if an attribute changes meanwhile. Rejects if there is no image, or if the element is not in a page or leaves it. */
  toBlob(): Promise<Blob>;
  addEventListener<K extends keyof AnnealSampleEventMap>(
    type: K,
    listener: (this: AnnealSampleElement, event: AnnealSampleEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
  removeEventListener<K extends keyof AnnealSampleEventMap>(
    type: K,
    listener: (this: AnnealSampleElement, event: AnnealSampleEventMap[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | EventListenerOptions): void;
}

/** What the element takes in JSX, where the framework adds its own attributes of every element. */
export type AnnealSampleAttributes = { readonly [Name in keyof AttributeValues]?: AttributeValues[Name] | undefined };

declare global {
  interface HTMLElementTagNameMap {
    "anneal-sample": AnnealSampleElement;
  }
}
