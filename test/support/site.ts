/** What tests of the site look at. */
import { readFile } from "node:fs/promises";
import type { Locator, Page } from "playwright";
import { expect } from "vitest";

/** What the page's address asks for. */
export const asked = (page: Page): Record<string, string> => Object.fromEntries(new URL(page.url()).searchParams);

export const text = async (element: Locator): Promise<string> => (await element.textContent()) ?? "";

export const onDevice = (page: Page): Promise<void> => page.getByText("The model is on this device.").waitFor();

/** Waits until nothing is being drawn. */
export const drawn = (page: Page): Promise<void> => page.locator('main[aria-busy="false"]').waitFor();

/** What a canvas shows. */
export const shown = (page: Page, selector = "#image"): Promise<string> =>
  page.locator(selector).evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());

/** Open pixels of the mask on /repaint. */
export const openPixels = (page: Page): Promise<number> =>
  page.locator("#canvas").evaluate((canvas) => Number((canvas as HTMLElement).dataset.open));

/** Bytes of the page's PNG file for download, and of the file at its permanent address. */
export async function files(page: Page): Promise<[page: Buffer, edge: Buffer]> {
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "PNG", exact: true }).click();
  const edge = await fetch(await text(page.getByLabel("Permanent address")));
  return [await readFile(await (await download).path()), Buffer.from(await edge.arrayBuffer())];
}

/** Expects it of what `look` finds before long. */
export const soon = <T>(look: () => T): ReturnType<typeof expect.poll<T>> => expect.poll(look, { timeout: 15_000 });
