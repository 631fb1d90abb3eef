/** The element's description, made from element.ts (test/tools/widget.ts): for editors, and as tables in Markdown. */
import MANIFEST from "./custom-elements.json" with { type: "json" };

const [{ declarations, ...module }] = MANIFEST.modules;
const [ELEMENT] = declarations;

/** `custom-elements.json`. `path`: the script that defines the element, relative to that file or to its package. */
export const customElements = (path: string): object => ({
  ...MANIFEST,
  modules: [
    {
      ...module,
      path,
      declarations,
      exports: module.exports.map((one) => ({ ...one, declaration: { ...one.declaration, module: path } })),
    },
  ],
});

export interface ReferenceTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const code = (text: string): string => `\`${text}\``;

/** What it is for, and what it takes, which the description ends with. */
const partsOf = (description: string): readonly string[] => /^(.*) Takes (.*)\.$/.exec(description)?.slice(1) ?? [description, ""];

export const ATTRIBUTE_TABLE: ReferenceTable = {
  head: ["attribute", "takes", "default", "what it does"],
  rows: ELEMENT.attributes.map(({ name, fieldName, default: value, description }) => {
    const [doc, takes] = partsOf(description);
    return [fieldName === name ? code(name) : `${code(name)} (${code(fieldName)})`, takes, value, doc];
  }),
};

export const MEMBER_TABLE: ReferenceTable = {
  head: ["name", "type", "what it is"],
  rows: [
    ...ELEMENT.members
      .filter((member) => !("attribute" in member))
      .map((member) => {
        const { name, description, type, return: given } = member as Member;
        return given
          ? [code(`${name}()`), code(`() => ${given.type.text}`), description]
          : [code(name), code(type?.text ?? ""), description];
      }),
    ...ELEMENT.events.map(({ name, type, description }) => [`event ${code(name)}`, code(type.text), description]),
  ],
};

interface Member {
  readonly name: string;
  readonly description: string;
  readonly type?: { readonly text: string };
  readonly return?: { readonly type: { readonly text: string } };
}

export const STYLE_TABLE: ReferenceTable = {
  head: ["name", "default", "what it is"],
  rows: [
    ...ELEMENT.cssParts.map(({ name, description }) => [code(`::part(${name})`), "", description]),
    ...ELEMENT.slots.map(({ description }) => ["the unnamed slot", "", description]),
    ...ELEMENT.cssProperties.map(({ name, default: value, description }) => [code(name), code(value), description]),
  ],
};
