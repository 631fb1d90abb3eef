/** The attributes that are options of an image, and the query that they make. */
import { OPTION_VALUES, type OptionValues, optionsOf, type SampleOptions } from "../../wasm-model/request/options.ts";

/** The options of an image. `frames` is only for files. */
export type SampleOption = Exclude<keyof SampleOptions, "frames">;

export const SAMPLE_OPTIONS = optionsOf("sample").filter((name): name is SampleOption => name !== "frames");

export type OptionAttribute = {
  [K in SampleOption]: (typeof OPTION_VALUES)[K] extends { readonly attribute: infer A extends string } ? A : K;
}[SampleOption];

export const attributeOf = (name: SampleOption): string => (OPTION_VALUES[name] as OptionValues).attribute ?? name;

/** Each option's attribute, by the option's name. */
const OPTION_ATTRIBUTES: ReadonlyMap<string, string> = new Map(SAMPLE_OPTIONS.map((name) => [name, attributeOf(name)]));

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

/** The query of the server's image for these attributes. */
export const queryOf = ({ model, ...attributes }: AttributeValues): URLSearchParams =>
  new URLSearchParams({ ...optionsIn(attributes), ...(model !== undefined && model !== "" && { model: String(model) }) });
