import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { cachedFile, type File, latestAnswer } from "../../worker/drawing/cache.ts";

const URL_1 = "https://anneal.test/v1/models/tiny@00000001/model.onnx";
const ANSWERS = "https://anneal.test/v1/models";
const RIGHT = new Uint8Array([1, 2, 3]);

const file = (url = URL_1): File => ({ url, bytes: 3, isRight: (bytes) => bytes.join() === RIGHT.join() });
const ignore = { signal: new AbortController().signal, onProgress: () => undefined };

/** What the server answers; rejects when it is gone. */
let answer: (signal?: AbortSignal | null) => Promise<Response>;
let fetched: string[];

beforeEach(() => {
  answer = async () => new Response(RIGHT);
  fetched = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (url, init) => {
    fetched.push(String(url));
    return answer(init?.signal);
  });
});

afterEach(async () => {
  vi.restoreAllMocks();
  await caches.delete("anneal");
});

const keptUrls = async () => (await (await caches.open("anneal")).keys()).map(({ url }) => url).toSorted();

describe("cachedFile", () => {
  it("is fetched once", async () => {
    expect(await cachedFile(file(), ignore)).toEqual(RIGHT);
    expect(await cachedFile(file(), ignore)).toEqual(RIGHT);
    expect(fetched).toEqual([URL_1]);
  });

  it("is fetched again if the cached copy is wrong, and is right from then on", async () => {
    await (await caches.open("anneal")).put(URL_1, new Response("spoilt"));
    for (let i = 0; i < 2; i++) expect(await cachedFile(file(), ignore)).toEqual(RIGHT);
    expect(fetched).toEqual([URL_1]);
  });

  it("is not cached if it is wrong", async () => {
    answer = async () => new Response("another");
    await expect(cachedFile(file(), ignore)).rejects.toThrow(`Expected the file that ${URL_1} names but received another`);
    expect(await keptUrls()).toEqual([]);
  });

  it("replaces other versions of itself, and nothing else", async () => {
    const [other, next] = [URL_1.replace("tiny", "other"), URL_1.replace("00000001", "00000002")];
    for (const url of [URL_1, other, next]) await cachedFile(file(url), ignore);
    expect(await keptUrls()).toEqual([other, next]);
  });

  it.each([
    ["the page may keep nothing", () => vi.spyOn(caches, "open").mockRejectedValue(new DOMException("", "SecurityError"))],
    ["there is no room", () => vi.spyOn(Cache.prototype, "put").mockRejectedValue(new DOMException("", "QuotaExceededError"))],
  ])("is still fetched if %s", async (_what, prevent) => {
    prevent();
    expect(await cachedFile(file(), ignore)).toEqual(RIGHT);
  });
});

describe("latestAnswer", () => {
  it("is the server's present answer", async () => {
    for (const said of [1, 2]) {
      answer = async () => Response.json({ said });
      expect(await latestAnswer(ANSWERS)).toEqual({ said });
    }
  });

  it.each<[string, typeof answer]>([
    ["is gone", () => Promise.reject(new TypeError("Failed to fetch"))],
    ["fails", async () => new Response("no", { status: 500 })],
    ["says no JSON, as a hotel's network does", async () => new Response("<html>")],
    ["takes its time", (signal) => new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(signal.reason)))],
  ])("is the server's last answer if the server %s", async (_what, now) => {
    vi.spyOn(AbortSignal, "timeout").mockImplementation(() => {
      const abort = new AbortController();
      setTimeout(() => abort.abort(), 10);
      return abort.signal;
    });
    answer = async () => Response.json({ said: 1 });
    await latestAnswer(ANSWERS);
    for (let i = 0; i < 2; i++) {
      answer = now;
      expect(await latestAnswer(ANSWERS)).toEqual({ said: 1 });
    }
  });

  it("fails if the server has never answered", async () => {
    answer = async () => new Response("", { status: 503 });
    await expect(latestAnswer(ANSWERS)).rejects.toThrow(`Expected an answer from ${ANSWERS} but received HTTP status 503`);
  });
});
