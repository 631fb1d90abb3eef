/**
 * `custom-elements.json`, which describes the element to editors and catalogues (schema of the package
 * `custom-elements-manifest`, version 2.1).
 */
import {
  ATTRIBUTE_NAMES,
  ATTRIBUTES,
  type Attribute,
  CUSTOM_PROPERTIES,
  EVENTS,
  METHODS,
  type Member,
  PARTS,
  PROPERTIES,
  SLOTS,
  STATES,
} from "./table.ts";

const TAG = "anneal-sample";
const CLASS = "AnnealSample";

/** `module`: the script that defines the element, relative to the description or to its package. */
export function customElements(module: string): object {
  const attributes = ATTRIBUTE_NAMES.map((name): [string, Attribute] => [name, ATTRIBUTES[name]]);
  return {
    schemaVersion: "2.1.0",
    modules: [
      {
        kind: "javascript-module",
        path: module,
        declarations: [
          {
            kind: "class",
            customElement: true,
            tagName: TAG,
            name: CLASS,
            superclass: { name: "HTMLElement" },
            description: "An image that a small network draws on the device.",
            attributes: attributes.map(([name, row]) => ({
              name,
              type: { text: typeOf(row) },
              description: describe(row),
              default: row.default,
              fieldName: row.property,
            })),
            members: [
              ...attributes.map(([name, row]) => ({
                kind: "field",
                name: row.property,
                type: { text: typeOf(row) },
                description: describe(row),
                attribute: name,
                reflects: true,
              })),
              ...rows(PROPERTIES).map(({ name, type, doc }) => ({
                kind: "field",
                name,
                type: { text: type },
                description: doc,
                readonly: true,
              })),
              ...rows(METHODS).map(({ name, type, doc }) => ({
                kind: "method",
                name,
                description: doc,
                return: { type: { text: type.replace("() => ", "") } },
              })),
            ],
            events: rows(EVENTS).map(({ name, type, doc }) => ({ name, type: { text: `CustomEvent<${type}>` }, description: doc })),
            slots: named(SLOTS),
            cssParts: named(PARTS),
            cssStates: named(STATES),
            cssProperties: Object.entries(CUSTOM_PROPERTIES).map(([name, { default: value, doc }]) => ({
              name,
              default: value,
              description: doc,
            })),
          },
        ],
        exports: [{ kind: "custom-element-definition", name: TAG, declaration: { name: CLASS, module } }],
      },
    ],
  };
}

const typeOf = ({ type }: Attribute): string => (type === "flag" ? "boolean" : "string");

const describe = ({ takes, doc }: Attribute): string => `${doc} Takes ${takes}.`;

const rows = (table: Readonly<Record<string, Member>>) => Object.entries(table).map(([name, row]) => ({ name, ...row }));

const named = (table: Readonly<Record<string, string>>) => Object.entries(table).map(([name, description]) => ({ name, description }));
