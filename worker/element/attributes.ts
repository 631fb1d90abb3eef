/**
 * The attributes of `<anneal-sample>`: the options of an image, and those of the element itself. What the latter are for
 * stands above the class in element.ts.
 */
import { attributeOf, type OptionAttribute, SAMPLE_OPTIONS } from "./option-attributes.ts";

/** The element's own attributes: what their properties return when they are absent. */
const OWN = { model: "", src: "", animate: false, loading: "eager", alt: "" } as const;

export type AttributeName = OptionAttribute | keyof typeof OWN;

export const ATTRIBUTE_NAMES = [...SAMPLE_OPTIONS.map(attributeOf), ...Object.keys(OWN)] as readonly AttributeName[];

/** What the property of an attribute returns when it is absent. A flag is present or absent; its value does not matter. */
export const absent = (name: AttributeName): string | boolean => (name in OWN ? OWN[name as keyof typeof OWN] : "");

/** The property that reflects an attribute. `animate` is a method of every element. */
export const propertyOf = (name: AttributeName): string => (name === "animate" ? "animated" : name);

/** Of an image in words, for those who cannot see it. A seed, read aloud, says nothing. */
interface Described {
  readonly alt?: string | number | null | undefined;
  /** Its class, by name or index. */
  readonly label?: string | number | null | undefined;
}

/** The text in place of an image, in the element and in what React renders inside: `alt`, or that it is generated, and its class. */
export function altOf({ alt, label }: Described): string {
  if (alt !== undefined && alt !== null) return String(alt);
  const named = String(label ?? "").replace(/^\d+$/, "class $&");
  return named === "" ? "Generated image" : `Generated image of ${named}`;
}

export type Reflected = { [K in Exclude<AttributeName, "animate">]: string } & { animated: boolean };
