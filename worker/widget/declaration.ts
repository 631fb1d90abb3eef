/** `embed.d.ts`: the element for TypeScript, with its entry in `HTMLElementTagNameMap`. */
import { ATTRIBUTE_NAMES, ATTRIBUTES, type Attribute, EVENTS, METHODS, PROPERTIES } from "./table.ts";

/** The details of the events. A test compares them with the types in the element's source. */
const DETAILS = `export interface ProgressDetail {
  readonly stage: "download" | "draw";
  readonly done: number;
  readonly total: number;
}

export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly pixels: Uint8Array;
}

export interface DrawnImage extends Pixels {
  readonly seed: string;
  readonly class: number | undefined;
  readonly label: string | undefined;
  readonly steps: number;
  readonly sampler: string;
  readonly temperature: number;
  readonly guidance: number;
  readonly nfe: number;
  readonly n?: number;
  readonly frames?: readonly Pixels[];
  readonly recipe?: string;
  readonly png: Uint8Array<ArrayBuffer>;
}

export type LoadDetail =
  | { readonly renderedBy: "device"; readonly image: DrawnImage }
  | { readonly renderedBy: "edge"; readonly url: string; readonly reason?: Error };

export interface ErrorDetail {
  readonly error: Error;
}
`;

/** The attributes in JSX, one a line. */
export const jsxAttributes = (): string[] =>
  Object.entries<Attribute>(ATTRIBUTES).map(([name, { type, values }]) => {
    const text = values?.map((value) => JSON.stringify(value)).join(" | ") ?? "string | number";
    return `readonly ${name}?: ${type === "flag" ? "boolean" : text} | undefined;`;
  });

export function declaration(): string {
  const reflected = ATTRIBUTE_NAMES.map((name) => {
    const { property, type, doc, takes } = ATTRIBUTES[name];
    return field(`${doc} Takes ${takes}.`, `${property}: ${type === "flag" ? "boolean" : "string"};`);
  });
  const properties = Object.entries(PROPERTIES).map(([name, { type, doc }]) => field(doc, `readonly ${name}: ${type};`));
  const methods = Object.entries(METHODS).map(([name, { type, doc }]) => field(doc, `${name}${type.replace(" => ", ": ")};`));
  const events = Object.entries(EVENTS).map(([name, { type, doc }]) => field(doc, `${name}: CustomEvent<${type}>;`));
  const listener = (verb: "add" | "remove", options: string) => [
    `  ${verb}EventListener<K extends keyof AnnealSampleEventMap>(`,
    "    type: K,",
    "    listener: (this: AnnealSampleElement, event: AnnealSampleEventMap[K]) => unknown,",
    `    options?: boolean | ${options},`,
    "  ): void;",
    `  ${verb}EventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | ${options}): void;`,
  ];
  return [
    "/** <anneal-sample>, for TypeScript. Made from worker/widget/table.ts. */",
    "",
    DETAILS,
    'export interface AnnealSampleEventMap extends Omit<HTMLElementEventMap, "progress" | "load" | "error"> {',
    ...events,
    "}",
    "",
    "export interface AnnealSampleElement extends HTMLElement {",
    ...reflected,
    ...properties,
    ...methods,
    ...listener("add", "AddEventListenerOptions"),
    ...listener("remove", "EventListenerOptions"),
    "}",
    "",
    "/** What the element takes in JSX, where the framework adds its own attributes of every element. */",
    "export interface AnnealSampleAttributes {",
    ...jsxAttributes().map((line) => `  ${line}`),
    "}",
    "",
    "declare global {",
    "  interface HTMLElementTagNameMap {",
    '    "anneal-sample": AnnealSampleElement;',
    "  }",
    "}",
    "",
  ].join("\n");
}

const field = (doc: string, code: string): string => `  /** ${doc} */\n  ${code}`;
