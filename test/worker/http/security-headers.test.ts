/** What browsers may do with the answers. */
import { describe, expect, it } from "vitest";
import { ask } from "../worker.ts";

const FILES = ["/", "/create/", "/yours/", "/playground/", "/how/", "/build/", "/embed.js"];
const OTHERS = ["/sample?seed=7&steps=1", "/v1/models", "/openapi.json", "/nope", "/v1/fashion-mnist/7.svg?steps=1"];

describe("headers", () => {
  it.each([...FILES, ...OTHERS])("%s has safe headers and may be shown anywhere", async (path) => {
    expect(Object.fromEntries((await ask(path)).headers)).toMatchObject({
      "x-content-type-options": "nosniff",
      "cross-origin-resource-policy": "cross-origin",
      "referrer-policy": "no-referrer",
      "access-control-allow-origin": "*",
    });
  });

  it.each(FILES)("%s runs nothing but the server's own files, and makes no scripts of text", async (path) => {
    const policy = (await ask(path)).headers.get("Content-Security-Policy") ?? "";
    expect(policy).toMatch(/^default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; style-src 'self';/);
    expect(policy).toMatch(/frame-ancestors 'none'; trusted-types anneal 'allow-duplicates'; require-trusted-types-for 'script'$/);
  });

  it.each(OTHERS)("%s may do nothing if it is shown as a page", async (path) => {
    expect((await ask(path)).headers.get("Content-Security-Policy")).toBe("default-src 'none'; frame-ancestors *");
  });
});
