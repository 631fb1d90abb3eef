/** The service in a page of another origin, in a real Chromium; and its headers over a real connection. */
import type { Page } from "playwright";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { startWebPage, type WebPage } from "../support/web-page.ts";
import { workerAndChromium } from "../support/worker-and-chromium.ts";

const { worker, browser } = workerAndChromium();
let site: WebPage;
let page: Page;

beforeAll(async () => {
  site = await startWebPage();
  site.set("");
});

afterAll(async () => {
  await site?.stop();
});

beforeEach(async () => {
  page = await browser.newPage();
  await page.goto(site.url);
});

afterEach(() => page.close());

/** What a page gets that uploads an image of the server's. */
const upload = (asForm: boolean) =>
  page.evaluate(
    async ({ source, url, asForm }) => {
      const image = await (await fetch(source)).blob();
      const form = new FormData();
      form.append("image", image);
      const init = asForm ? { body: form } : { body: image, headers: { "Content-Type": "image/png" } };
      return fetch(url, { method: "POST", ...init }).then(
        async (response) => [response.status, response.headers.get("X-NFE"), (await response.blob()).type],
        (error: Error) => error.name,
      );
    },
    { source: `${worker.origin}/sample?seed=7&steps=1`, url: `${worker.origin}/v1/avatars/denoise`, asForm },
  );

it("takes uploads from pages of other origins", async () => {
  for (const asForm of [true, false]) expect(await upload(asForm)).toEqual([200, "1", "image/png"]);
});
