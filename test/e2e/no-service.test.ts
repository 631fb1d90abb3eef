/** The widget on a host that has nothing but files: embed.js and models. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { MODEL_FILE } from "../../wasm-model/model/model.ts";
import { DIST, SHIPPED } from "../../worker/node/build.ts";
import { startWebPage, type WebPage } from "../support/web-page.ts";
import { workerAndChromium } from "../support/worker-and-chromium.ts";

const SITE = join(DIST, "site");
const { worker, browser } = workerAndChromium();
let host: WebPage;

beforeAll(async () => {
  const modelOf = (index: number): readonly [string, Uint8Array] => [
    "application/octet-stream",
    readFileSync(join(SHIPPED[index], MODEL_FILE)),
  ];
  host = await startWebPage({
    "/embed.js": ["text/javascript", readFileSync(join(SITE, "embed.js"))],
    "/avatars.onnx": modelOf(0),
    "/clothes.onnx": modelOf(1),
    "/text.onnx": ["text/plain", "no model"],
  });
});

afterAll(() => host?.stop());

const served = async (query: string): Promise<number[]> => [...(await (await fetch(`${worker.origin}/sample?${query}`)).bytes())];

it("draws with avatars.onnx beside the script, or with the file that `model` names, and says that another is no model", async () => {
  const page = await browser.newPage();
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  host.set(`<anneal-sample seed="alice"></anneal-sample><anneal-sample seed="alice" model="./clothes.onnx" label="Bag"></anneal-sample>
<anneal-sample seed="alice" model="./text.onnx"></anneal-sample><script type="module" src="/embed.js"></script>`);
  await page.goto(host.url);
  const drawn = await page.locator("anneal-sample").evaluateAll((elements) =>
    Promise.all(
      elements.map(async (element) => {
        await customElements.whenDefined("anneal-sample");
        const sample = element as HTMLElement & { toBlob(): Promise<Blob> };
        return sample.toBlob().then(
          async (blob) => [...(await blob.bytes())],
          (error: Error) => error.message,
        );
      }),
    ),
  );
  expect(drawn).toEqual([
    await served("seed=alice&size=128"),
    await served("seed=alice&model=fashion-mnist&class=Bag&size=112"),
    expect.stringContaining("Expected"),
  ]);
  expect(asked.filter((path) => /^\/(sample|assets)/.test(path))).toEqual([]);
  await page.close();
});
