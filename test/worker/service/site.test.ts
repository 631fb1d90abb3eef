/** Files of the site: when they are read, and how many at a time. */
import { expect, it } from "vitest";
import type { Site } from "../../../worker/service/context.ts";
import { from, service } from "./service.ts";

const LENGTH = 1_000_000;

/** A service whose site has one long file, which is there unless `isMissing`. */
function siteWith({ isMissing = false } = {}) {
  const read: string[] = [];
  const site: Site = {
    files: () => ({ "/long.js": { length: LENGTH, hash: "abc" }, "/folder/index.html": { length: 4, hash: "def" } }),
    async read(path) {
      read.push(path);
      if (isMissing) return undefined;
      return (async function* () {
        for (let i = 0; i < 10; i++) yield new Uint8Array(LENGTH / 10);
      })();
    },
  };
  return { ask: service({}, { site: () => site }), read };
}

it("is read only to be sent: not for HEAD, for those who have it, nor for a path that is not there", async () => {
  const { ask, read } = siteWith();
  const head = await ask("/long.js", { method: "HEAD" });
  expect([head.status, head.headers.get("Content-Length"), head.headers.get("ETag")]).toEqual([200, String(LENGTH), '"abc"']);
  expect((await ask("/long.js", { headers: { "If-None-Match": '"abc"' } })).status).toBe(304);
  for (const path of ["/nope.js", "/constructor", "/long.js/", "/folder/long.js"])
    expect([path, (await ask(path)).status]).toEqual([path, 404]);
  expect([(await ask("/folder")).status, (await ask("/folder", { redirect: "manual" })).headers.get("Location")]).toEqual([308, "folder/"]);
  expect(read).toEqual([]);
  const whole = await ask("/long.js");
  expect([(await whole.bytes()).length, whole.headers.get("Content-Type")]).toEqual([LENGTH, "text/javascript; charset=utf-8"]);
  expect(read).toEqual(["/long.js"]);
});

it("counts a piece of each long one as in flight until it is read, so that one client cannot fill the memory", async () => {
  const { ask } = siteWith();
  const unread: Response[] = [];
  for (let answer = await ask("/long.js"); answer.status === 200; answer = await ask("/long.js")) unread.push(answer);
  expect(unread.length).toBe(Math.floor(50e9 / (7500 * 65_536)));
  expect([(await ask("/long.js")).status, (await ask("/long.js", from("192.0.2.2"))).status]).toEqual([503, 200]);
  await unread[0].arrayBuffer();
  unread[0] = await ask("/long.js");
  expect(unread[0].status).toBe(200);
});

it("is not there if its host has lost it, and holds nothing then", async () => {
  const { ask } = siteWith({ isMissing: true });
  for (let i = 0; i < 200; i++) expect((await ask("/long.js")).status).toBe(404);
});
