/** What pages of other origins may do: everything. */
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { encodePng } from "../../../wasm-model/render/image/png.ts";
import { simd } from "../../../wasm-model/runtime/simd.workerd.ts";
import { createApp } from "../../../worker/app.ts";
import { servedModels } from "../../../worker/models/served.ts";

const app = createApp(await servedModels(simd));
const ask = (path: string, init: RequestInit) => app.request(`https://anneal.test${path}`, init, env);

const IMAGE = encodePng({ pixels: new Uint8Array(784), width: 28, height: 28, channels: 1 });
const Origin = "https://page.test";

it("uploads are accepted, after a preflight request too", async () => {
  const asking = { Origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type" };
  const { headers } = await ask("/v1/fashion-mnist/denoise", { method: "OPTIONS", headers: asking });
  expect(["Origin", "Methods", "Headers"].map((name) => headers.get(`Access-Control-Allow-${name}`))).toEqual([
    "*",
    "GET,HEAD,POST",
    "Content-Type",
  ]);
  const init = { method: "POST", body: IMAGE, headers: { Origin, "Content-Type": "image/png" } };
  const answer = await ask("/v1/fashion-mnist/denoise", init);
  expect([answer.status, answer.headers.get("Access-Control-Allow-Origin")]).toEqual([200, "*"]);
});

it("answers may be read, refusals too", async () => {
  for (const [path, status] of [
    ["/sample?seed=7&steps=1", 200],
    ["/sample?steps=0", 400],
  ] as const) {
    for (const method of ["GET", "HEAD"]) {
      const answer = await ask(path, { method, headers: { Origin } });
      expect([answer.status, answer.headers.get("Access-Control-Allow-Origin")]).toEqual([status, "*"]);
      expect(answer.headers.get("Access-Control-Expose-Headers")).toContain("X-Seed");
    }
  }
});
