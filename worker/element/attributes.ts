/** The attributes of `<anneal-sample>`: options of an image, which are documented with the options, and the element's own (test/tools/declarations.ts). */
import { OPTION_VALUES, type OptionName, type OptionValues } from "../../wasm-model/request/options.ts";
import { RequestError, type SampleRequest, type Source } from "../drawing/protocol.ts";

/** The options of an image that the element has. Addresses and the library have all of them. */
const ELEMENT_OPTIONS = [
  "seed",
  "class",
  "steps",
  "guidance",
  "size",
  "enlarge",
  "to",
  "t",
  "n",
  "background",
] as const satisfies readonly OptionName[];

type ElementOption = (typeof ELEMENT_OPTIONS)[number];

type OptionAttribute = {
  [K in ElementOption]: (typeof OPTION_VALUES)[K] extends { readonly attribute: infer A extends string } ? A : K;
}[ElementOption];

/** Each option's attribute, by the option's name. */
export const OPTION_ATTRIBUTES: ReadonlyMap<ElementOption, string> = new Map(
  ELEMENT_OPTIONS.map((name) => [name, (OPTION_VALUES[name] as OptionValues).attribute ?? name]),
);

/** The element's own, by what the property returns when the attribute is absent: false for a flag, which is there or not whatever its value. */
export const OWN_ATTRIBUTES = { model: "", src: "", animated: false, loading: "eager", alt: "" } as const;

export type AttributeName = OptionAttribute | keyof typeof OWN_ATTRIBUTES;

export const ATTRIBUTE_NAMES = [...OPTION_ATTRIBUTES.values(), ...Object.keys(OWN_ATTRIBUTES)] as readonly AttributeName[];

/** What the property of an attribute returns when it is absent. */
export const valueWhenAbsent = (name: AttributeName): string | boolean =>
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

/**
 * Attributes as they stand in the page. An empty one counts as missing, since templates write empty ones; an empty seed is refused.
 * A flag has the text "true".
 */
export type Attributes = Partial<Record<AttributeName, string>>;

export function attributesOf(element: Element): Attributes {
  const valueIn = (name: string) => (name === "animated" ? element.hasAttribute(name) && "true" : element.getAttribute(name));
  return Object.fromEntries(ATTRIBUTE_NAMES.map((name) => [name, valueIn(name)]).filter(([, value]) => value));
}

/**
 * `seed` is required; the element has a default for it. `home`: what draws without `src` and without a file in `model`.
 * Throws `RequestError` if an address is not a URL.
 */
export function requestOf(attributes: Attributes & Record<"seed", string>, home: Source): SampleRequest {
  const { seed, animated } = attributes;
  const options = { ...optionsIn(attributes), seed };
  return { ...sourceOf(attributes, home), operation: "sample", animate: animated !== undefined, options };
}

/** Whether `model` is the address of a file rather than the name of a service's model. */
export const isFile = (model: string): boolean => model.includes("/") || model.endsWith(".onnx");

function sourceOf({ src, model }: Attributes, home: Source): Source {
  if (model !== undefined && isFile(model)) return { file: absoluteUrl("model", model).href };
  if (src === undefined) return { ...home, ...(home.file && { file: new URL(home.file, document.baseURI).href }), model }; // Turbopack's are relative
  const { origin, pathname } = absoluteUrl("src", src);
  return { server: origin + (pathname.endsWith("/") ? pathname : "/"), model };
}

function absoluteUrl(name: AttributeName, text: string): URL {
  if (URL.canParse(text, document.baseURI)) return new URL(text, document.baseURI);
  throw new RequestError("invalid-value", name, `Expected a URL for \`${name}\` but received ${text}`);
}

/** Sets the attribute, or removes it for null and undefined. */
export const setText = (element: Element, name: string, value: unknown): void =>
  value === null || value === undefined ? element.removeAttribute(name) : element.setAttribute(name, String(value));

/** Sets or removes a flag. Frameworks set a flag without a value as an empty text. */
const setFlag = (element: Element, name: string, value: unknown): boolean => element.toggleAttribute(name, value === "" || Boolean(value));

function reflectingProperty(name: AttributeName): PropertyDescriptor {
  const fallback = valueWhenAbsent(name);
  const isFlag = typeof fallback === "boolean";
  return {
    configurable: true,
    enumerable: true,
    get(this: Element) {
      return isFlag ? this.hasAttribute(name) : (this.getAttribute(name) ?? fallback);
    },
    set(this: Element, value: unknown) {
      (isFlag ? setFlag : setText)(this, name, value);
    },
  };
}

/** Gives the class a property for each attribute that it does not define itself. */
export function reflectAttributes({ prototype }: { readonly prototype: object }): void {
  for (const name of ATTRIBUTE_NAMES) if (!Object.hasOwn(prototype, name)) Object.defineProperty(prototype, name, reflectingProperty(name));
}

/** A page may have set properties before the class was defined; they would hide the class's own. */
export function adoptProperties(element: Element): void {
  const set = element as unknown as Record<string, unknown>;
  for (const name of ATTRIBUTE_NAMES) {
    if (!Object.hasOwn(set, name)) continue;
    const value = set[name];
    delete set[name];
    set[name] = value;
  }
}
