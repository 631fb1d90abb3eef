/** Headers: what browsers may do with the answers, what pages of other origins may read, and the lengths that HEAD tells. */
import { expect, it } from "vitest";
import { ask } from "../worker.ts";

const FILES = ["/", "/yours/", "/embed.js"];
const OTHERS = ["/sample?seed=7&steps=1", "/v1/models", "/nope"];

it.each([...FILES, ...OTHERS])("%s has safe headers and may be shown anywhere", async (path) => {
  expect(Object.fromEntries((await ask(path)).headers)).toMatchObject({
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "cross-origin",
    "referrer-policy": "no-referrer",
    "access-control-allow-origin": "*",
  });
});

it("a preflight request is answered with the two methods, and the headers that the service reads", async () => {
  const { status, headers } = await ask("/nope", { method: "OPTIONS", headers: { Origin: "https://page.test" } });
  const allowed = ["Origin", "Methods", "Headers"].map((name) => headers.get(`Access-Control-Allow-${name}`));
  expect([status, ...allowed]).toEqual([204, "*", "GET,HEAD", "If-None-Match,traceparent"]);
});

it.each(FILES)("%s runs nothing but the server's own files, and makes no scripts of text", async (path) => {
  const policy = (await ask(path)).headers.get("Content-Security-Policy") ?? "";
  expect(policy).toMatch(/^default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; style-src 'self';/);
  expect(policy).toMatch(/frame-ancestors 'none'; trusted-types anneal 'allow-duplicates'; require-trusted-types-for 'script'$/);
});

it.each(OTHERS)("%s may do nothing if it is shown as a page", async (path) => {
  expect((await ask(path)).headers.get("Content-Security-Policy")).toBe("default-src 'none'; frame-ancestors *");
});

it.each(["/embed.js", "/v1/models", "/v1/models/mnist/model.onnx", "/nope"])("HEAD knows the length of %s", async (path) => {
  const head = await ask(path, { method: "HEAD" });
  expect((await head.bytes()).length).toBe(0);
  expect(head.headers.get("Content-Length")).toBe(String((await (await ask(path)).bytes()).length));
});
