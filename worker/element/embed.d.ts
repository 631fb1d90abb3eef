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
  readonly png: Uint8Array<ArrayBuffer>;
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

export interface AnnealSampleElement extends HTMLElement {
  // properties: npm run tool -- documents
  /** Text that decides the image: the same seed gives the same image, anywhere. Takes Unicode text of 1 to 256 bytes in UTF-8. */
  seed: string;
  /** What to draw: a class by its index or name. Takes a class by its index or name. */
  label: string;
  /** Number of noise levels: more steps cost more time and show more detail. Takes an integer from 1 to 64. */
  steps: string;
  /** How the noise is annealed: multistep Langevin, the paper's annealed Langevin dynamics, or Heun's method on the probability-flow ODE. Takes one of langevin, ald, heun. */
  sampler: "langevin" | "ald" | "heun" | "";
  /** Share of fresh noise in each step of `langevin`: 0 is deterministic (the probability flow), 1 renews all noise. With it or `extrapolation`, the noise levels are Karras' grid. Other samplers ignore both. Takes a number from 0 to 1. */
  churn: string;
  /** Weight of the newest denoised image against the one before it, in `langevin`: 1 is no extrapolation (with churn, consistent annealed sampling), more takes larger steps. Takes a number from 0 to 10. */
  extrapolation: string;
  /** Multiplies the variance of the noise that each step adds: 1 is exact, 0 follows the gradient. Without fresh noise it has no effect. Takes a number from 0 to 2. */
  temperature: string;
  /** How strongly the class counts (classifier-free guidance): 1 is as trained, 0 ignores the class, more exaggerates it. Any value but 1 doubles the evaluations. Without a class it has no effect, nor with a model that has only one. Takes a number from 0 to 10. */
  guidance: string;
  /** Width in pixels; the height follows. Takes an integer from 1 to 16 times the native size. */
  size: string;
  /** How an image becomes larger than native: a small network draws smooth edges, or its pixels are repeated (and smoothed if `size` is no whole multiple). The frames of an animation repeat pixels, except the last. Takes one of smooth, pixels. */
  enlarge: "smooth" | "pixels" | "";
  /** For pixel art: exactly the model's colours, or as the network drew them. Takes one of exact, free. */
  palette: "exact" | "free" | "";
  /** A second seed: the image lies between those of the two seeds. Takes Unicode text of 1 to 256 bytes in UTF-8. */
  to: string;
  /** Where the image lies between `seed` (0) and `to` (1). Takes a number from 0 to 1. */
  t: string;
  /** A grid of this many images, row by row; image k has the seed `{seed}/{k}`. Takes an integer from 1 to 1024. */
  n: string;
  /** Colour behind cut-outs, or in place of black in grey images. With `transparent`, every pixel of a grey image has the foreground colour, as opaque as the pixel is bright. Takes a colour of three or six hexadecimal digits, or transparent. */
  background: string;
  /** Colour in place of white, for grey models. Takes a colour of three or six hexadecimal digits. */
  foreground: string;
  /** Rounds the corners of each image by this percentage of its shorter side: 50 makes a circle. Outside the corners the image is transparent. Takes an integer from 0 to 50. */
  radius: string;
  /** The model that draws: one of the service by its name, or a file by its address, which contains a slash or ends with .onnx and needs no service (at most 16 MB and 1 GMAC an evaluation). Takes the name of a model, or a URL. */
  model: string;
  /** An address on the service whose models draw. If the service is mounted under a path: that path, with a slash at its end. Takes a URL. */
  src: string;
  /** Shows the image as it forms, unless the visitor prefers reduced motion. Takes nothing. */
  animated: boolean;
  /** When to draw: at once, or when the element comes near the viewport. A hidden element waits. Takes one of eager, lazy. */
  loading: "eager" | "lazy" | "";
  /** The text in place of the image, for those who cannot see it. Empty if the image only decorates. Takes text. */
  alt: string;
  // /properties
  /** Draws again with the same seed, at once, even if `loading` would wait. Rejects when the event `error` is sent. */
  draw(): Promise<LoadDetail>;
  /** The image as a PNG file: the bytes that /sample serves for the same options and size. Starts the drawing even if `loading` would wait, and waits for its end, or that of the next if an attribute changes meanwhile. Rejects if there is no image, or if the element is not in a page or leaves it. */
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
export interface AnnealSampleAttributes {
  // attributes: npm run tool -- documents
  /** Text that decides the image: the same seed gives the same image, anywhere. Takes Unicode text of 1 to 256 bytes in UTF-8. */
  readonly seed?: string | number | undefined;
  /** What to draw: a class by its index or name. Takes a class by its index or name. */
  readonly label?: string | number | undefined;
  /** Number of noise levels: more steps cost more time and show more detail. Takes an integer from 1 to 64. */
  readonly steps?: string | number | undefined;
  /** How the noise is annealed: multistep Langevin, the paper's annealed Langevin dynamics, or Heun's method on the probability-flow ODE. Takes one of langevin, ald, heun. */
  readonly sampler?: "langevin" | "ald" | "heun" | undefined;
  /** Share of fresh noise in each step of `langevin`: 0 is deterministic (the probability flow), 1 renews all noise. With it or `extrapolation`, the noise levels are Karras' grid. Other samplers ignore both. Takes a number from 0 to 1. */
  readonly churn?: string | number | undefined;
  /** Weight of the newest denoised image against the one before it, in `langevin`: 1 is no extrapolation (with churn, consistent annealed sampling), more takes larger steps. Takes a number from 0 to 10. */
  readonly extrapolation?: string | number | undefined;
  /** Multiplies the variance of the noise that each step adds: 1 is exact, 0 follows the gradient. Without fresh noise it has no effect. Takes a number from 0 to 2. */
  readonly temperature?: string | number | undefined;
  /** How strongly the class counts (classifier-free guidance): 1 is as trained, 0 ignores the class, more exaggerates it. Any value but 1 doubles the evaluations. Without a class it has no effect, nor with a model that has only one. Takes a number from 0 to 10. */
  readonly guidance?: string | number | undefined;
  /** Width in pixels; the height follows. Takes an integer from 1 to 16 times the native size. */
  readonly size?: string | number | undefined;
  /** How an image becomes larger than native: a small network draws smooth edges, or its pixels are repeated (and smoothed if `size` is no whole multiple). The frames of an animation repeat pixels, except the last. Takes one of smooth, pixels. */
  readonly enlarge?: "smooth" | "pixels" | undefined;
  /** For pixel art: exactly the model's colours, or as the network drew them. Takes one of exact, free. */
  readonly palette?: "exact" | "free" | undefined;
  /** A second seed: the image lies between those of the two seeds. Takes Unicode text of 1 to 256 bytes in UTF-8. */
  readonly to?: string | number | undefined;
  /** Where the image lies between `seed` (0) and `to` (1). Takes a number from 0 to 1. */
  readonly t?: string | number | undefined;
  /** A grid of this many images, row by row; image k has the seed `{seed}/{k}`. Takes an integer from 1 to 1024. */
  readonly n?: string | number | undefined;
  /** Colour behind cut-outs, or in place of black in grey images. With `transparent`, every pixel of a grey image has the foreground colour, as opaque as the pixel is bright. Takes a colour of three or six hexadecimal digits, or transparent. */
  readonly background?: string | number | undefined;
  /** Colour in place of white, for grey models. Takes a colour of three or six hexadecimal digits. */
  readonly foreground?: string | number | undefined;
  /** Rounds the corners of each image by this percentage of its shorter side: 50 makes a circle. Outside the corners the image is transparent. Takes an integer from 0 to 50. */
  readonly radius?: string | number | undefined;
  /** The model that draws: one of the service by its name, or a file by its address, which contains a slash or ends with .onnx and needs no service (at most 16 MB and 1 GMAC an evaluation). Takes the name of a model, or a URL. */
  readonly model?: string | number | undefined;
  /** An address on the service whose models draw. If the service is mounted under a path: that path, with a slash at its end. Takes a URL. */
  readonly src?: string | number | undefined;
  /** Shows the image as it forms, unless the visitor prefers reduced motion. Takes nothing. */
  readonly animated?: boolean | undefined;
  /** When to draw: at once, or when the element comes near the viewport. A hidden element waits. Takes one of eager, lazy. */
  readonly loading?: "eager" | "lazy" | undefined;
  /** The text in place of the image, for those who cannot see it. Empty if the image only decorates. Takes text. */
  readonly alt?: string | number | undefined;
  // /attributes
}

declare global {
  interface HTMLElementTagNameMap {
    "anneal-sample": AnnealSampleElement;
  }
}
