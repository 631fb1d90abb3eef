/** The element's attributes with their documentation, for README, the page Build and embed.d.ts. */
import { OPTIONS } from "../../wasm-model/request/option-docs.ts";
import { expected, type OptionName } from "../../wasm-model/request/options.ts";
import { type AttributeName, absent, OPTION_ATTRIBUTES } from "./attributes.ts";

interface Documented {
  readonly takes: string;
  readonly default: string;
  readonly doc: string;
}

/** Those that are no options. */
const OTHERS: Readonly<Record<string, Documented>> = {
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
  animated: { takes: "nothing", default: "absent", doc: "Shows the image as it forms, unless the visitor prefers reduced motion." },
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

const options = [...OPTION_ATTRIBUTES].map(([option, name]): readonly [string, Documented] => [
  name,
  { ...OPTIONS[option as OptionName], takes: expected(option as OptionName) },
]);

export const ATTRIBUTES = [...options, ...Object.entries(OTHERS)].map(([name, documented]) => ({
  name,
  isFlag: typeof absent(name as AttributeName) === "boolean",
  ...documented,
}));

export interface ReferenceTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export const ATTRIBUTE_TABLE: ReferenceTable = {
  head: ["attribute", "takes", "default", "what it does"],
  rows: ATTRIBUTES.map(({ name, takes, default: value, doc }) => [`\`${name}\``, takes, value, doc]),
};
