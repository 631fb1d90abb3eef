/** The request that the element's attributes make. */

import { RequestError, type SampleRequest, type Source } from "../drawing/protocol.ts";
import { ATTRIBUTE_NAMES, type AttributeName, optionsIn } from "./attributes.ts";

/**
 * Attributes as they stand in the page. An empty one counts as missing, since templates write empty ones; an empty seed is refused.
 * A flag has the text "true".
 */
export type Attributes = Partial<Record<AttributeName, string>>;

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
  if (model !== undefined && isFile(model)) return { file: addressed("model", model).href };
  if (src === undefined) return { ...home, ...(home.file && { file: new URL(home.file, document.baseURI).href }), model }; // Turbopack's are relative
  const { origin, pathname } = addressed("src", src);
  return { server: origin + (pathname.endsWith("/") ? pathname : "/"), model };
}

function addressed(name: AttributeName, text: string): URL {
  if (URL.canParse(text, document.baseURI)) return new URL(text, document.baseURI);
  throw new RequestError("invalid-value", name, `Expected a URL for \`${name}\` but received ${text}`);
}

export function attributesOf(element: Element): Attributes {
  const valueIn = (name: string) => (name === "animated" ? element.hasAttribute(name) && "true" : element.getAttribute(name));
  return Object.fromEntries(ATTRIBUTE_NAMES.map((name) => [name, valueIn(name)]).filter(([, value]) => value));
}
