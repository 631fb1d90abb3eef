/** The operator's cache: whatever it answers, the service answers with an image. */
import { beforeAll, expect, it, vi } from "vitest";
import type { AnswerCache } from "../../../worker/service/hono.d.ts";
import { randomModelFile, TINY } from "../../support/random-model.ts";
import { service } from "./service.ts";

const TINY_MODEL = randomModelFile(TINY, 1, "int8");
type Answer = { readonly bytes: Uint8Array<ArrayBuffer>; readonly headers: Headers };

/** What the service puts into a cache. */
let stored: Answer;

/** A service with this cache and a memory of its own; and of what type its events were. */
function telling(cache: AnswerCache) {
  const told: string[] = [];
  return { ask: service({ models: [TINY_MODEL], cache, onEvent: ({ type }) => void told.push(type) }), told };
}

let seed = 0;
async function draw(cache: Partial<AnswerCache>) {
  const { ask, told } = telling({ match: async () => undefined, put: async () => undefined, ...cache });
  const response = await ask(`/sample?steps=1&seed=other-cache-${seed++}`);
  const { status, headers } = response;
  return { status, type: headers.get("Content-Type"), told, bytes: await response.bytes() };
}

beforeAll(async () => {
  let put: Promise<Answer> | undefined;
  await draw({
    put: async (_, response) => {
      put = response.arrayBuffer().then((bytes) => ({ bytes: new Uint8Array(bytes), headers: response.headers }));
    },
  });
  stored = (await put) as Answer;
});

it("the data centre's cache serves what another isolate has drawn", async () => {
  const path = "/v1/random/shared.png?steps=1";
  const [one, other] = [telling(caches.default), telling(caches.default)];
  const drawn = await one.ask(path);
  const found = await other.ask(path);
  const headers = ["Content-Type", "Cache-Control"].map((name) => found.headers.get(name));
  expect(headers).toEqual(["image/png", "public, max-age=0, must-revalidate"]);
  expect(await found.bytes()).toEqual(await drawn.bytes());
  await other.ask(path); // from its memory
  expect([one.told, other.told]).toEqual([["drawn"], ["cached", "cached"]]);
});

const throwing = () => {
  throw new Error("none");
};
it.each<[string, () => unknown]>([
  ["a page", async () => new Response("<h1>Maintenance</h1>", { headers: { "Content-Type": "text/html", "Content-Length": "20" } })],
  ["a 503", async () => new Response(stored.bytes, { status: 503, headers: stored.headers })],
  ["another image", async () => new Response(stored.bytes, { headers: stored.headers })],
  ["a truncated image", async () => new Response(stored.bytes.slice(0, -1), { headers: stored.headers })],
  ["an error at once", throwing],
  ["nothing, without a promise", () => undefined],
])("another answer counts as none: %s", async (_, match) => {
  const { status, type, told, bytes } = await draw({ match: match as AnswerCache["match"] });
  expect([status, type, told]).toEqual([200, "image/png", ["drawn"]]);
  expect([...bytes.subarray(1, 4)]).toEqual([..."PNG"].map((char) => char.charCodeAt(0)));
});

it("one that fails is left alone for a minute", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  const match = vi.fn(() => Promise.reject(new Error("none")));
  const put = vi.fn(async () => undefined);
  const ask = service({ models: [TINY_MODEL], cache: { match, put } });
  for (const seed of ["one", "two"]) {
    expect((await ask(`/sample?seed=${seed}`)).status).toBe(200);
    expect([match.mock.calls.length, put.mock.calls.length]).toEqual([1, 0]);
    vi.advanceTimersByTime(seed === "one" ? 59_999 : 1);
  }
  expect((await ask("/sample?seed=three")).status).toBe(200);
  vi.useRealTimers();
  expect(match.mock.calls.length).toBe(2);
});

it("one that hangs is waited for a second, and left alone for a minute", async () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  const match = vi.fn(() => new Promise<undefined>(() => undefined));
  const put = vi.fn(async () => undefined);
  const ask = service({ models: [TINY_MODEL], cache: { match, put } });
  const began = Date.now();
  for (const seed of ["one", "two"]) expect((await ask(`/sample?steps=1&seed=hangs-${seed}`)).status).toBe(200);
  expect([match.mock.calls.length, put.mock.calls.length, Date.now() - began < 2000]).toEqual([1, 0, true]);
});

it("one that hangs is waited for by as many requests as a client may have in flight", async () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  const match = vi.fn(() => new Promise<undefined>(() => undefined));
  const ask = service({ models: [TINY_MODEL], cache: { match, put: async () => undefined } });
  const client = new AbortController();
  const answers = Array.from({ length: 200 }, (_, i) => ask(`/sample?seed=waits-${i}`, { signal: client.signal }));
  expect((await answers[199]).status).toBe(503);
  client.abort();
  await Promise.all(answers);
  expect(match).toHaveBeenCalledTimes(Math.floor(50e9 / 0.3e9));
});

it("one whose `put` hangs is left alone, too", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const put = vi.fn(() => new Promise<void>(() => undefined));
  const ask = service({ models: [TINY_MODEL], cache: { match: async () => undefined, put } });
  for (const seed of ["one", "two"]) expect((await ask(`/sample?steps=1&seed=put-${seed}`)).status).toBe(200); // each waits for the end of all
  expect([put.mock.calls.length, log.mock.calls]).toEqual([1, [["Expected `cache.put` to end within 1000 ms but it did not"]]]);
});

it.each<[string, () => unknown]>([
  ["rejects", () => Promise.reject(new Error("full"))],
  ["throws at once", throwing],
])("a cache whose `put` %s does not hinder the answer", async (_, put) => {
  expect(await draw({ put: put as AnswerCache["put"] })).toMatchObject({ status: 200, type: "image/png" });
});
