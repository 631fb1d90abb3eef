/**
 * The attributes of `<anneal-sample>`: the options of an image, and those of the element itself. What they are for stands
 * in attribute-table.ts, which the widget's script need not hold.
 */
import { type Enlarge, OPTION_VALUES, type OptionValues, optionsOf, type SampleOptions } from "../../wasm-model/request/options.ts";
import type { SamplerName } from "../../wasm-model/sampling/sampler.ts";

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

/** The attributes that are no options: what their properties return when they are absent. */
const OTHERS = { model: "", src: "", animated: false, loading: "eager", alt: "" } as const;

export type AttributeName = OptionAttribute | keyof typeof OTHERS;

export const ATTRIBUTE_NAMES = [...OPTION_ATTRIBUTES.values(), ...Object.keys(OTHERS)] as readonly AttributeName[];

/** What the property of an attribute returns when it is absent. A flag is present or absent; its value does not matter. */
export const absent = (name: AttributeName): string | boolean => (name in OTHERS ? OTHERS[name as keyof typeof OTHERS] : "");

/** Replaces the option's name in a message with the name of its attribute. */
export const inAttributes = (message: string, option: string): string =>
  message.replace(`\`${option}\``, `\`${OPTION_ATTRIBUTES.get(option) ?? option}\``);

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

/** The values of the attributes that take one of several. */
export interface Choices {
  readonly sampler: SamplerName;
  readonly enlarge: Enlarge;
  readonly loading: "eager" | "lazy";
}

/** What the properties return; that of an absent attribute may be empty. */
export type Reflected = {
  [K in AttributeName]: K extends keyof Choices ? Choices[K] | "" : K extends "animated" ? boolean : string;
};
