/** Names of models, data and classes, and the shape of images: what pages use of a card, without the schema that checks it. */
import type { ImageShape } from "../network/spec.ts";
import { name, visibleForm } from "../schema/text.ts";

/** The most characters of a model's name. */
export const LONGEST_NAME = 64;

/** Whether the text may be a model's name. Names become folders, files' metadata and segments of URLs. */
export const isModelName = (text: string): boolean => text.length <= LONGEST_NAME && /^[a-z0-9][a-z0-9._-]*$/.test(text);

/** The rule for names, in words. */
export const MODEL_NAME_RULE = `at most ${LONGEST_NAME} small letters, digits and . _ - that begin with a letter or digit (they become part of a URL)`;

/** Latin letters that Unicode does not take apart. */
const LETTERS: Readonly<Record<string, string>> = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i" };

/** Turns any text into a name that a data set may have: "My Pets!" -> "my-pets". */
export function nameLike(text: string): string {
  const plain = text.normalize("NFKD").toLowerCase().replace(/\p{M}/gu, "");
  const name = plain
    .replace(/[ßæœøłđðþı]/g, (letter) => LETTERS[letter])
    .replace(/[^a-z0-9._]+/g, "-")
    .replace(/^[^a-z0-9]+/, "")
    .slice(0, LONGEST_NAME)
    .replace(/-$/, "");
  return name === "" ? "model" : name;
}

/** The name of a class: a part of addresses and headers. */
export const CLASS_NAME = /* @__PURE__ */ name(64);

/** The name of the data, and of its licence. */
export const DATA_NAME = /* @__PURE__ */ name(256);

/** The first name of a class that looks like an earlier one; undefined if there is none. Letters of other scripts are other letters. */
export function lookAlike(labels: readonly string[]): string | undefined {
  const forms = new Set<string>();
  return labels.find((label) => forms.size === forms.add(visibleForm(label)).size);
}

/** A network's image, and where the model's images lie in it; without `crop` they fill it. */
export interface CroppedShape {
  readonly spec: ImageShape;
  readonly crop?: Readonly<Record<"top" | "left" | "height" | "width", number>> | undefined;
}

/** The native shape of a model's images: the network's image, or the card's crop of it. */
export function nativeShape({ spec, crop }: CroppedShape): ImageShape {
  const { height, width } = crop ?? spec;
  return { height, width, channels: spec.channels };
}
