/** What tests of the site look at. */
import type { Locator } from "playwright";
import { expect } from "vitest";

export const text = async (element: Locator): Promise<string> => (await element.textContent()) ?? "";

/** Expects it of what `look` finds before long. */
export const soon = <T>(look: () => T): ReturnType<typeof expect.poll<T>> => expect.poll(look, { timeout: 15_000 });
