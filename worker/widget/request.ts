/** The request that the element's attributes make: to the device and, if that fails, to the server. */

import { ATTRIBUTE_NAMES, type AttributeName } from "./attributes.ts";
import { optionsIn, queryOf } from "./option-attributes.ts";
import { type DrawRequest, RequestError } from "./protocol.ts";

/**
 * Attributes as they stand in the page. An empty one counts as missing, since templates write empty ones. A flag has
 * the text "true".
 */
export type Attributes = Partial<Record<AttributeName, string>>;

export interface ElementRequest {
  readonly device: DrawRequest;
  /** The address of the same image on the server, as a PNG file. */
  readonly edgeUrl: string;
}

/** `seed` and `src` are required; the element has defaults for them. Throws `RequestError` if `src` is not a URL. */
export function requestOf(attributes: Attributes & Record<"seed" | "src", string>): ElementRequest {
  const { src, model, seed, animate } = attributes;
  if (!URL.canParse(src, document.baseURI)) throw new RequestError(`Expected a URL for \`src\` but received ${src}`);
  const { origin, pathname } = new URL(src, document.baseURI);
  const server = origin + (pathname.endsWith("/") ? pathname : "/");
  const options = optionsIn(attributes);
  return {
    device: { server, model, animate: animate !== undefined, options: { ...options, seed } },
    edgeUrl: new URL(`sample?${queryOf(attributes)}`, server).href,
  };
}

export function attributesOf(element: Element): Attributes {
  const entries = ATTRIBUTE_NAMES.map((name) => [name, name === "animate" ? flag(element, name) : element.getAttribute(name)]);
  return Object.fromEntries(entries.filter(([, value]) => value));
}

const flag = (element: Element, name: string): string | undefined => (element.hasAttribute(name) ? "true" : undefined);
