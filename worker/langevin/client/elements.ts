/** The element that the page is sure to have. */
export function find<T extends Element>(selector: string, type: abstract new () => T, within: ParentNode = document): T {
  const element = within.querySelector(selector);
  if (!(element instanceof type)) throw new Error(`Expected a ${type.name} at ${selector}`);
  return element;
}
