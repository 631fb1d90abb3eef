/** The element's attributes as README, the page Build and embed.d.ts document them. The widget's script need not hold the options' words. */
import { OPTIONS } from "../../wasm-model/request/option-docs.ts";
import { expected, type OptionName } from "../../wasm-model/request/options.ts";
import { OPTION_ATTRIBUTES, OWN_ATTRIBUTES } from "./attributes.ts";

const options = [...OPTION_ATTRIBUTES].map(([option, name]) => {
  const { default: byDefault, doc } = OPTIONS[option as OptionName];
  return [name, { takes: expected(option as OptionName), default: byDefault, doc, absent: "" }] as const;
});

export const ATTRIBUTES = [...options, ...Object.entries(OWN_ATTRIBUTES)].map(([name, row]) => ({ name, ...row }));

export interface ReferenceTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export const ATTRIBUTE_TABLE: ReferenceTable = {
  head: ["attribute", "takes", "default", "what it does"],
  rows: ATTRIBUTES.map(({ name, takes, default: value, doc }) => [`\`${name}\``, takes, value, doc]),
};
