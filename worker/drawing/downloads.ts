/** Downloads. The address of a served model names its version, so the browser's own cache keeps it. */
import { joined } from "../../wasm-model/schema/bytes.ts";
import type { ProgressDetail } from "./protocol.ts";
import type { CallOptions } from "./rpc.ts";

/** The server answers, but not with the file. */
export class NotThere extends Error {}

interface Expected {
  /** Bytes of the file, if they are known; otherwise the server tells. */
  readonly length?: number;
  /** Whether the browser's cache may have it; `reload` asks the server. */
  readonly cache?: RequestCache;
}

/** The answer from `url`, which browsers do not name where there is none. */
const answerFrom = (url: string, settings: RequestInit): Promise<Response> =>
  fetch(url, settings).catch((cause: Error) => {
    throw cause instanceof TypeError ? new Error(`Expected an answer from ${url} but received none: ${cause.message}`, { cause }) : cause;
  });

/** The file at `url`. Throws `NotThere`. */
export async function fileAt(
  url: string,
  { length, cache = "default" }: Expected,
  { signal, onProgress }: CallOptions<ProgressDetail>,
): Promise<Uint8Array<ArrayBuffer>> {
  const response = await answerFrom(url, { signal, cache });
  if (!response.ok) throw new NotThere(`Expected a file at ${url} but received HTTP status ${response.status}`);
  const total = length ?? Number(response.headers.get("Content-Length"));
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let done = 0;
  for (let reader = response.body?.getReader(); reader; ) {
    const { value } = await reader.read();
    if (!value) break;
    chunks.push(value);
    done += value.length;
    onProgress({ stage: "download", done, total: Math.max(total, done) });
  }
  return joined(chunks);
}

/** The JSON at `url`. Throws `NotThere` if the server answers, but not with JSON. */
export async function jsonAt(url: string, settings: Pick<RequestInit, "signal"> = {}): Promise<unknown> {
  const response = await answerFrom(url, settings);
  if (!response.ok) {
    const message = `Expected an answer from ${url} but received HTTP status ${response.status}`;
    throw response.status < 500 && response.status !== 429 ? new NotThere(message) : new Error(message);
  }
  return response.json().catch((cause: unknown) => {
    throw cause instanceof SyntaxError ? new NotThere(`Expected JSON at ${url} but received something else`, { cause }) : cause;
  });
}
