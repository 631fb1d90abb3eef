/**
 * What requests share: image files by permanent address, in this isolate's memory and in the operator's cache, and what one of several
 * equal requests makes for all of them.
 */
import { LRUCache } from "lru-cache";
import { wait } from "../../wasm-model/render/turn.ts";
import { hex, joined } from "../../wasm-model/schema/bytes.ts";
import { continueAfterAnswer, type RequestContext, waitForOperator } from "./context.ts";
import type { AnswerCache } from "./hono.d.ts";
import { logError } from "./problems.ts";
import { type Bytes, IMMUTABLE } from "./send.ts";

/** Bytes in this isolate's memory, of the 128 MB that a Worker has. */
const MAX_BYTES = 8_388_608;

/** Milliseconds that the operator's cache is left alone after a failure. */
const PAUSE = 60_000;

/** Keys of the platform's cache must be URLs; the domain `invalid` belongs to nobody. */
const cacheKey = (url: string): string => `https://finished.invalid${url}`;

/** The header by which an answer of the operator's cache is known to be what was put there: a hash over address and bytes. */
const HASH = "X-Anneal-Hash";

async function hashOf(url: string, file: Bytes): Promise<string> {
  const text = new TextEncoder().encode(`${url}\n`);
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", joined([text, file]))));
}

/** The images of one service. It holds bytes, never promises. */
export class ImageCache {
  #failedAt = Number.NEGATIVE_INFINITY;
  readonly #memory = new LRUCache<string, Bytes>({ maxSize: MAX_BYTES, sizeCalculation: (file, key) => key.length + file.length });

  /** The file in this isolate's memory. */
  inMemory(url: string): Bytes | undefined {
    return this.#memory.get(url);
  }

  /** The file in the operator's cache, which is waited for a second at most. Any answer but what was put there counts as none. */
  async find(context: RequestContext, url: string): Promise<Bytes | undefined> {
    const cache = this.#operators(context);
    if (!cache) return undefined;
    try {
      const file = await waitForOperator("cache.match", storedFile(cache, url));
      if (file) this.#memory.set(url, file);
      return file;
    } catch (error) {
      this.#pause(error);
      return undefined;
    }
  }

  keep(context: RequestContext, url: string, mediaType: string, file: Bytes): void {
    this.#memory.set(url, file);
    const cache = this.#operators(context);
    if (cache) continueAfterAnswer(context.c, this.#store(cache, url, mediaType, file));
  }

  #operators({ settings: { cache } }: RequestContext): AnswerCache | undefined {
    return Date.now() - this.#failedAt < PAUSE ? undefined : cache;
  }

  #pause(error: unknown): void {
    if (Date.now() - this.#failedAt >= PAUSE) logError(error);
    this.#failedAt = Date.now();
  }

  /** Never throws: an image that is not stored is drawn again. */
  async #store(cache: AnswerCache, url: string, mediaType: string, file: Bytes): Promise<void> {
    const stored = hashOf(url, file).then((hash) => {
      const headers = { "Content-Type": mediaType, "Content-Length": String(file.length), "Cache-Control": IMMUTABLE };
      return cache.put(cacheKey(url), new Response(file, { headers: { ...headers, [HASH]: hash } }));
    });
    try {
      await waitForOperator("cache.put", stored);
    } catch (error) {
      this.#pause(error);
    }
  }
}

async function storedFile(cache: AnswerCache, url: string): Promise<Bytes | undefined> {
  const answer = await cache.match(cacheKey(url));
  if (answer?.status !== 200) return undefined;
  const file = new Uint8Array(await answer.arrayBuffer());
  return answer.headers.get(HASH) === (await hashOf(url, file)) ? file : undefined;
}

/** What a request makes for all that need the same. */
interface Call<T> {
  value?: T;
  readonly end: () => void;
  isOver: boolean;
}

/**
 * Milliseconds. LONGEST_WAIT: the longest time between two looks. PATIENCE: the longest that a request waits, in case
 * the request that makes the thing has ended without notice.
 */
const LONGEST_WAIT = 250;
const PATIENCE = 10_000;

/**
 * If several requests need the same thing at the same time, one makes it and the others wait. In Workers a request may
 * not settle another one's promise, and a promise never settles once its own request has ended. So each waiting request
 * polls with its own timer. If the request that makes the thing disconnects, another takes over.
 */
export class Shared<T> {
  readonly #calls = new Map<string, Call<T>>();

  /** Whether a request is making it. */
  has(key: string): boolean {
    return this.#calls.has(key);
  }

  /**
   * The call of this key: with the value that another request has made of it, or one whose value this request has to set before it
   * ends the call. Throws the signal's reason when aborted.
   */
  async claim(key: string, signal: AbortSignal): Promise<Call<T>> {
    for (let other = this.#calls.get(key); other; other = this.#calls.get(key)) {
      await waitForEnd(other, signal);
      if (other.value !== undefined) return other;
      if (this.#calls.get(key) === other) this.#calls.delete(key);
    }
    const call: Call<T> = {
      isOver: false,
      end: () => {
        call.isOver = true;
        if (this.#calls.get(key) === call) this.#calls.delete(key);
      },
    };
    this.#calls.set(key, call);
    signal.addEventListener("abort", call.end, { once: true }); // the platform may end the request without running its `finally`
    return call;
  }
}

/**
 * Waits for the end of a call: at most 1.5 times as long as it takes, and not longer than PATIENCE. Throws the signal's
 * reason when aborted.
 */
async function waitForEnd(call: Call<unknown>, signal: AbortSignal): Promise<void> {
  for (let waited = 0; !call.isOver && waited < PATIENCE; ) {
    const pause = Math.min(1 + waited / 2, LONGEST_WAIT);
    await wait(pause);
    signal.throwIfAborted();
    waited += pause;
  }
}
