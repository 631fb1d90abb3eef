/** Answers that are read late or never: what they hold, and for how long. */
import { Hono } from "hono";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { problemErrorOf } from "../../../worker/service/problems.ts";
import { type Asked, Report } from "../../../worker/service/report.ts";
import { send } from "../../../worker/service/send.ts";
import { settingsOf } from "../../../worker/service/settings.ts";
import { Work } from "../../../worker/service/work.ts";
import { released } from "../answers.ts";

/** Two of them are all that a client may have in flight. */
const LONG = new Uint8Array(3_000_000);

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] }));
afterEach(() => void vi.useRealTimers());

/** Answers with a file to a client of this name. */
function files() {
  const work = new Work();
  const settings = settingsOf({ models: [] });
  const app = new Hono<{ Bindings: { client: string } }>().get("/:length", (c) => {
    const asked: Asked = { c, settings, base: "", path: "/", site: undefined, report: new Report(c, undefined), client: c.env.client };
    return send(asked, work, c.req.param("length") === "long" ? LONG : LONG.slice(0, 65_536), {});
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
