/** What pages of other origins may do. */
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { encodePng } from "../../../wasm-model/render/image/png.ts";
import { simd } from "../../../wasm-model/runtime/simd.workerd.ts";
import { createApp } from "../../../worker/app.ts";
import type { Env } from "../../../worker/http/env.ts";
import { servedModels } from "../../../worker/models/served.ts";

const app = createApp(await servedModels(simd));

const ask = (path: string, init: RequestInit, bindings: Partial<Env["Bindings"]> = {}) =>
  app.request(`https://anneal.test${path}`, init, { ...env, ...bindings });

const IMAGE = encodePng({ pixels: new Uint8Array(784), width: 28, height: 28, channels: 1 });

/** Whether the browser lets a page of this origin ask, and whether it lets it read the answer. */
async function upload(Origin: string | undefined, bindings: Partial<Env["Bindings"]> = {}) {
  const from: Record<string, string> = Origin === undefined ? {} : { Origin };
  const preflight = await ask(
    "/v1/fashion-mnist/denoise",
    { method: "OPTIONS", headers: { ...from, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization" } },
    bindings,
  );
  const headers = { ...from, "Content-Type": "image/png", ...(bindings.API_TOKEN && { Authorization: `Bearer ${bindings.API_TOKEN}` }) };
  const answer = await ask("/v1/fashion-mnist/denoise", { method: "POST", body: IMAGE, headers }, bindings);
  const allowed = (response: Response) => response.headers.get("Access-Control-Allow-Origin");
  return { preflight: allowed(preflight), status: answer.status, readable: allowed(answer), answer, headers: preflight.headers };
}

const PAGE = "https://page.test";

describe("uploads from other origins", () => {
  it("are accepted if no token is required", async () => {
    const { headers, ...given } = await upload(PAGE);
    expect(given).toMatchObject({ preflight: "*", status: 200, readable: "*" });
    expect([headers.get("Access-Control-Allow-Methods"), headers.get("Access-Control-Allow-Headers")]).toEqual([
      "POST",
      "Authorization,Content-Type",
    ]);
  });

  it("are refused if a token is required, except those of programs and of the server's own pages", async () => {
    const API_TOKEN = "open-sesame";
    const { answer, ...given } = await upload(PAGE, { API_TOKEN });
    expect(given).toMatchObject({ preflight: null, status: 403, readable: null });
    expect(await answer.json()).toMatchObject({ code: "forbidden-origin", key: "Origin", received: `"${PAGE}"` });
    for (const origin of [undefined, "https://anneal.test"]) expect(await upload(origin, { API_TOKEN })).toMatchObject({ status: 200 });
  });

  it("are accepted from the origins that the server's setting names", async () => {
    const bindings = { UPLOAD_ORIGINS: `https://other.test, ${PAGE}`, API_TOKEN: "open-sesame" };
    expect(await upload(PAGE, bindings)).toMatchObject({ preflight: PAGE, status: 200, readable: PAGE });
    for (const origin of ["https://elsewhere.test", "null", `${PAGE}.evil.test`]) {
      expect(await upload(origin, bindings)).toMatchObject({ preflight: null, status: 403, readable: null });
    }
    expect(await upload(PAGE, { UPLOAD_ORIGINS: "*", API_TOKEN: "open-sesame" })).toMatchObject({ preflight: "*", status: 200 });
    expect(await upload(PAGE, { UPLOAD_ORIGINS: "" })).toMatchObject({ status: 403 });
  });

  it("get errors that their pages may read", async () => {
    const answer = await ask("/v1/inspect", { method: "POST", body: "x", headers: { Origin: PAGE, "Content-Type": "image/png" } });
    expect([answer.status, answer.headers.get("Access-Control-Allow-Origin")]).toEqual([400, "*"]);
  });

  it("are refused before their body is read", async () => {
    let isRead = false;
    const pull = () => {
      isRead = true;
    };
    const body = new ReadableStream({ pull }, { highWaterMark: 0 });
    const init = { method: "POST", body, headers: { Origin: PAGE, "Content-Type": "image/png" } };
    expect((await ask("/v1/fashion-mnist/denoise", init, { UPLOAD_ORIGINS: "" })).status).toBe(403);
    expect(isRead).toBe(false);
  });
});

it("lets pages of any origin read the answers to GET, whatever the setting", async () => {
  const headers = { Origin: PAGE };
  for (const method of ["GET", "HEAD"]) {
    const answer = await ask("/sample?seed=7&steps=1", { method, headers }, { UPLOAD_ORIGINS: "" });
    expect([answer.status, answer.headers.get("Access-Control-Allow-Origin")]).toEqual([200, "*"]);
  }
});
