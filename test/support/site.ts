/** What tests of the site look at. */
import type { Locator, Page } from "playwright";
import { expect } from "vitest";

/** What the page's address asks for. */
export const asked = (page: Page): Record<string, string> => Object.fromEntries(new URL(page.url()).searchParams);

export const text = async (element: Locator): Promise<string> => (await element.textContent()) ?? "";

/** Expects it of what `look` finds before long. */
export const soon = <T>(look: () => T): ReturnType<typeof expect.poll<T>> => expect.poll(look, { timeout: 15_000 });
