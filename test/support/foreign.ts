/** Makes an object one of another realm, such as a frame's or a test runner's: `instanceof` does not know its class. */
export function foreign<T extends object>(value: T): T {
  const own = Object.getPrototypeOf(value);
  return Object.setPrototypeOf(value, Object.create(Object.getPrototypeOf(own), Object.getOwnPropertyDescriptors(own)));
}
