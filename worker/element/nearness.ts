/** Tells which elements are in the viewport, or near it. An element that is not displayed never is. */
export class Nearness {
  readonly #margin: string;
  readonly #inside = new WeakSet<Element>();
  readonly #waiting = new WeakMap<Element, () => void>();
  #observer: IntersectionObserver | undefined;

  /** `margin`: how far outside the viewport counts as near, like `rootMargin` of an `IntersectionObserver`. */
  constructor(margin: string) {
    this.#margin = margin;
  }

  watch(element: Element): void {
    this.#observer ??= new IntersectionObserver((entries) => this.#update(entries), { rootMargin: this.#margin });
    this.#observer.observe(element);
  }

  forget(element: Element): void {
    this.#observer?.unobserve(element);
    this.#inside.delete(element);
    this.#waiting.delete(element);
  }

  has(element: Element): boolean {
    return this.#inside.has(element);
  }

  /** Calls back when a watched element is inside, once. */
  whenInside(element: Element, callback: () => void): void {
    if (this.#inside.has(element)) callback();
    else this.#waiting.set(element, callback);
  }

  #update(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) {
        this.#inside.delete(target);
        continue;
      }
      this.#inside.add(target);
      this.#waiting.get(target)?.();
      this.#waiting.delete(target);
    }
  }
}
