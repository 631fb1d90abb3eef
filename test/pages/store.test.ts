/** What "Your pictures" keeps, in a browser: the difference of two states, in one transaction, of the tab that is the owner. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { KeptRun, Outcome, Picture } from "../../worker/pages/yours/protocol.ts";
import { type Kept, keepRun, NAME, NOTHING, open, persist, readRun, resultOf, runKey, transact } from "../../worker/pages/yours/store.ts";

const pictureOf = (key: string): Picture => {
  const square = Uint8Array.of(1, 2, 3, 4);
  return { key, path: `${key}.png`, width: 1, height: 1, isTransparent: false, cover: square, contain: square };
};
const setOf = (...pictures: Picture[]) => ({ ...NOTHING.set, classes: [{ key: "class", name: "cats", pictures }] });
const [a, b, c] = ["a", "b", "c"].map(pictureOf);
const run = { key: "run", isPaused: false };
const model = { key: "model", name: "pets" } as Outcome;
const FIRST: Kept = { ...NOTHING, set: setOf(a, b), model, run };

beforeEach(async () => {
  await transact("readwrite", async (stores) => {
    for (const store of Object.values(stores)) store.clear();
  });
  await open();
  expect(await persist(NOTHING, FIRST)).toBe("kept");
});
afterEach(() => vi.restoreAllMocks());

it("keeps what is different, and reads all of it", async () => {
  const [put, drop] = (["put", "delete"] as const).map((name) => vi.spyOn(IDBObjectStore.prototype, name));
  const after = { ...FIRST, set: setOf(b, c) };
  expect(await persist(FIRST, after)).toBe("kept");
  expect(put.mock.calls.map(([, key]) => key).sort()).toEqual(["picture c", "set"]);
  expect(drop.mock.calls.map(([key]) => key)).toEqual(expect.arrayContaining(["picture a"]));
  expect((await open()).kept).toEqual(after);
});

it("a write that fails leaves what was kept", async () => {
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const { put } = IDBObjectStore.prototype;
  vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (this: IDBObjectStore, value, key) {
    if (key === "picture c") throw new DOMException("full", "QuotaExceededError");
    return put.call(this, value, key);
  });
  expect(await persist(FIRST, { ...NOTHING, set: setOf(c) })).toBe("no room");
  expect((await open()).kept).toEqual(FIRST);
});

it("a run that has ended is gone; late writes of a tab that is not the owner any more, and those of its thread, are refused", async () => {
  const key = runKey(run);
  const whole = { state: { step: 1 }, log: [] } as unknown as KeptRun;
  expect(await keepRun(key, whole)).toBe(true);
  expect(await keepRun({ ...key, run: "another" }, whole)).toBe(false);
  expect([await readRun(key), (await open()).hasLearned]).toEqual([whole, true]);
  await persist(FIRST, { ...FIRST, run: undefined });
  expect((await open()).hasLearned).toBe(false);
  await persist({ ...FIRST, run: undefined }, FIRST);
  await transact("readwrite", async ({ page }) => void page.put("another tab", "owner"));
  expect([await persist(FIRST, NOTHING), await keepRun(key, whole)]).toEqual(["lost", false]);
  await expect(readRun(key)).rejects.toThrow();
  expect((await open()).kept).toEqual(FIRST);
});

it("drops what an earlier version of the page has kept, and says so once", async () => {
  const { database } = await transact("readonly", async ({ page }) => ({ database: page.transaction.db }));
  database.close();
  database.dispatchEvent(new Event("close"));
  await resultOf(indexedDB.deleteDatabase(NAME));
  (await resultOf(indexedDB.open(NAME, 2))).close();
  const first = await open();
  expect([first.isDropped, first.kept]).toEqual([true, NOTHING]);
  await persist(NOTHING, FIRST);
  expect((await open()).isDropped).toBe(false);
});
