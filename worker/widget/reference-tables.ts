/** The tables of the element's documentation, in Markdown: of README.md (readme.ts) and of the server's guide. */
import { ATTRIBUTE_NAMES, ATTRIBUTES, CUSTOM_PROPERTIES, EVENTS, METHODS, PARTS, PROPERTIES, SLOTS, STATES } from "./table.ts";

export interface ReferenceTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const code = (text: string): string => `\`${text}\``;

export const ATTRIBUTE_TABLE: ReferenceTable = {
  head: ["attribute", "takes", "default", "what it does"],
  rows: ATTRIBUTE_NAMES.map((name) => {
    const { property, takes, default: value, doc } = ATTRIBUTES[name];
    return [property === name ? code(name) : `${code(name)} (${code(property)})`, takes, value, doc];
  }),
};

export const MEMBER_TABLE: ReferenceTable = {
  head: ["name", "type", "what it is"],
  rows: [
    ...Object.entries(PROPERTIES).map(([name, { type, doc }]) => [code(name), code(type), doc]),
    ...Object.entries(METHODS).map(([name, { type, doc }]) => [code(`${name}()`), code(type), doc]),
    ...Object.entries(EVENTS).map(([name, { type, doc }]) => [`event ${code(name)}`, code(`CustomEvent<${type}>`), doc]),
  ],
};

export const STYLE_TABLE: ReferenceTable = {
  head: ["name", "default", "what it is"],
  rows: [
    ...Object.entries(PARTS).map(([name, doc]) => [code(`::part(${name})`), "", doc]),
    ...Object.entries(SLOTS).map(([name, doc]) => [name === "" ? "the unnamed slot" : `slot ${code(name)}`, "", doc]),
    ...Object.entries(STATES).map(([name, doc]) => [code(`:state(${name})`), "", doc]),
    ...Object.entries(CUSTOM_PROPERTIES).map(([name, { default: value, doc }]) => [code(name), code(value), doc]),
  ],
};
