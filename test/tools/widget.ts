/**
 * What is made from the JSDoc of the widget's element and from the rows of the options: `custom-elements.json` for
 * editors, which the documents' tables come from, and `embed.d.ts` for TypeScript.
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Attribute, ClassField, ClassMember, CustomElement, Package } from "custom-elements-manifest";
import { OPTIONS } from "../../wasm-model/request/option-docs.ts";
import { expected, type OptionName } from "../../wasm-model/request/options.ts";
import { OPTION_ATTRIBUTES } from "../../worker/element/attributes.ts";

const WIDGET = resolve(import.meta.dirname, "../../worker/element");
const MODULE = "embed.js";

interface Analyzer {
  readonly ts: { createSourceFile(name: string, text: string, target: number, setParentNodes: boolean): unknown };
  create(of: { readonly modules: readonly unknown[]; readonly plugins: readonly unknown[] }): Package;
}

/** Options are attributes too; what is private goes; every attribute has a property. */
const options = {
  name: "options",
  packageLinkPhase({ customElementsManifest: manifest }: { readonly customElementsManifest: Package }): void {
    const element = manifest.modules[0].declarations?.find((one) => "tagName" in one) as CustomElement;
    const rows = [...OPTION_ATTRIBUTES].map(([option, name]): Attribute => {
      const { default: fallback, doc } = OPTIONS[option as OptionName];
      return { name, type: { text: "string" }, description: `${doc} Takes ${expected(option as OptionName)}.`, default: fallback };
    });
    const attributes = [...rows, ...(element.attributes ?? [])].map((row) => ({
      ...row,
      fieldName: row.name === "animate" ? "animated" : row.name,
    }));
    const isOffered = ({ privacy, static: isStatic, name }: ClassMember) => !privacy && !isStatic && !/Callback$|^seed$/.test(name);
    Object.assign(element, {
      superclass: { name: "HTMLElement" },
      attributes,
      members: [
        ...attributes.map(({ name, fieldName, ...row }) => ({ kind: "field", name: fieldName, ...row, attribute: name, reflects: true })),
        ...(element.members ?? []).filter(isOffered),
      ],
      events: element.events?.filter(({ name }) => name !== "type"), // a parameter of the method that sends them
    });
    const exports = [
      {
        kind: "custom-element-definition",
        name: element.tagName,
        declaration: { name: (element as { name?: string }).name, module: MODULE },
      },
    ];
    manifest.modules = [{ kind: "javascript-module", path: MODULE, declarations: [element], exports }] as Package["modules"];
  },
};

async function description(): Promise<Package> {
  const { create, ts } = (await import("@custom-elements-manifest/analyzer")) as unknown as Analyzer;
  const source = ts.createSourceFile(MODULE, readFileSync(join(WIDGET, "element.ts"), "utf8"), 99, true);
  const manifest = create({ modules: [source], plugins: [options] });
  const oneLine = (key: string, value: unknown) => (key === "description" ? String(value).replaceAll(/\s+/g, " ") : value);
  return { ...JSON.parse(JSON.stringify(manifest, oneLine)), schemaVersion: "2.1.0" };
}

/** The parts of `embed.d.ts` that are made, by name. A test compares the whole with the types in the element's source. */
function declarations(manifest: Package): Readonly<Record<string, readonly string[]>> {
  const [element] = manifest.modules[0].declarations ?? [];
  const { attributes = [], members = [], events = [] } = element as CustomElement;
  const documented = (description: string | undefined, code: string): string => `  /** ${description} */\n  ${code};`;
  return {
    events: events.map(({ name, type, description }) => documented(description, `${name}: ${type?.text}`)),
    members: members.map((member) => {
      const { name, description } = member;
      if (member.kind === "method") return documented(description, `${name}(): ${member.return?.type?.text}`);
      const { type } = member as ClassField;
      if (!("attribute" in member)) return documented(description, `readonly ${name}: ${type?.text}`);
      return documented(description, `${name}: ${type?.text === "boolean" ? "boolean" : "string"}`);
    }),
    attributes: attributes.map(
      ({ name, type }) => `  readonly ${name}?: ${type?.text === "string" ? "string | number" : type?.text} | undefined;`,
    ),
  };
}

/** A part of it, between comments with its name. */
const PART = /( {2}\/\/ (\w+): npm run tool -- documents\n)[\s\S]*?(\n {2}\/\/ \/\2\n)/g;

/** The files of worker/widget, by their names. */
export async function widgetFiles(): Promise<ReadonlyMap<string, string>> {
  const manifest = await description();
  const parts = declarations(manifest);
  return new Map([
    ["custom-elements.json", `${JSON.stringify(manifest, null, 2)}\n`],
    [
      "embed.d.ts",
      readFileSync(join(WIDGET, "embed.d.ts"), "utf8").replaceAll(PART, (_, begin, name, end) => begin + parts[name].join("\n") + end),
    ],
  ]);
}
