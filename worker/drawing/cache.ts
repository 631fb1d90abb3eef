/**
 * Files that are fetched once. Their addresses contain their versions, so the content of an address never changes. They
 * are stored in the page's Cache API, so a reload needs no server. A page without TLS has no Cache API; there the
 * browser's HTTP cache keeps them.
 */
import type { ProgressDetail } from "./protocol.ts";
import type { Run } from "./rpc.ts";

export interface File {
  readonly url: string;
  /** Its length in bytes. */
  readonly bytes: number;
  /** Whether these are its bytes. */
  readonly isRight: (bytes: Uint8Array<ArrayBuffer>) => boolean | Promise<boolean>;
}

const CACHE = "anneal";

/** The part of a model's address that differs between versions. */
const VERSION = /@[0-9a-f]+(?=\/)/;

/**
 * The file, from the cache or from its server. A damaged copy in the cache is fetched again. Throws if the file cannot
 * be fetched or has other content.
 */
export async function cachedFile(
  { url, bytes, isRight }: File,
  { signal, onProgress }: Run<ProgressDetail>,
): Promise<Uint8Array<ArrayBuffer>> {
  const cache = await openCache();
  const kept = await cache?.match(url);
  if (kept) {
    const file = new Uint8Array(await kept.arrayBuffer());
    if (await isRight(file)) return file;
  }
  const response = await fetch(url, { signal });
  if (!response.ok) throw new Error(`Expected a file at ${url} but received HTTP status ${response.status}`);
  const file = await read(response, bytes, onProgress);
  if (!(await isRight(file))) throw new Error(`Expected the file that ${url} names but received another`);
  await cache?.put(url, new Response(file)).then(
    () => forgetOthers(cache, url),
    () => undefined, // no room in the cache: the file is used anyway
  );
  return file;
}

/** There is nothing at an address, or something else than what is looked for. */
export class NothingThere extends Error {}

/** The file, which may be of any version, so only the browser's own cache keeps it. Throws if it has more than `most` bytes. */
export async function anyFile(url: string, most: number, { signal, onProgress }: Run<ProgressDetail>): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url, { signal });
  if (!response.ok) throw new NothingThere(`Expected a file at ${url} but received HTTP status ${response.status}`);
  const total = Number(response.headers.get("Content-Length"));
  return read(response, total, (progress) => {
    if (progress.done > most) throw new RangeError(`Expected a file of at most ${most} bytes at ${url} but received more`);
    onProgress({ ...progress, total: Math.max(total, progress.done) });
  });
}

/** How long to wait for the server, in milliseconds, if an earlier answer is cached. */
const PATIENCE = 3000;

/**
 * The JSON at `url`: the server's answer, or its last one if it does not answer now. Throws if there is none:
 * `NothingThere` if the server answers, but not with JSON.
 */
export async function latestAnswer(url: string, signal?: AbortSignal): Promise<unknown> {
  const cache = await openCache();
  const kept = await cache?.match(url);
  try {
    const signals = [...(signal ? [signal] : []), ...(kept ? [AbortSignal.timeout(PATIENCE)] : [])];
    const response = await fetch(url, { signal: AbortSignal.any(signals) });
    if (!response.ok) {
      const message = `Expected an answer from ${url} but received HTTP status ${response.status}`;
      throw response.status < 500 ? new NothingThere(message) : new Error(message);
    }
    const answer = parsed(await response.text(), url);
    await cache?.put(url, Response.json(answer)).catch(() => undefined); // no room in the cache: the answer is used anyway
    return answer;
  } catch (error) {
    if (kept) return kept.json();
    throw error;
  }
}

function parsed(text: string, url: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new NothingThere(`Expected JSON at ${url} but received something else`, { cause });
  }
}

/** Browsers refuse it to pages without TLS, and some to private windows. */
async function openCache(): Promise<Cache | undefined> {
  try {
    return await caches.open(CACHE);
  } catch {
    return undefined;
  }
}

async function forgetOthers(cache: Cache, url: string): Promise<void> {
  const stem = url.replace(VERSION, "");
  for (const { url: other } of await cache.keys()) if (other !== url && other.replace(VERSION, "") === stem) await cache.delete(other);
}

async function read(response: Response, total: number, onProgress: (progress: ProgressDetail) => void): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let done = 0;
  for (let reader = response.body?.getReader(); reader; ) {
    const { value } = await reader.read();
    if (!value) break;
    chunks.push(value);
    done += value.length;
    onProgress({ stage: "download", done, total });
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}
