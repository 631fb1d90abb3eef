/** The operator's cache: whatever it does, the answer is an image, in time. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Env } from "../../../worker/http/env.ts";
import { countingApp } from "../counting.ts";

type Cache = NonNullable<Env["Bindings"]["CACHE"]>;
type Answer = { readonly bytes: Uint8Array<ArrayBuffer>; readonly headers: Headers };

const CACHED = 'cache;desc="edge", cost;desc="0"';

let app: Awaited<ReturnType<typeof countingApp>>;
/** What the service puts into a cache. */
let stored: Answer;

let seed = 0;
async function draw(cache: Partial<Cache>) {
  const CACHE = { match: async () => undefined, put: async () => undefined, ...cache };
  const response = await app.ask(`/sample?steps=1&seed=other-cache-${seed++}`, {}, { CACHE });
  const { status, headers } = response;
  return { status, type: headers.get("Content-Type"), timing: headers.get("Server-Timing"), bytes: await response.bytes() };
}

beforeAll(async () => {
  app = await countingApp();
  let put: Promise<Answer> | undefined;
  await draw({
    put: async (_, response) => {
      put = response.arrayBuffer().then((bytes) => ({ bytes: new Uint8Array(bytes), headers: response.headers }));
    },
  });
  stored = (await put) as Answer;
});

it("an answer as it was stored is used", async () => {
  const { status, type, timing, bytes } = await draw({ match: async () => new Response(stored.bytes, { headers: stored.headers }) });
  expect([status, type, timing]).toEqual([200, "image/png", CACHED]);
  expect(bytes).toEqual(stored.bytes);
});

const without = (name: string): Headers => {
  const headers = new Headers(stored.headers);
  headers.delete(name);
  return headers;
};
const page = (headers: HeadersInit): Response => new Response("<h1>Maintenance</h1>", { headers });
const breaking = () =>
  new ReadableStream({
    pull: (controller) =>
      controller.desiredSize === 1 ? controller.enqueue(stored.bytes.slice(0, 20)) : controller.error(new Error("lost")),
  });
const endless = () => new ReadableStream({ pull: (controller) => controller.enqueue(stored.bytes) });
const stuck = () => new ReadableStream({ start: (controller) => controller.enqueue(stored.bytes.slice(0, 20)) });

describe("another answer counts as none", () => {
  it.each<[string, Cache["match"] | (() => unknown)]>([
    ["a 503", async () => new Response(stored.bytes, { status: 503, headers: stored.headers })],
    ["a page", async () => page({ "Content-Type": "text/html", "Content-Length": "20" })],
    ["a page that claims to be the image", async () => page(stored.headers)],
    ["an empty one", async () => new Response(new Uint8Array(), { headers: stored.headers })],
    ["an empty one without a body", async () => new Response(null, { headers: stored.headers })],
    [
      "an empty one that says so",
      async () => new Response(new Uint8Array(), { headers: { "Content-Type": "image/png", "Content-Length": "0" } }),
    ],
    ["a truncated one", async () => new Response(stored.bytes.slice(0, -1), { headers: stored.headers })],
    ["an endless one", async () => new Response(endless(), { headers: stored.headers })],
    ["one that breaks", async () => new Response(breaking(), { headers: stored.headers })],
    ["one that stops", async () => new Response(stuck(), { headers: stored.headers })],
    ["one without a type", async () => new Response(stored.bytes, { headers: without("Content-Type") })],
    ["one without a length", async () => new Response(endless(), { headers: without("Content-Length") })],
    ["none that is a response", async () => ({}) as Response],
    ["an error", () => Promise.reject(new Error("none"))],
    [
      "an error at once",
      () => {
        throw new Error("none");
      },
    ],
    ["nothing, without a promise", () => undefined],
    ["no answer ever", () => new Promise(() => undefined)],
  ])("%s", async (_, match) => {
    const { status, type, timing, bytes } = await draw({ match: match as Cache["match"] });
    expect([status, type]).toEqual([200, "image/png"]);
    expect(timing).toMatch(/^cache;desc="none"/);
    expect(bytes).not.toEqual(stored.bytes);
    expect([...bytes.subarray(1, 4)]).toEqual([..."PNG"].map((char) => char.charCodeAt(0)));
  });
});

it.each<[string, () => unknown]>([
  ["rejects", () => Promise.reject(new Error("full"))],
  [
    "throws at once",
    () => {
      throw new Error("full");
    },
  ],
  ["returns no promise", () => undefined],
])("a cache whose `put` %s does not hinder the answer", async (_, put) => {
  expect(await draw({ put: put as Cache["put"] })).toMatchObject({ status: 200, type: "image/png" });
});
