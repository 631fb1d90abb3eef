/** Tells when elements come near the viewport. An element that is not displayed never is near. */
const callbacks = new WeakMap<Element, () => void>();
let observer: IntersectionObserver | undefined;

/** Calls back once, in place of an earlier callback, when the element is at most 256 pixels away. */
export function whenNear(element: Element, callback: () => void): void {
  observer ??= new IntersectionObserver(
    (entries, observer) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        observer.unobserve(target);
        callbacks.get(target)?.();
      }
    },
    { rootMargin: "256px" },
  );
  callbacks.set(element, callback);
  observer.observe(element);
}
