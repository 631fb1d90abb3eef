/** Tells when elements come near the viewport. An element that is not displayed never is near. */
const callbacks = new WeakMap<Element, () => void>();
let observer: IntersectionObserver | undefined;

/** Calls back when the element is near: at most 256 pixels away. */
export function whenNear(element: Element, callback: () => void): void {
  observer ??= new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) if (isIntersecting) callbacks.get(target)?.();
    },
    { rootMargin: "256px" },
  );
  callbacks.set(element, callback);
  observer.observe(element);
}

export function forget(element: Element): void {
  callbacks.delete(element);
  observer?.unobserve(element);
}
