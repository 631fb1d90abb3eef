/** The service in a page of another origin, in a real Chromium; and its headers over a real connection. */
import { type Browser, chromium, type Page } from "playwright";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { CHROMIUM_FLAGS, findChromium } from "../support/chromium.ts";
import { type RunningWorker, startWorker } from "../support/start-worker.ts";
import { startWebPage, type WebPage } from "../support/web-page.ts";

let worker: RunningWorker;
let guarded: RunningWorker;
let browser: Browser;
let site: WebPage;
let page: Page;

beforeAll(async () => {
  const launched = chromium.launch({ executablePath: findChromium(), args: CHROMIUM_FLAGS });
  [worker, guarded, browser, site] = await Promise.all([
    startWorker(),
    startWorker("--var", "API_TOKEN:open-sesame", "--var", "UPLOAD_ORIGINS:https://elsewhere.test"),
    launched,
    startWebPage(),
  ]);
  site.set("");
});

afterAll(async () => {
  await Promise.all([worker?.stop(), guarded?.stop(), browser?.close(), site?.stop()]);
});

beforeEach(async () => {
  page = await browser.newPage();
  await page.goto(site.url);
});

afterEach(() => page.close());

it("ends an EventSource with the picture: it connects once more, is told to stop, and nothing is drawn again", async () => {
  const statuses: number[] = [];
  page.on("response", (response) => response.url().includes("/v1/") && statuses.push(response.status()));
  const told = await page.evaluate(
    (url) =>
      new Promise<{ events: string[]; closed: boolean }>((resolve) => {
        const source = new EventSource(url);
        const events: string[] = [];
        for (const name of ["step", "image", "problem"]) source.addEventListener(name, () => events.push(name));
        source.addEventListener("error", () => {
          if (source.readyState === EventSource.CLOSED) resolve({ events, closed: true });
        });
      }),
    `${worker.origin}/v1/fashion-mnist/7.png?steps=3`,
  );
  expect(told).toEqual({ events: ["step", "step", "step", "image"], closed: true });
  expect(statuses).toEqual([200, 204]);
});

/** What a page gets that uploads a picture of the server's. */
const upload = (origin: string, headers: Record<string, string>, asForm: boolean) =>
  page.evaluate(
    async ({ picture, url, headers, asForm }) => {
      const image = await (await fetch(picture)).blob();
      const form = new FormData();
      form.append("image", image);
      const init = asForm ? { body: form, headers } : { body: image, headers: { ...headers, "Content-Type": "image/png" } };
      return fetch(url, { method: "POST", ...init }).then(
        async (response) => [response.status, response.headers.get("X-NFE"), (await response.blob()).type],
        (error: Error) => error.name,
      );
    },
    { picture: `${worker.origin}/sample?seed=7&steps=1`, url: `${origin}/v1/fashion-mnist/denoise`, headers, asForm },
  );

it("takes uploads of pages of other origins where it has no token", async () => {
  for (const asForm of [true, false]) expect(await upload(worker.origin, {}, asForm)).toEqual([200, "1", "image/png"]);
});

it("keeps pages away whose origin its setting does not name", async () => {
  const token = { Authorization: "Bearer open-sesame" };
  for (const asForm of [true, false]) expect(await upload(guarded.origin, token, asForm)).toBe("TypeError");
});

it("tells the length in answer to HEAD, once it is known", async () => {
  const url = `${worker.origin}/v1/fashion-mnist/head.png?steps=1`;
  const length = async () => (await fetch(url, { method: "HEAD" })).headers.get("Content-Length");
  await length();
  const { byteLength } = await (await fetch(url)).arrayBuffer();
  expect(await length()).toBe(String(byteLength));
});
