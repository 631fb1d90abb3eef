/** The service worker of earlier releases, for those who have it: the one of today removes itself, and what that one kept. */
import { expect, it } from "vitest";
import { soon } from "../support/site.ts";
import { workerAndChromium } from "../support/worker-and-chromium.ts";

const { worker, browser } = workerAndChromium();

it("removes itself and the pages that it kept, and nothing else", async () => {
  const page = await browser.newPage();
  await page.goto(`${worker.origin}/how/`);
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
  await page.evaluate(async () => {
    const scope = new URL("/", location.href).href;
    for (const name of [`anneal-site ${scope}`, "another"]) await (await caches.open(name)).put(scope, new Response("kept"));
    const { trustedTypes } = window as unknown as {
      readonly trustedTypes: { createPolicy(name: string, rules: object): { createScriptURL(url: string): string } };
    };
    const policy = trustedTypes.createPolicy("anneal", { createScriptURL: (url: string) => url }); // as pages had
    await navigator.serviceWorker.register(policy.createScriptURL("/service-worker.js"), { updateViaCache: "none" });
  });
  const left = async () => [
    (await navigator.serviceWorker.getRegistrations()).length,
    (await caches.keys()).filter((name) => /site|another/.test(name)),
  ];
  await soon(() => page.evaluate(left)).toEqual([0, ["another"]]);
  await page.close();
});
