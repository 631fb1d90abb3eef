/** The operator's cache: whatever it does, the answer is an image, in time. */
import { beforeAll, expect, it, vi } from "vitest";
import type { AnswerCache } from "../../../worker/http/hono.d.ts";
import { randomModelFile, TINY } from "../../support/random-model.ts";
import { service } from "../service.ts";

const TINY_MODEL = randomModelFile(TINY, 1, "int8");
type Answer = { readonly bytes: Uint8Array<ArrayBuffer>; readonly headers: Headers };

const CACHED = 'cache;desc="shared", cost;desc="0"';

/** What the service puts into a cache. */
let stored: Answer;

let seed = 0;
async function draw(cache: Partial<AnswerCache>) {
  const ask = service({ models: [TINY_MODEL], cache: { match: async () => undefined, put: async () => undefined, ...cache } });
  const response = await ask(`/sample?steps=1&seed=other-cache-${seed++}`);
  const { status, headers } = response;
  return { status, type: headers.get("Content-Type"), timing: headers.get("Server-Timing"), bytes: await response.bytes() };
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

it("an answer as it was stored is used", async () => {
  const { status, type, timing, bytes } = await draw({ match: async () => new Response(stored.bytes, { headers: stored.headers }) });
  expect([status, type, timing]).toEqual([200, "image/png", CACHED]);
  expect(bytes).toEqual(stored.bytes);
});

const throwing = () => {
  throw new Error("none");
};
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

it.each<[string, AnswerCache["match"] | (() => unknown)]>([
  ["a 503", async () => new Response(stored.bytes, { status: 503, headers: stored.headers })],
  ["a page", async () => page({ "Content-Type": "text/html", "Content-Length": "20" })],
  ["a page that claims to be the image", async () => page(stored.headers)],
  ["an empty one", async () => new Response(new Uint8Array(), { headers: stored.headers })],
  ["a truncated one", async () => new Response(stored.bytes.slice(0, -1), { headers: stored.headers })],
  ["an endless one", async () => new Response(endless(), { headers: stored.headers })],
  ["one that breaks", async () => new Response(breaking(), { headers: stored.headers })],
  ["one without a type", async () => new Response(stored.bytes, { headers: without("Content-Type") })],
  ["one without a length", async () => new Response(endless(), { headers: without("Content-Length") })],
  ["none that is a response", async () => ({}) as Response],
  ["an error", () => Promise.reject(new Error("none"))],
  ["an error at once", throwing],
  ["nothing, without a promise", () => undefined],
])("another answer counts as none: %s", async (_, match) => {
  const { status, type, timing, bytes } = await draw({ match: match as AnswerCache["match"] });
  expect([status, type]).toEqual([200, "image/png"]);
  expect(timing).toMatch(/^cache;desc="none"/);
  expect(bytes).not.toEqual(stored.bytes);
  expect([...bytes.subarray(1, 4)]).toEqual([..."PNG"].map((char) => char.charCodeAt(0)));
});

const stuck = () => new ReadableStream({ start: (controller) => controller.enqueue(stored.bytes.slice(0, 20)) });

it.each<[string, () => Promise<Response>]>([
  ["fails", () => Promise.reject(new Error("none"))],
  ["stops in the middle of an answer", async () => new Response(stuck(), { headers: stored.headers })],
])("one that %s is left alone for a minute", async (_, answer) => {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] });
  const match = vi.fn(answer);
  const put = vi.fn(async () => undefined);
  const ask = service({ models: [TINY_MODEL], cache: { match, put } });
  const draw = async (seed: string): Promise<void> => {
    const asked = ask(`/sample?seed=${seed}`);
    await scheduler.wait(5);
    await vi.advanceTimersByTimeAsync(1000);
    expect((await asked).status).toBe(200);
  };
  await draw("one");
  await draw("two");
  expect([match.mock.calls.length, put.mock.calls.length]).toEqual([1, 0]);
  vi.advanceTimersByTime(60_000);
  await draw("three");
  vi.useRealTimers();
  expect(match.mock.calls.length).toBe(2);
});

it.each<[string, () => unknown]>([
  ["rejects", () => Promise.reject(new Error("full"))],
  ["throws at once", throwing],
  ["returns no promise", () => undefined],
])("a cache whose `put` %s does not hinder the answer", async (_, put) => {
  expect(await draw({ put: put as AnswerCache["put"] })).toMatchObject({ status: 200, type: "image/png" });
});
