/**
 * A page of another origin with many widgets, under a strict policy, in a stock Firefox: it draws the released bytes, and
 * after the first visit it does without the Anneal server.
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { loadModel, sample } from "../../wasm-model/index.ts";
import { simd } from "../../wasm-model/runtime/simd.ts";
import { sha256Hex } from "../../wasm-model/sampling/sha256.ts";
import { shippedModel } from "../golden/golden.ts";
import { openFirefox } from "../support/firefox.ts";
import { startWorker } from "../support/start-worker.ts";

const COUNT = 20;
/** The second half of them, far below the window. */
const isLazy = (i: number): boolean => i >= COUNT / 2;

interface Told {
  readonly renderedBy?: string;
  readonly seed?: string;
  /** SHA-256 of its file. */
  readonly png?: string;
  readonly error?: string;
}

/**
 * Tells the page's own server what the elements told, in the address of an image: the policy allows no connection to
 * it. The answer comes when it is time to reload.
 */
const SCRIPT = `
  const samples = [...document.querySelectorAll("anneal-sample")];
  const isFirst = !sessionStorage.visited;
  sessionStorage.visited = "yes";
  const told = [];
  const wanted = isFirst ? ${COUNT / 2} : ${COUNT};
  function tell(outcome) {
    told.push(outcome);
    if (told.length === ${COUNT / 2}) for (const [i, sample] of samples.entries()) if (!isFirst) setTimeout(() => sample.scrollIntoView(), 100 * i);
    if (told.length !== wanted) return;
    const report = new Image();
    report.onload = () => isFirst && location.reload();
    report.src = "/told?" + encodeURIComponent(JSON.stringify(told));
  }
  for (const sample of samples) {
    sample.addEventListener("load", async ({ detail }) => {
      const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", await (await sample.toBlob()).arrayBuffer()));
      const png = Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
      tell({ renderedBy: detail.renderedBy, seed: detail.image?.seed, png, error: detail.reason?.message });
    });
    sample.addEventListener("error", ({ detail }) => tell({ error: detail.error.message }));
  }`;

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>';

it("draws 20 widgets, half of them lazy, after the server has stopped and the page was reloaded", { timeout: 300_000 }, async () => {
  const anneal = await startWorker();
  const elements = Array.from(
    { length: COUNT },
    (_, i) => `<p><anneal-sample seed="${i}"${isLazy(i) ? ' loading="lazy"' : ""}></anneal-sample></p>`,
  );
  const style = "<style>p { margin-block-end: 600px; }</style>";
  const page = `<!doctype html><title>A page</title>${style}${elements.join("")}<script>${SCRIPT}</script><script type="module" src="${anneal.origin}/embed.js"></script>`;
  const hash = createHash("sha256").update(SCRIPT).digest("base64");
  const policy = `script-src ${anneal.origin} 'wasm-unsafe-eval' 'sha256-${hash}'; connect-src ${anneal.origin}; worker-src blob:`;
  const told: Told[][] = [];
  const server = createServer();
  const finished = new Promise<void>((resolve) => {
    server.on("request", async (request, response) => {
      const [path, query] = (request.url ?? "").split("?");
      if (path !== "/told") {
        return response
          .writeHead(200, { "Content-Type": "text/html", "Content-Security-Policy": policy, "Cache-Control": "no-store" })
          .end(page);
      }
      told.push(JSON.parse(decodeURIComponent(query)));
      if (told.length === 1) await anneal.stop();
      else resolve();
      response.writeHead(200, { "Content-Type": "image/svg+xml" }).end(SVG);
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const close = openFirefox(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  try {
    await finished;
  } finally {
    await close();
    server.closeAllConnections();
    server.close();
  }
  await expect(fetch(`${anneal.origin}/v1/models`)).rejects.toThrow();
  const seeds = Array.from({ length: COUNT }, (_, i) => String(i));
  const bySeed = (outcomes: readonly Told[]) => outcomes.toSorted((a, b) => Number(a.seed) - Number(b.seed));
  const model = await loadModel(shippedModel(), { runtime: simd });
  const here = async (seed: string) => ({ renderedBy: "device", seed, png: sha256Hex((await sample(model, { seed })).png()) });
  const drawn = (some: readonly string[]) => Promise.all(some.map(here));
  expect(bySeed(told[0])).toEqual(await drawn(seeds.filter((_, i) => !isLazy(i))));
  expect(bySeed(told[1])).toEqual(await drawn(seeds));
});
