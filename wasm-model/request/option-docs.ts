/** The documentation of the options (options.ts), for pages, `--help` and the OpenAPI document. */
import { OPTION_NAMES, OPTION_VALUES, type OptionName, type OptionValues } from "./options.ts";

export interface Option extends OptionValues {
  /** One line of documentation. */
  readonly doc: string;
  /** Where the value comes from when the caller does not give one, in words unless it is a number. */
  readonly default: string;
  /** A value for examples; sizes are in native image widths. */
  readonly example: string;
}

const DOCS = {
  seed: { doc: "Text that decides the image: the same seed gives the same image, anywhere.", default: "a random one", example: "alice" },
  class: { doc: "What to draw: a class by its index or name.", default: "drawn from the seed", example: "0" },
  steps: { doc: "Number of noise levels: more steps cost more time and show more detail.", default: "the model's", example: "8" },
  sampler: {
    doc: "How the noise is annealed: multistep Langevin, the paper's annealed Langevin dynamics, or Heun's method on the probability-flow ODE.",
    default: "the model's",
    example: "heun",
  },
  churn: {
    doc: "Share of fresh noise in each step of `langevin`: 0 is deterministic (the probability flow), 1 renews all noise. With it or `extrapolation`, the noise levels are Karras' grid. Other samplers ignore both.",
    default: "the model's",
    example: "0",
  },
  extrapolation: {
    doc: "Weight of the newest denoised image against the one before it, in `langevin`: 1 is no extrapolation (with churn, consistent annealed sampling), more takes larger steps.",
    default: "the model's",
    example: "1",
  },
  temperature: {
    doc: "Multiplies the variance of the noise that each step adds: 1 is exact, 0 follows the gradient. Without fresh noise it has no effect.",
    example: "0.9",
  },
  guidance: {
    doc: "How strongly the class counts (classifier-free guidance): 1 is as trained, 0 ignores the class, more exaggerates it. Any value but 1 doubles the evaluations. Without a class it has no effect, nor with a model that has only one.",
    example: "2",
  },
  size: { doc: "Width in pixels; the height follows.", default: "the model's native size", example: "4" },
  enlarge: {
    doc: "How an image becomes larger than native: a small network draws smooth edges, or its pixels are repeated (and smoothed if `size` is no whole multiple). The frames of an animation repeat pixels, except the last.",
    default: "smooth, of pixel art pixels",
    example: "pixels",
  },
  palette: {
    doc: "For pixel art: exactly the model's colours, or as the network drew them.",
    example: "free",
  },
  to: { doc: "A second seed: the image lies between those of the two seeds.", default: "none", example: "bob" },
  t: { doc: "Where the image lies between `seed` (0) and `to` (1).", example: "0.25" },
  n: { doc: "A grid of this many images, row by row; image k has the seed `{seed}/{k}`.", default: "one image, no grid", example: "9" },
  background: {
    doc: "Colour behind cut-outs, or in place of black in grey images. With `transparent`, every pixel of a grey image has the foreground colour, as opaque as the pixel is bright.",
    default: "transparent; in grey images black, or white if that contrasts more with the foreground",
    example: "fde",
  },
  foreground: {
    doc: "Colour in place of white, for grey models.",
    default: "white, or black if that contrasts more with the background",
    example: "402060",
  },
  radius: {
    doc: "Rounds the corners of each image by this percentage of its shorter side: 50 makes a circle. Outside the corners the image is transparent.",
    example: "20",
  },
  frames: {
    doc: "The most frames of the animation (apng). It has at most one for each network evaluation, and the final image.",
    default: "16",
    example: "6",
  },
  strength: {
    doc: "Standard deviation of the noise that a variation is drawn from, over the image, where black is -1 and white is 1: 0 keeps the image, 0.4 its shapes and colours, 2 little.",
    example: "0.6",
  },
} as const satisfies Record<OptionName, Omit<Option, keyof OptionValues> & { readonly default?: string }>;

/** Each option with its documentation. */
export const OPTIONS = Object.fromEntries(OPTION_NAMES.map((name) => [name, { ...OPTION_VALUES[name], ...DOCS[name] }])) as {
  readonly [K in OptionName]: (typeof OPTION_VALUES)[K] & Pick<Option, "doc" | "example" | "default">;
};
