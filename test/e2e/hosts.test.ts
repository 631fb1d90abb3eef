/**
 * What hosts do differently: static files have the same types, tags and rules of caching everywhere, what no client library
 * sends is refused, and what goes to Cloudflare is small.
 */
import { once } from "node:events";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { type AddressInfo, connect } from "node:net";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anneal } from "../../worker/node/hono.ts";
import { shippedModel } from "../golden/golden.ts";
import { bundleForWorkerd, startBareWorker } from "../support/bare-worker.ts";
import { temporaryFolder } from "../support/files.ts";
import type { RunningWorker } from "../support/start-worker.ts";

const REVALIDATED = "public, max-age=0, must-revalidate";
const FOR_GOOD = "public, max-age=31536000, immutable";

const assets = readdirSync(resolve(import.meta.dirname, "../../dist/site/assets"));
const named = (pattern: RegExp): string => `/assets/${assets.find((name) => pattern.test(name))}`;

const FILES: readonly (readonly [path: string, type: string, caching: string])[] = [
  ["/embed.js", "text/javascript; charset=utf-8", "public, max-age=300, stale-while-revalidate=86100"],
  ["/how/", "text/html; charset=utf-8", REVALIDATED],
  [named(/^thread-/), "text/javascript; charset=utf-8", FOR_GOOD],
];

const bundle = temporaryFolder("workerd");
let worker: RunningWorker;

beforeAll(async () => {
  bundleForWorkerd(bundle);
  worker = await startBareWorker(bundle);
});

afterAll(() => worker?.stop());

const app = new Hono().route("/images", anneal({ models: [shippedModel("fashion-mnist")] }));

const HOSTS: Readonly<Record<string, (path: string, init?: RequestInit) => Promise<Response>>> = {
  Node: async (path, init) => app.request(`/images${path}`, init),
  "workerd alone": (path, init) => fetch(worker.origin + path, init),
};

describe.each(Object.entries(HOSTS))("in %s", (_, ask) => {
  it.each(FILES)("%s is %s, %s", async (path, type, caching) => {
    const { status, headers } = await ask(path);
    expect([status, headers.get("Content-Type"), headers.get("Cache-Control")]).toEqual([200, type, caching]);
    const tag = headers.get("ETag") ?? "";
    expect(tag).toMatch(/^"[\w.-]+"$/);
    const again = await ask(path, { headers: { "If-None-Match": tag } });
    expect([again.status, again.headers.get("Cache-Control"), again.headers.get("ETag")]).toEqual([304, caching, tag]);
  });

  it("folders lead to their pages but are not listed, what is not there is not, and a part of a file is the whole of it", async () => {
    const folder = await ask("/how?x", { redirect: "manual" });
    expect([folder.status, folder.headers.get("Location")]).toEqual([308, "how/?x"]);
    expect(await (await ask("/build/")).text()).toContain("url=../create/");
    const none = ["/assets/", "/assets", "/models/", "/_headers", "/assets/none.js", "/assets/..%2f..%2fpackage.json"];
    for (const path of none) expect([path, (await ask(path)).status]).toEqual([path, 404]);
    const whole = await ask("/embed.js");
    const part = await ask("/embed.js", { headers: { Range: "bytes=0-9" } });
    expect([part.status, part.headers.get("ETag")]).toEqual([200, whole.headers.get("ETag")]);
    expect(await part.bytes()).toEqual(await whole.bytes());
  });
});

it("in Node, a file of the site is closed though its answer is cancelled, read in part or not at all", async () => {
  const open = () => readdirSync("/dev/fd").length;
  const before = open();
  const answers = await Promise.all(Array.from({ length: 20 }, () => HOSTS.Node("/embed.js")));
  const readers = answers.map(({ body }) => body!.getReader());
  await Promise.all(readers.slice(10).map((reader) => reader.read()));
  expect(open()).toBeGreaterThanOrEqual(before + 10);
  await Promise.all(readers.map((reader) => reader.cancel()));
  await expect.poll(open, { timeout: 1000 }).toBeLessThanOrEqual(before);
});

it("what `wrangler deploy` would upload: is the script, the engine's modules and the models, in at most 8 MB before compression", () => {
  const modules = readdirSync(bundle).filter((name) => /\.(js|wasm|onnx)$/.test(name));
  expect(modules.map((name) => name.replace(/^[0-9a-f]{40}-/, "")).sort()).toEqual([
    "drawing.wasm",
    "index.js",
    ...Array(5).fill("model.onnx"),
    "plain.wasm",
    "relaxed.wasm",
  ]);
  expect(modules.reduce((sum, name) => sum + statSync(join(bundle, name)).size, 0)).toBeLessThanOrEqual(8e6);
  for (const name of modules.filter((name) => name.endsWith(".wasm")))
    expect(gzipSync(readFileSync(join(bundle, name))).length).toBeLessThanOrEqual(5000);
});

/** The status line of the answer to these lines. */
async function statusLine(port: number, lines: string): Promise<string> {
  const socket = connect(port, "127.0.0.1").setEncoding("utf8");
  socket.write(`${lines}\r\nConnection: close\r\n\r\n`);
  const [answer] = (await once(socket, "data")) as [string];
  socket.destroy();
  return answer.split("\r\n")[0];
}

it("what no client library sends is refused in Node: the method TRACE, and a body before it has arrived", async () => {
  const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  for (const lines of [
    "TRACE /images/sample?seed=7 HTTP/1.1",
    "POST /images/v1/fashion-mnist/denoise HTTP/1.1\r\nContent-Length: 1000000000",
  ])
    expect([lines, await statusLine(port, `${lines}\r\nHost: x`)]).toEqual([lines, "HTTP/1.1 405 Method Not Allowed"]);
  server.close();
});
