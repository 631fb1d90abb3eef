/** Properties that reflect the element's attributes. */
import { ATTRIBUTE_NAMES, type AttributeName, absent, propertyOf } from "./attributes.ts";

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

/**
 * Frameworks set the property with the attribute's name if the element has one. `animate` is a method of every element:
 * it stays a method, but setting it sets the attribute.
 */
function alias(name: string, descriptor: PropertyDescriptor): PropertyDescriptor {
  return { ...descriptor, get: () => (HTMLElement.prototype as unknown as Record<string, unknown>)[name] };
}

/** Gives the class a property for each attribute that it does not define itself. */
export function reflectAttributes(element: { readonly prototype: object }): void {
  const { prototype } = element;
  for (const name of ATTRIBUTE_NAMES) {
    const [property, descriptor] = [propertyOf(name), reflected(name)];
    if (!Object.hasOwn(prototype, property)) Object.defineProperty(prototype, property, descriptor);
    if (property !== name) Object.defineProperty(prototype, name, alias(name, descriptor));
  }
}

const REFLECTING = ATTRIBUTE_NAMES.flatMap((name) => [name, propertyOf(name)]);

/** A page may have set properties before the class was defined; they would hide the class's own. */
export function adoptProperties(element: Element): void {
  const set = element as unknown as Record<string, unknown>;
  for (const property of REFLECTING) {
    if (!Object.hasOwn(set, property)) continue;
    const value = set[property];
    delete set[property];
    set[property] = value;
  }
}
