/**
 * The site's pages, in a state that can be repeated; laid out to their end; and checked by axe-core, the checker of
 * accessibility rules.
 */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright";

export const PAGES = [
  "/",
  "/#seed=7&class=robot",
  "/create/",
  "/create/#strokes=CR8EBABMLLQstJZMlh4EBABYQKhAqHpYegcOAgBqWGpkBw4CAJZYlmQfBAQAWKCooKjcWNwSBAQAXOJ44nj6XPoSBAQAiuKm4qb6ivoDDAIAgBaAKA",
  "/create/#tab=repaint",
  "/create/#tab=morph",
  "/create/#tab=name&seed=alice",
  "/yours/",
  "/playground/",
  "/playground/#scene=modes",
  "/playground/#scene=matching",
  "/playground/#scene=samplers",
  "/playground/#lesson=boltzmann&task=3",
  "/playground/course/",
  "/how/",
];

/**
 * Has the page laid out to its end, as someone who scrolls sees it: what is far below waits for that
 * (shared/site.css).
 */
export const layOutAll = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const style = new CSSStyleSheet();
    style.replaceSync("main > section, .operation, footer { content-visibility: visible !important }");
    document.adoptedStyleSheets.push(style);
  });

const source = readFile(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");

type WithAxe = typeof globalThis & { readonly axe?: { run(options: object): Promise<AxeResults> } };

/** Rules that the page breaks, to its end, with the elements. */
export async function violations(page: Page): Promise<string[]> {
  await layOutAll(page);
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(await source);
  const { violations } = await page.evaluate(() => (globalThis as WithAxe).axe!.run({ rules: { "target-size": { enabled: true } } }));
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
}
