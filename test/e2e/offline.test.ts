/** Pages that were visited, without a network: at the root and under a path, where they leave the application's own pages alone. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { Hono } from "hono";
import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, expect, it } from "vitest";
import { anneal } from "../../worker/node/hono.ts";
import { launchChromium } from "../support/chromium.ts";
import { soon } from "../support/site.ts";

const model = new Uint8Array(readFileSync(resolve(import.meta.dirname, "../../wasm-model/models/mnist/model.onnx")));

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

/** A server that goes away when `stop` is called. */
async function startGateway(app: Hono): Promise<{ readonly origin: string; stop(): void }> {
  const server = createServer(async (request, response) => {
    const answer = await app.fetch(new Request(origin + request.url, { method: request.method ?? "GET" }));
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(Buffer.from(await answer.arrayBuffer()));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { origin, stop };
}

/** Waits until the browser keeps the page and its model. */
const kept = (page: Page): Promise<void> =>
  soon(() =>
    page.evaluate(async () => {
      const requests = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
      const paths = requests.flat().map(({ url }) => url);
      return (
        paths.includes(location.href.replace(/#.*/, "")) &&
        ["css", "onnx"].every((ending) => paths.some((url) => url.endsWith(`.${ending}`)))
      );
    }),
  ).toBe(true);

it.each([
  ["/", "#image"],
  ["/create/#tab=morph", "#image"],
  ["/how/", "#levels canvas"],
])("%s opens and draws after a visit", async (path, canvas) => {
  const gateway = await startGateway(
    new Hono().route("/a/b", anneal({ models: [model] })).get("/a/about", (c) => c.html("<h1>About</h1>")),
  );
  const page = await browser.newPage();
  page.setDefaultTimeout(30_000);
  await page.goto(`${gateway.origin}/a/b${path}`);
  await page
    .getByText(/Drawn by|drew all/)
    .first()
    .waitFor();
  await kept(page);
  await page.goto(`${gateway.origin}/a/about`);
  expect(await page.evaluate(() => navigator.serviceWorker.controller)).toBeNull();
  gateway.stop();
  await page.goto(`${gateway.origin}/a/b${path}`);
  await page
    .getByText(/Drawn by this device|drew all/)
    .first()
    .waitFor();
  await page.locator(canvas).first().waitFor();
  await expect(page.goto(`${gateway.origin}/a/about`)).rejects.toThrow("net::ERR");
  await page.close();
});
