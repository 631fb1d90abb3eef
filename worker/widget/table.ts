/**
 * The attributes, properties, events, methods and parts of `<anneal-sample>`, in one table. The observed attributes,
 * the properties, the types, `custom-elements.json`, the README and a test for each row are made from it. The options
 * of an image come from the table of options.
 */
import { OPTIONS } from "../../wasm-model/request/option-docs.ts";
import { expected } from "../../wasm-model/request/options.ts";
import { attributeOf, OPTION_ATTRIBUTES, SAMPLE_OPTIONS, type SampleOption } from "./option-attributes.ts";

/** What runs the network: our own engine on this device, or the server. */
export const RUNTIMES = ["simd", "edge"] as const;
/** When to draw: at once, or as soon as the element comes near the viewport. */
export const LOADINGS = ["eager", "lazy"] as const;

export interface Attribute {
  /** The property that reflects it. */
  readonly property: string;
  /** A flag is present or absent; its value does not matter. */
  readonly type: "text" | "flag";
  /** The values it takes, in words. */
  readonly takes: string;
  readonly default: string;
  /** The values, if they can be listed. */
  readonly values?: readonly string[];
  /** What the property returns if the attribute is absent; by default an empty text. */
  readonly fallback?: string;
  readonly doc: string;
}

type OptionAttribute = {
  [K in SampleOption]: (typeof OPTIONS)[K] extends { readonly attribute: infer A extends string } ? A : K;
}[SampleOption];

/** Replaces the option's name in a message with the name of its attribute. */
export const inAttributes = (message: string, option: string): string =>
  message.replace(`\`${option}\``, `\`${OPTION_ATTRIBUTES.get(option) ?? option}\``);

/** A row whose property has its attribute's name. */
type OptionRows = { readonly [K in OptionAttribute]: Attribute & { readonly property: K; readonly type: "text" } };

const optionRows = Object.fromEntries(
  SAMPLE_OPTIONS.map((name): [string, Attribute] => {
    const { default: fallback, doc } = OPTIONS[name];
    return [attributeOf(name), { property: attributeOf(name), type: "text", takes: expected(name), default: fallback, doc }];
  }),
) as unknown as OptionRows;

const OWN_ROWS = {
  model: {
    property: "model",
    type: "text",
    takes: "the name of a model",
    default: "the server's first model",
    doc: "The model that draws.",
  },
  src: {
    property: "src",
    type: "text",
    takes: "a URL",
    default: "where the script came from",
    doc: "An address on the server whose models draw. If the server is mounted under a path: that path, with a slash at its end.",
  },
  runtime: {
    property: "runtime",
    type: "text",
    takes: `one of ${RUNTIMES.join(", ")}`,
    default: "simd",
    fallback: "simd",
    values: RUNTIMES,
    doc: "What runs the network: our own engine on this device, or the server. The server also draws what the device cannot.",
  },
  animate: {
    property: "animated",
    type: "flag",
    takes: "nothing",
    default: "absent",
    doc: "Shows the image as it forms, unless the visitor prefers reduced motion.",
  },
  loading: {
    property: "loading",
    type: "text",
    takes: `one of ${LOADINGS.join(", ")}`,
    default: "eager",
    fallback: "eager",
    values: LOADINGS,
    doc: "When to draw: at once, or when the element comes near the viewport. A hidden element waits. A printed page shows the server's image in place of one that still waits.",
  },
  alt: {
    property: "alt",
    type: "text",
    takes: "text",
    default: "class and seed, in words",
    doc: "The text in place of the image, for those who cannot see it. Empty if the image only decorates.",
  },
  name: {
    property: "name",
    type: "text",
    takes: "text",
    default: "none",
    doc: "Its name in a form; its value is the seed. The form's reset button restores the first seed.",
  },
} as const satisfies Record<string, Attribute>;

export const ATTRIBUTES = { ...optionRows, ...OWN_ROWS };

export type AttributeName = keyof typeof ATTRIBUTES;

export const ATTRIBUTE_NAMES = Object.keys(ATTRIBUTES) as AttributeName[];

export type Reflected = {
  -readonly [K in AttributeName as (typeof ATTRIBUTES)[K]["property"]]: (typeof ATTRIBUTES)[K]["type"] extends "flag" ? boolean : string;
};

/** A row of the other tables: its type in TypeScript, and what it is for. */
export interface Member {
  readonly type: string;
  readonly doc: string;
}

/** Properties that reflect no attribute. */
export const PROPERTIES = {
  form: { type: "HTMLFormElement | null", doc: "The form that the element belongs to." },
  renderedBy: { type: '"device" | "edge" | undefined', doc: "Who drew the image; undefined until it is shown." },
} as const satisfies Record<string, Member>;

/** They do not bubble. The type is that of the event's `detail`. */
export const EVENTS = {
  progress: {
    type: "ProgressDetail",
    doc: "Progress: bytes of the engine or the model that have arrived, then network evaluations.",
  },
  load: { type: "LoadDetail", doc: "The image is shown. The detail tells who drew it." },
  error: {
    type: "ErrorDetail",
    doc: "No image could be drawn. The error is a sentence that names the attribute; the console shows it too. Visitors read only that there is no image.",
  },
} as const satisfies Record<string, Member>;

export const METHODS = {
  draw: {
    type: "() => Promise<LoadDetail>",
    doc: "Draws again with the same seed, at once, even if `loading` would wait. Rejects when the event `error` is sent.",
  },
  cancel: {
    type: "() => void",
    doc: "Stops drawing within one network evaluation, until an attribute changes or `draw()` is called. A finished image stays.",
  },
  toBlob: {
    type: "() => Promise<Blob>",
    doc: "The image as a PNG file: the bytes that /sample serves for the same options. Starts the drawing even if `loading` would wait, and waits for its end.",
  },
} as const satisfies Record<string, Member>;

/** Elements inside, for `::part()`. */
export const PARTS = {
  image: "The image: a `canvas`, or an `img` where the server drew it.",
  progress: "The progress bar.",
  error: "The sentence that visitors read if no image could be drawn.",
} as const satisfies Record<string, string>;

export const SLOTS = {
  "": "Shown until the image is there, for example an `img` from the server. If no image can be drawn it stays, above the error.",
} as const satisfies Record<string, string>;

export const CUSTOM_PROPERTIES = {
  "--anneal-background": {
    default: "color-mix(in srgb, currentColor 8%, transparent)",
    doc: "The background until the image is shown.",
  },
  "--anneal-accent": { default: "currentColor", doc: "Colour of the progress bar." },
  "--anneal-rendering": { default: "pixelated", doc: "How pixels are enlarged: a value of `image-rendering`." },
} as const satisfies Record<string, { readonly default: string; readonly doc: string }>;

/**
 * For styles, as in `anneal-sample:state(device)`. The element sets no attribute of its own: React would report one
 * that its server did not render.
 */
export const STATES = {
  device: "The image is shown; this device drew it.",
  edge: "The image is shown; the server drew it.",
} as const satisfies Record<string, string>;

/** The one Trusted Types policy: for the address of the thread's script. */
export const TRUSTED_TYPES_POLICY = "anneal";

/**
 * What a page must allow, as directives of its Content-Security-Policy. `server`: the origin of the script and of the
 * models.
 */
export const pagePolicy = (server: string): readonly string[] => [
  `script-src ${server} 'wasm-unsafe-eval'`,
  "worker-src blob:",
  `connect-src ${server}`,
  `img-src ${server}`,
  `trusted-types ${TRUSTED_TYPES_POLICY}`,
  "require-trusted-types-for 'script'",
];
