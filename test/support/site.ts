/** What tests of the site look at. */
import type { Locator, Page } from "playwright";
import { expect } from "vitest";

export const text = async (element: Locator): Promise<string> => (await element.textContent()) ?? "";

/** Expects it of what `look` finds before long. */
export const soon = <T>(look: () => T): ReturnType<typeof expect.poll<T>> => expect.poll(look, { timeout: 15_000 });

/** What moved by itself since the page was opened, as browsers see it. */
export const moved = (page: Page): Promise<string[]> =>
  page.evaluate(
    () =>
      new Promise<string[]>((resolve) => {
        type Shift = PerformanceEntry & { readonly sources: readonly { readonly node: Node | null }[] };
        const nodes = (list: PerformanceObserverEntryList) =>
          list.getEntries().flatMap((entry) => (entry as Shift).sources.map(({ node }) => (node as Element | null)?.outerHTML ?? "gone"));
        new PerformanceObserver((list) => resolve(nodes(list))).observe({ type: "layout-shift", buffered: true });
        setTimeout(() => resolve([]), 500);
      }),
  );
