/** The element's attributes as README, the page Build and embed.d.ts document them. The widget's script need not hold the options' words. */
import { OPTIONS } from "../../wasm-model/request/option-docs.ts";
import { expected, type OptionName } from "../../wasm-model/request/options.ts";
import { OPTION_ATTRIBUTES, OWN_ATTRIBUTES } from "./attributes.ts";

/** What the element's own take and do. */
const OWN: Readonly<Record<keyof typeof OWN_ATTRIBUTES, { readonly takes: string; readonly default: string; readonly doc: string }>> = {
  model: {
    takes: "the name of a model, or a URL",
    default: "the service's first, or avatars",
    doc: "The model that draws: one of the service by its name, or a file by its address, which contains a slash or ends with .onnx and needs no service (at most 16 MB and 1 GMAC an evaluation).",
  },
  src: {
    takes: "a URL",
    default: "the service that embed.js came from, or none",
    doc: "An address on the service whose models draw. If the service is mounted under a path: that path, with a slash at its end.",
  },
  animated: {
    takes: "nothing",
    default: "absent",
    doc: "Shows the image as it forms, unless the visitor prefers reduced motion.",
  },
  loading: {
    takes: "one of eager, lazy",
    default: "eager",
    doc: "When to draw: at once, or when the element comes near the viewport. A hidden element waits.",
  },
  alt: {
    takes: "text",
    default: "“Generated image”, with its class",
    doc: "The text in place of the image, for those who cannot see it. Empty if the image only decorates.",
  },
};

const options = [...OPTION_ATTRIBUTES].map(([option, name]) => {
  const { default: byDefault, doc } = OPTIONS[option as OptionName];
  return { name, takes: expected(option as OptionName), default: byDefault, doc, isFlag: false };
});

const own = Object.entries(OWN_ATTRIBUTES).map(([name, absent]) => {
  return { name, ...OWN[name as keyof typeof OWN], isFlag: absent === false };
});

export const ATTRIBUTES = [...options, ...own];

export interface ReferenceTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export const ATTRIBUTE_TABLE: ReferenceTable = {
  head: ["attribute", "takes", "default", "what it does"],
  rows: ATTRIBUTES.map(({ name, takes, default: value, doc }) => [`\`${name}\``, takes, value, doc]),
};
