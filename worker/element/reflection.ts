/** Properties that reflect the element's attributes. */
import { ATTRIBUTE_NAMES, type AttributeName, absent } from "./attributes.ts";

/** Sets the attribute, or removes it for null and undefined. */
export const setText = (element: Element, name: string, value: unknown): void =>
  value === null || value === undefined ? element.removeAttribute(name) : element.setAttribute(name, String(value));

/** Sets or removes a flag. Frameworks set a flag without a value as an empty text. */
const setFlag = (element: Element, name: string, value: unknown): boolean => element.toggleAttribute(name, value === "" || Boolean(value));

function reflected(name: AttributeName): PropertyDescriptor {
  const fallback = absent(name);
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
export function reflectAttributes(element: { readonly prototype: object }): void {
  const { prototype } = element;
  for (const name of ATTRIBUTE_NAMES) if (!Object.hasOwn(prototype, name)) Object.defineProperty(prototype, name, reflected(name));
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
