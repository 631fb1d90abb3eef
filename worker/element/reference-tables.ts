/** The element's description, made from element.ts (test/tools/widget.ts): for editors, and its attributes as a table. */
import MANIFEST from "./custom-elements.json" with { type: "json" };

const [{ declarations, ...module }] = MANIFEST.modules;
export const [ELEMENT] = declarations;

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

export const code = (text: string): string => `\`${text}\``;

/** What it is for, and what it takes, which the description ends with. */
const partsOf = (description: string): readonly string[] => /^(.*) Takes (.*)\.$/.exec(description)?.slice(1) ?? [description, ""];

export const ATTRIBUTE_TABLE: ReferenceTable = {
  head: ["attribute", "takes", "default", "what it does"],
  rows: ELEMENT.attributes.map(({ name, fieldName, default: value, description }) => {
    const [doc, takes] = partsOf(description);
    return [fieldName === name ? code(name) : `${code(name)} (${code(fieldName)})`, takes, value, doc];
  }),
};
