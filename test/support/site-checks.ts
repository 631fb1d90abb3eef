/**
 * What every browser does alike, as tests over a window of one: the widget in a page of somebody else's, and the site's
 * pages with a visitor's main ways.
 */
import { expect, inject, it } from "vitest";
import { PAGES } from "./pages.ts";
import { startWebPage } from "./web-page.ts";

/** WebDriver's code points of keys that have no character. */
export const KEYS = { Enter: "\uE007", End: "\uE010" } as const;

export interface Window {
  /** Resolves when the page is loaded. */
  goto(url: string): Promise<void>;
  goBack(): Promise<void>;
  /** What the function, which sees nothing but the page and its arguments, returns there. */
  evaluate<Args extends readonly unknown[], T>(script: (...args: Args) => T, ...args: Args): Promise<Awaited<T>>;
  /** Resolves when the function returns something true in the page. */
  waitFor<Args extends readonly unknown[]>(condition: (...args: Args) => unknown, ...args: Args): Promise<void>;
  /** Clicks the middle of the element, as a mouse does. */
  click(selector: string): Promise<void>;
  /** Gives the element the focus and types, in place of what a text field has. `KEYS` has keys without characters. */
  type(selector: string, text: string): Promise<void>;
}

const QUERIES = [
  ...["seed=7&size=32", "seed=7&class=robot&size=56", "seed=7&model=mnist&size=28"],
  ...["seed=7&steps=3&size=32", "seed=7&to=8&t=0.25&size=32"],
];

/** `window` is there when the tests run. */
export function siteChecks(window: () => Window): void {
  const origin = inject("origin");

  it("the widget draws what the server draws", async () => {
    const site = await startWebPage();
    try {
      const elements = QUERIES.map((query) => {
        const attributes = [...new URLSearchParams(query)].map(([name, value]) => ` ${name === "class" ? "label" : name}="${value}"`);
        return `<anneal-sample${attributes.join("")}></anneal-sample>`;
      });
      site.set(`${elements.join("")}<script type="module" src="${origin}/embed.js"></script>`, {
        "Content-Security-Policy": `script-src ${origin} 'wasm-unsafe-eval'; connect-src ${origin}; worker-src blob:`,
      });
      await window().goto(site.url);
      const shown = await window().evaluate(async () => {
        type Sample = Element & { toBlob(): Promise<Blob> };
        await customElements.whenDefined("anneal-sample");
        const drawn: number[][] = [];
        for (const sample of document.querySelectorAll<Sample>("anneal-sample")) {
          drawn.push([...new Uint8Array(await (await sample.toBlob()).arrayBuffer())]);
        }
        return drawn;
      });
      for (const [i, query] of QUERIES.entries()) {
        const expected = [...new Uint8Array(await (await fetch(`${origin}/sample?${query}`)).arrayBuffer())];
        expect([query, shown[i]]).toEqual([query, expected]);
      }
    } finally {
      await site.stop();
    }
  });

  async function open(path: string, act?: (page: Window) => Promise<void>): Promise<void> {
    await window().goto(origin + path);
    await window().waitFor(() => document.querySelector("main"));
    await act?.(window());
  }

  /** The page's script has made the element. */
  const made = (selector: string) => window().waitFor((selector: string) => document.querySelector(selector), selector);
  const status = (beginning: string) =>
    window().waitFor((beginning: string) => document.querySelector("#status")?.textContent?.startsWith(beginning), beginning);
  const strokes = (count: string) =>
    window().waitFor((count: string) => document.querySelector<HTMLElement>("#pad canvas")?.dataset.strokes === count, count);

  it.each(PAGES)("%s opens", (path) => open(path));

  it("types a seed, presses Enter, and goes back", () =>
    open("/#seed=7", async (page) => {
      await made('[name="seed"]');
      await page.type('[name="seed"]', `alice${KEYS.Enter}`);
      await page.waitFor(() => location.hash === "#seed=alice");
      await status("Drawn by this device");
      await page.goBack();
      await page.waitFor(() => document.querySelector<HTMLInputElement>('[name="seed"]')?.value === "7");
    }));

  it("draws with keyboard and mouse, and goes back", () =>
    open("/create/", async (page) => {
      await made("#pad[tabindex]"); // from now on it hears the keys
      await page.type("#pad", "  ");
      await strokes("1");
      await page.waitFor(() => document.querySelectorAll("#variants:not([hidden]) button").length === 4);
      await page.click("#pad");
      await strokes("2");
      await page.goBack();
      await strokes("1");
    }));

  it("runs the playground", () =>
    open("/playground/#scene=modes", async (page) => {
      await made('.ready [name="weight"]'); // before, it is not visible, and a hidden field takes no key
      await page.type('[name="weight"]', KEYS.End);
      await page.waitFor(() => location.hash.includes("weight=95"));
    }));
}
