/** Answers that are read late or never: what they hold, and for how long. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { encodePng } from "../../../wasm-model/render/image/png.ts";
import { countingApp, from } from "../counting.ts";

/** Two of these are more than a client may hold. */
const LARGEST = "/sample?n=9&size=341&steps=1&background=transparent";
const CHEAP = "/sample?steps=1";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] }));
afterEach(() => void vi.useRealTimers());

/** The platform tells the Worker a little later. */
async function leave({ body }: Response): Promise<void> {
  await body?.cancel();
  await scheduler.wait(10);
}

let seed = 0;
const isThereRoomFor = async (ask: Awaited<ReturnType<typeof countingApp>>["ask"], path: string, address: string) => {
  const response = await ask(`${path}&seed=room-${seed++}`, from(address));
  await leave(response);
  return response.status === 200;
};

describe("a file that nobody reads", () => {
  it("is cut off after 30 s; until then others are served if there is enough memory for them", async () => {
    const { ask } = await countingApp();
    const unread = await ask(`${LARGEST}&seed=unread-${seed++}`, from("192.0.2.1"));
    expect(unread.status).toBe(200);
    expect(await isThereRoomFor(ask, LARGEST, "192.0.2.1")).toBe(false);
    expect(await isThereRoomFor(ask, CHEAP, "192.0.2.2")).toBe(true);
    await scheduler.wait(0);
    await vi.advanceTimersByTimeAsync(29_000);
    expect(await isThereRoomFor(ask, LARGEST, "192.0.2.1")).toBe(false);
    await vi.advanceTimersByTimeAsync(2000);
    expect(await isThereRoomFor(ask, LARGEST, "192.0.2.1")).toBe(true);
  });

  it("frees its memory when its client leaves", async () => {
    const { ask } = await countingApp();
    const response = await ask(`${LARGEST}&seed=leaves-${seed++}`, from("192.0.2.1"));
    expect(await isThereRoomFor(ask, LARGEST, "192.0.2.1")).toBe(false);
    await leave(response);
    expect(await isThereRoomFor(ask, LARGEST, "192.0.2.1")).toBe(true);
  });
});

it("from the cache take no memory but their file's", async () => {
  const { ask } = await countingApp();
  const cached = `${LARGEST}&seed=cached-${seed++}`;
  const first = new Uint8Array(await (await ask(cached, from("192.0.2.1"))).arrayBuffer());
  const unread = await ask(`${LARGEST}&seed=unread-${seed++}`, from("192.0.2.1"));
  expect(await isThereRoomFor(ask, LARGEST, "192.0.2.1")).toBe(false);
  const again = await ask(cached, from("192.0.2.1"));
  expect([again.status, again.headers.get("Server-Timing")]).toEqual([200, 'cache;desc="isolate", cost;desc="0"']);
  expect(new Uint8Array(await again.arrayBuffer())).toEqual(first);
  await leave(unread);
});

it("of a large file has the file's length and comes in pieces, each when the one before was read", async () => {
  const { ask } = await countingApp();
  const path = `/sample?seed=pieces&n=9&size=341&steps=1`;
  const whole = new Uint8Array(await (await ask(path)).arrayBuffer());
  const response = await ask(path);
  expect(response.headers.get("Content-Length")).toBe(String(whole.length));
  let read = 0;
  for await (const part of response.body ?? []) {
    expect(part.length).toBeLessThanOrEqual(65_536);
    read += part.length;
    if (read % 65_536 > 0) continue;
    await scheduler.wait(1); // until the next piece is asked for
    await vi.advanceTimersByTimeAsync(20_000); // a slow reader may take as long as it likes in all
  }
  expect(read).toBe(whole.length);
  expect(whole.length).toBeGreaterThan(200_000);
});

describe("an upload", () => {
  const image = encodePng({ pixels: new Uint8Array(784), width: 28, height: 28, channels: 1 });
  const post = (body: BodyInit): RequestInit => from("192.0.2.1", { method: "POST", body, headers: { "Content-Type": "image/png" } });

  it("that does not arrive within 30 s is refused, and its memory is free again", async () => {
    const { ask } = await countingApp();
    const stuck = () => new ReadableStream({ start: (controller) => controller.enqueue(image.subarray(0, 20)) });
    const answers = Array.from({ length: 40 }, () => ask("/v1/fashion-mnist/variations?steps=1", post(stuck())));
    await scheduler.wait(50);
    const refused = await Promise.race(answers.map(async (answer) => (await answer).status));
    expect(refused).toBe(503); // those that have no room are refused at once, before they are read
    await vi.advanceTimersByTimeAsync(31_000);
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([408, 503]));
    expect((await ask("/v1/fashion-mnist/variations?steps=1", post(image))).status).toBe(200);
  });

  it("that is cut off counts as the client's mistake", async () => {
    const { ask } = await countingApp();
    const cut = new ReadableStream({ pull: (controller) => controller.error(new Error("Network connection lost.")) });
    const response = await ask("/v1/fashion-mnist/variations?steps=1", post(cut));
    expect([response.status, await response.json()]).toMatchObject([400, { key: "body", received: "a part of it" }]);
  });
});
