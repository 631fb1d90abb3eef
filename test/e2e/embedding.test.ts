/** The service in a page of another origin, in a real Chromium; and its headers over a real connection. */
import type { Page } from "playwright";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { type RunningWorker, startWorker } from "../support/start-worker.ts";
import { startWebPage, type WebPage } from "../support/web-page.ts";
import { workerAndChromium } from "../support/worker-and-chromium.ts";

const { worker, browser } = workerAndChromium();
let guarded: RunningWorker;
let site: WebPage;
let page: Page;

beforeAll(async () => {
  [guarded, site] = await Promise.all([
    startWorker("--var", "API_TOKEN:open-sesame", "--var", "UPLOAD_ORIGINS:https://elsewhere.test"),
    startWebPage(),
  ]);
  site.set("");
});

afterAll(async () => {
  await Promise.all([guarded?.stop(), site?.stop()]);
});

beforeEach(async () => {
  page = await browser.newPage();
  await page.goto(site.url);
});

afterEach(() => page.close());

/** What a page gets that uploads an image of the server's. */
const upload = (origin: string, headers: Record<string, string>, asForm: boolean) =>
  page.evaluate(
    async ({ source, url, headers, asForm }) => {
      const image = await (await fetch(source)).blob();
      const form = new FormData();
      form.append("image", image);
      const init = asForm ? { body: form, headers } : { body: image, headers: { ...headers, "Content-Type": "image/png" } };
      return fetch(url, { method: "POST", ...init }).then(
        async (response) => [response.status, response.headers.get("X-NFE"), (await response.blob()).type],
        (error: Error) => error.name,
      );
    },
    { source: `${worker.origin}/sample?seed=7&steps=1`, url: `${origin}/v1/fashion-mnist/denoise`, headers, asForm },
  );

it("takes uploads from pages of other origins if it has no token", async () => {
  for (const asForm of [true, false]) expect(await upload(worker.origin, {}, asForm)).toEqual([200, "1", "image/png"]);
});

it("refuses pages whose origin its setting does not name", async () => {
  const token = { Authorization: "Bearer open-sesame" };
  for (const asForm of [true, false]) expect(await upload(guarded.origin, token, asForm)).toBe("TypeError");
});
