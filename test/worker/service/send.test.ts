/** Answers that are read late or never: what they hold, and for how long. */
import { Hono } from "hono";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Report, type RequestContext } from "../../../worker/service/context.ts";
import { problemErrorOf } from "../../../worker/service/problems.ts";
import { send, sendFrom } from "../../../worker/service/send.ts";
import { checkOptions } from "../../../worker/service/settings.ts";
import { released } from "../answers.ts";

/** Two of them are all that a client may have in flight. */
const LONG = new Uint8Array(3_000_000);

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] }));
afterEach(() => void vi.useRealTimers());

/** A file whose pieces after the first ones cannot be read, and which cannot be closed. */
const broken = (pieces: number): AsyncIterable<Uint8Array> => ({
  [Symbol.asyncIterator]: () => ({
    next: async () => (pieces-- > 0 ? { value: new Uint8Array(9) } : Promise.reject(new Error("no disk"))),
    return: () => Promise.reject(new Error("no handle")),
  }),
});

/** Answers with a file to a client of this name. */
function files() {
  const settings = checkOptions({ models: [] });
  const app = new Hono<{ Bindings: { client: string } }>().get("/:length", async (c) => {
    const { client } = c.env;
    const report = new Report(c, undefined);
    const context: RequestContext = { c, settings, allowance: undefined, base: "", path: "/", site: undefined, report, client };
    const length = c.req.param("length");
    if (/\d/.test(length)) return (await sendFrom(context, { "Content-Length": String(LONG.length) }, async () => broken(Number(length))))!;
    return send(context, length === "long" ? LONG : LONG.slice(0, 65_536), {});
  });
  app.onError((error) => problemErrorOf(error).response());
  return async (path: string, client: string): Promise<Response> => released(await app.request(path, {}, { client }));
}

describe("a long file that nobody reads", () => {
  it("counts as in flight for its client until it is cut off after 30 s", async () => {
    const ask = files();
    const unread = [await ask("/long", "one"), await ask("/long", "one")];
    await scheduler.wait(0);
    expect(unread.map(({ status }) => status)).toEqual([200, 200]);
    expect((await ask("/long", "one")).status).toBe(503);
    expect((await ask("/short", "one")).status).toBe(200);
    expect((await ask("/long", "two")).status).toBe(200);
    await vi.advanceTimersByTimeAsync(29_000);
    expect((await ask("/long", "one")).status).toBe(503);
    await vi.advanceTimersByTimeAsync(2000);
    expect((await ask("/long", "one")).status).toBe(200);
    await expect(unread[0].arrayBuffer()).rejects.toThrow("Expected the file to be read");
  });

  it("makes room when its client leaves", async () => {
    const ask = files();
    const unread = [await ask("/long", "one"), await ask("/long", "one")];
    expect((await ask("/long", "one")).status).toBe(503);
    await unread[0].body?.cancel();
    await scheduler.wait(10); // the platform tells the Worker a little later
    expect((await ask("/long", "one")).status).toBe(200);
  });
});

describe("a long file that cannot be read", () => {
  it("makes room at once", async () => {
    const ask = files();
    for (let i = 0; i < 200; i++) await (await ask("/0", "one")).arrayBuffer().catch(() => undefined);
    expect((await ask("/long", "one")).status).toBe(200);
  });

  it("is left unread without an unhandled rejection, though it cannot be closed", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
    await files()("/9", "one");
    await vi.advanceTimersByTimeAsync(31_000);
    await scheduler.wait(1);
    expect(log.mock.calls).toEqual([[new Error("no handle")]]);
  });
});

it("a long file has its length and comes in pieces, each when the one before was read", async () => {
  const response = await files()("/long", "slow");
  expect(response.headers.get("Content-Length")).toBe(String(LONG.length));
  let read = 0;
  for await (const part of response.body ?? []) {
    expect(part.length).toBeLessThanOrEqual(65_536);
    read += part.length;
    if (read % 65_536 > 0) continue;
    await scheduler.wait(1); // until the next piece is asked for
    await vi.advanceTimersByTimeAsync(20_000); // a slow reader may take as long as it likes in all
  }
  expect(read).toBe(LONG.length);
});
