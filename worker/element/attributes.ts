/** The attributes of `<anneal-sample>`: the options of an image, which are documented with the options, and its own. */
import { OPTION_VALUES, type OptionValues, optionsOf, type SampleOptions } from "../../wasm-model/request/options.ts";

/** The options of an image. `frames` is only for files. */
type SampleOption = Exclude<keyof SampleOptions, "frames">;

type OptionAttribute = {
  [K in SampleOption]: (typeof OPTION_VALUES)[K] extends { readonly attribute: infer A extends string } ? A : K;
}[SampleOption];

/** Each option's attribute, by the option's name. */
export const OPTION_ATTRIBUTES: ReadonlyMap<string, string> = new Map(
  optionsOf("sample")
    .filter((name) => name !== "frames")
    .map((name) => [name, (OPTION_VALUES[name] as OptionValues).attribute ?? name]),
);

/** The element's own, by what the property returns when the attribute is absent: false for a flag, which is there or not whatever its value. */
export const OWN_ATTRIBUTES = { model: "", src: "", animated: false, loading: "eager", alt: "" } as const;

export type AttributeName = OptionAttribute | keyof typeof OWN_ATTRIBUTES;

export const ATTRIBUTE_NAMES = [...OPTION_ATTRIBUTES.values(), ...Object.keys(OWN_ATTRIBUTES)] as readonly AttributeName[];

/** What the property of an attribute returns when it is absent. */
export const absent = (name: AttributeName): string | boolean =>
  name in OWN_ATTRIBUTES ? OWN_ATTRIBUTES[name as keyof typeof OWN_ATTRIBUTES] : "";

type AttributeValues = Readonly<Record<string, unknown>>;

export const optionsIn = (attributes: AttributeValues): Record<string, string> =>
  Object.fromEntries(
    [...OPTION_ATTRIBUTES].flatMap(([option, name]) => {
      const value = attributes[name];
      return value === undefined || value === "" ? [] : [[option, String(value)]];
    }),
  );

/**
 * The text in place of an image, in the element and in what React renders inside: `alt`, or that it is generated, and its class. A
 * seed, read aloud, says nothing.
 */
export function altOf({ alt, label }: AttributeValues): string {
  if (alt !== undefined && alt !== null) return String(alt);
  const named = String(label ?? "").replace(/^\d+$/, "class $&");
  return named === "" ? "Generated image" : `Generated image of ${named}`;
}
