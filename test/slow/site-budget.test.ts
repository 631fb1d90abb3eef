/** What the first visit to a page costs before the model comes, and that nothing moves while it comes. */
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { moved, visit, workerAndChromium } from "../support/visit.ts";

const { worker, browser } = workerAndChromium();

/** Kilobytes of all that a page may load, compressed, beside engine and models; and of its scripts alone. */
const [BUDGET, SCRIPTS] = [120, 40];

it.each(["/", "/create/", "/yours/", "/playground/", "/playground/course/", "/how/"])(
  "%s takes few kilobytes beside engine and model, and nothing moves",
  async (path) => {
    const sizes = new Map<string, Promise<number>>();
    await visit(
      browser,
      worker.origin + path,
      {
        before: async (page) => {
          page.on("response", (response) => {
            const isImage = response.headers()["content-type"]?.startsWith("image/") ?? false;
            const compress = (body: Buffer) => (isImage ? body.length : gzipSync(body).length);
            sizes.set(
              response.url(),
              response.body().then(compress, () => 0),
            );
          });
        },
      },
      async (page) => {
        await page.waitForLoadState("networkidle");
        expect(await moved(page)).toEqual([]);
        const loaded = await Promise.all([...sizes].map(async ([url, size]) => ({ url, bytes: await size })));
        const before = loaded.filter(({ url }) => !/\.onnx$|\/thread-|\/embed\.js$|^blob:/.test(url)); // the widget has the engine inside
        expect(before.length).toBeGreaterThan(2);
        expect(before.filter(({ url }) => /\.woff2?$/.test(url))).toEqual([]); // headings that differ from page to page
        const scripts = before.filter(({ url }) => url.endsWith(".js"));
        expect(scripts.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(1024 * SCRIPTS);
        expect(before.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(1024 * BUDGET);
      },
    );
  },
);
