/** axe-core, the checker of accessibility rules, in a page of Playwright's. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright";
import { layOutAll } from "./lay-out.ts";

const source = readFile(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");

/** Rules that the page breaks, with the elements. */
export async function violations(page: Page): Promise<string[]> {
  await layOutAll(page);
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(await source);
  const { violations } = (await page.evaluate("axe.run()")) as AxeResults;
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
}
