/**
 * The widget's attributes as its README and `embed.d.ts` document them, and the part of the latter that they decide; the compiler
 * compares the rest with the element's source.
 */
import { OPTIONS } from "../../wasm-model/request/option-docs.ts";
import { expected } from "../../wasm-model/request/options.ts";
import { OPTION_ATTRIBUTES, type OWN_ATTRIBUTES } from "../../worker/element/attributes.ts";

/** What the element's own take, their defaults, and what they do. */
const OWN: Readonly<Record<keyof typeof OWN_ATTRIBUTES, readonly [takes: string, byDefault: string, doc: string]>> = {
  model: [
    "the name of a model, or a URL",
    "the service's first, or pixels",
    "The model that draws: one of the service by its name, or a file by its address, which contains a slash or ends with .onnx and needs no service.",
  ],
  src: [
    "a URL",
    "the service that embed.js came from, or none",
    "An address on the service whose models draw. If the service is mounted under a path: that path, with a slash at its end.",
  ],
  animated: ["nothing", "absent", "Shows the image as it forms, unless the visitor prefers reduced motion."],
  loading: ["one of eager, lazy", "eager", "When to draw: at once, or when the element comes near the viewport. A hidden element waits."],
  alt: [
    "text",
    "“Generated image”, with its class",
    "The text in place of the image, for those who cannot see it. Empty if the image only decorates.",
  ],
};

/** Name, values, default and purpose of each attribute. */
export const ATTRIBUTE_ROWS: readonly (readonly [name: string, takes: string, byDefault: string, doc: string])[] = [
  ...[...OPTION_ATTRIBUTES].map(([option, name]) => [name, expected(option), OPTIONS[option].default, OPTIONS[option].doc] as const),
  ...Object.entries(OWN).map(([name, words]) => [name, ...words] as const),
];

/** A flag takes nothing; one of several values is a union; any other is text or a number. */
function typeOf(takes: string): string {
  if (takes === "nothing") return "boolean";
  const values = /^one of (.*)/.exec(takes)?.[1].split(", ");
  return values?.map((value) => `"${value}"`).join(" | ") ?? "string | number";
}

/** The text with its declarations of attributes made anew, between two comments. */
export function withDeclarations(text: string): string {
  const declarations = ATTRIBUTE_ROWS.map(([name, takes, , doc]) => `  /** ${doc} Takes ${takes}. */\n  ${name}: ${typeOf(takes)};\n`);
  return text.replace(/(?<= {2}\/\/ attributes: .*\n)[\s\S]*?(?= {2}\/\/ \/attributes\n)/, () => declarations.join(""));
}
