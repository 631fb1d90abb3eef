/**
 * The attributes, properties, events, methods and parts of `<anneal-sample>`, in one table. The observed attributes,
 * the properties, the types, `custom-elements.json`, the README and a test for each row are made from it. The options
 * of an image come from the table of options.
 */
import { OPTIONS } from "../../wasm-model/request/option-docs.ts";
import { expected } from "../../wasm-model/request/options.ts";
import { attributeOf, OPTION_ATTRIBUTES, SAMPLE_OPTIONS, type SampleOption } from "./option-attributes.ts";

/** What runs the network: our own engine or onnxruntime on this device, or the server. */
export const RUNTIMES = ["simd", "onnxruntime", "edge"] as const;
/** When to draw: at once, or as soon as the element comes near the viewport. */
export const LOADINGS = ["eager", "lazy"] as const;

export interface Attribute {
  /** The property that reflects it. */
  readonly property: string;
  /** A flag is set or not set; its value does not matter. */
  readonly type: "text" | "flag";
  /** In words: the values it takes, and the default. */
  readonly takes: string;
  readonly default: string;
  /** The values that it takes, if they can be listed. */
  readonly values?: readonly string[];
  /** The property's value without the attribute, if it is not empty. */
  readonly fallback?: string;
  readonly doc: string;
}

type OptionAttribute = {
  [K in SampleOption]: (typeof OPTIONS)[K] extends { readonly attribute: infer A extends string } ? A : K;
}[SampleOption];

/** A message about an option, with the name of its attribute in place of its own. */
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
    doc: "Which model draws.",
  },
  src: {
    property: "src",
    type: "text",
    takes: "a URL",
    default: "where the script came from",
    doc: "Any address on the server whose models are used. Where that is mounted under a path: the path, with a slash at its end.",
  },
  runtime: {
    property: "runtime",
    type: "text",
    takes: `one of ${RUNTIMES.join(", ")}`,
    default: "simd",
    fallback: "simd",
    values: RUNTIMES,
    doc: "What runs the network: our own engine or onnxruntime on this device, or the server. The server also draws what the device cannot.",
  },
  animate: {
    property: "animated",
    type: "flag",
    takes: "nothing",
    default: "absent",
    doc: "Shows how the image forms, where people do not prefer reduced motion.",
  },
  loading: {
    property: "loading",
    type: "text",
    takes: `one of ${LOADINGS.join(", ")}`,
    default: "eager",
    fallback: "eager",
    values: LOADINGS,
    doc: "When to draw: at once, or as soon as the element comes near the viewport; a hidden one waits. On paper the server's image stands in for one that waits.",
  },
  alt: {
    property: "alt",
    type: "text",
    takes: "text",
    default: "class and seed, in words",
    doc: "What stands for the image where it cannot be seen; empty where it only decorates.",
  },
  name: {
    property: "name",
    type: "text",
    takes: "text",
    default: "none",
    doc: "Its name in a form, whose value is the seed. Its reset button brings the first seed back.",
  },
} as const satisfies Record<string, Attribute>;

export const ATTRIBUTES = { ...optionRows, ...OWN_ROWS };

export type AttributeName = keyof typeof ATTRIBUTES;

export const ATTRIBUTE_NAMES = Object.keys(ATTRIBUTES) as AttributeName[];

/** The properties that reflect attributes. */
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
  form: { type: "HTMLFormElement | null", doc: "The form that it belongs to." },
  renderedBy: { type: '"device" | "edge" | undefined', doc: "Who drew the image; undefined until it stands." },
} as const satisfies Record<string, Member>;

/** They do not bubble. The type is that of the event's `detail`. */
export const EVENTS = {
  progress: {
    type: "ProgressDetail",
    doc: "How far it is: bytes of the engine or of the model, then network evaluations.",
  },
  load: { type: "LoadDetail", doc: "The image stands, and who drew it." },
  error: {
    type: "ErrorDetail",
    doc: "There is no image, and why, in a sentence that names the attribute. The console has it too; visitors read that there is none.",
  },
} as const satisfies Record<string, Member>;

export const METHODS = {
  draw: {
    type: "() => Promise<LoadDetail>",
    doc: "Draws anew, at once, even where `loading` would wait. The seed stays. Rejects where `error` tells.",
  },
  cancel: {
    type: "() => void",
    doc: "Gives the drawing up within one network evaluation, until an attribute changes or `draw()` is called. A finished image stays.",
  },
  toBlob: {
    type: "() => Promise<Blob>",
    doc: "The image as a PNG file, the bytes that /sample serves for the same options; with `runtime` onnxruntime its own image, which is much like it but has other bytes. Waits for the drawing, which it does not leave to `loading`.",
  },
} as const satisfies Record<string, Member>;

/** Elements inside, for `::part()`. */
export const PARTS = {
  image: "The image: a `canvas`, or an `img` where the server drew it.",
  progress: "The bar that shows how far it is.",
  error: "The sentence in place of an image that could not be drawn.",
} as const satisfies Record<string, string>;

export const SLOTS = {
  "": "Shown until the image is there: an `img` from the server, say. If no image can be drawn it stays, above the error.",
} as const satisfies Record<string, string>;

export const CUSTOM_PROPERTIES = {
  "--anneal-background": {
    default: "color-mix(in srgb, currentColor 8%, transparent)",
    doc: "What is behind the image until it stands.",
  },
  "--anneal-accent": { default: "currentColor", doc: "Colour of the bar." },
  "--anneal-rendering": { default: "pixelated", doc: "How pixels are enlarged: a value of `image-rendering`." },
} as const satisfies Record<string, { readonly default: string; readonly doc: string }>;

/**
 * For styles, as in `anneal-sample:state(device)`. The element sets no attribute of its own: React would report one
 * that its server did not render.
 */
export const STATES = {
  device: "The image stands, and this device drew it.",
  edge: "The image stands, and the server drew it.",
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
