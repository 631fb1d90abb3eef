/** How answers are sent: how long they may be cached, JSON with its tag, and files, of which what is long counts as in flight until it has been read. */
import { sha256Hex } from "../../wasm-model/schema/bytes.ts";
import { admit, type RequestContext } from "./context.ts";
import { logError } from "./problems.ts";
import { costUnread, type Ticket } from "./queue.ts";

export type Bytes = Uint8Array<ArrayBuffer>;

export type HeaderValues = Readonly<Record<string, string>> & { readonly ETag?: string };

/** For repeatable answers: they are revalidated by their ETag, since a new release may give other bytes. */
export const CACHEABLE = "public, max-age=0, must-revalidate";

/** For the answer at an address with a version, which never changes. One year, the longest that caches honour. */
export const IMMUTABLE = "public, max-age=31536000, immutable";

/** For answers that cannot be repeated, such as those with a random seed. */
export const UNREPEATABLE = "no-store";

/** The tag of what is made of this alone. */
export const entityTag = (content: string | Uint8Array): string =>
  `"${sha256Hex(typeof content === "string" ? new TextEncoder().encode(content) : content).slice(0, 32)}"`;

/** The answer to a client that has what has this ETag (RFC 9110, section 13.1.2); undefined if it has not. */
export function answerNotModified({ c }: RequestContext, headers: HeaderValues): Response | undefined {
  const { ETag } = headers;
  const tags = ETag === undefined ? [] : (c.req.header("If-None-Match")?.split(",") ?? []);
  const isKnown = tags.some((tag) => ["*", ETag].includes(tag.trim().replace(/^W\//, "")));
  return isKnown ? new Response(null, { status: 304, headers }) : undefined;
}

export function answerJson(context: RequestContext, value: unknown): Response {
  const body = new TextEncoder().encode(JSON.stringify(value));
  const headers = { "Content-Type": "application/json", "Cache-Control": CACHEABLE, ETag: entityTag(body) };
  return answerNotModified(context, headers) ?? new Response(body, { headers: { ...headers, "Content-Length": String(body.length) } });
}

/** A file of up to this many bytes is sent at once. Of a longer one, as many are sent when those before have been read. */
const PIECE = 65_536;

/** Milliseconds that a piece may wait to be read. After that the answer is cut off. */
export const UNREAD = 30_000;

/** What is long counts in flight by `ticket`, if the request has one already. Throws a `ProblemError` if its client has too much in flight. */
export function send(context: RequestContext, file: Bytes, headers: HeaderValues, ticket?: Ticket): Response {
  if (file.length <= PIECE) {
    ticket?.end();
    return new Response(file, { headers });
  }
  const cost = costUnread(file.length);
  ticket?.hold(cost);
  return sendPieces({ ...headers, "Content-Length": String(file.length) }, piecesOf(file), ticket ?? admit(context, cost));
}

/**
 * The same for a file of the length that its headers tell, which is read while it is sent, so that a piece of it is in memory, and not
 * at all for HEAD. Undefined if there is none.
 */
export async function sendFrom(
  context: RequestContext,
  headers: HeaderValues & { readonly "Content-Length": string },
  open: () => Promise<AsyncIterable<Uint8Array> | undefined>,
): Promise<Response | undefined> {
  if (context.c.req.method === "HEAD") return new Response(null, { headers });
  const ticket = Number(headers["Content-Length"]) > PIECE ? admit(context, costUnread(PIECE)) : undefined;
  let pieces: AsyncIterable<Uint8Array> | undefined;
  try {
    pieces = await open();
  } finally {
    if (!pieces) ticket?.end();
  }
  return pieces && sendPieces(headers, pieces[Symbol.asyncIterator](), ticket);
}

/** Each piece is a copy, so one that is kept does not keep the file. */
export async function* piecesOf(file: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.length; at += PIECE) yield file.slice(at, at + PIECE);
}

/** `ticket`: ends when the answer has been read, or was not read for UNREAD, or could not be. */
function sendPieces(headers: HeaderValues, pieces: AsyncIterator<Uint8Array>, ticket?: Ticket): Response {
  let timer: ReturnType<typeof setTimeout>;
  /** Never throws. `isOver`: there is nothing more to read. */
  const release = async (isOver = false): Promise<void> => {
    clearTimeout(timer);
    ticket?.end();
    try {
      if (!isOver) await pieces.return?.();
    } catch (error) {
      logError(error);
    }
  };
  const waitForReader = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
    clearTimeout(timer);
    ticket?.touch();
    timer = setTimeout(() => {
      release();
      controller.error(new Error("Expected the file to be read but it was not"));
    }, UNREAD);
  };
  const stream = new ReadableStream<Uint8Array>(
    {
      start: waitForReader,
      async pull(controller) {
        try {
          const { value, done } = await pieces.next();
          if (!done) {
            controller.enqueue(value);
            return waitForReader(controller);
          }
          await release(true);
          controller.close();
        } catch (error) {
          await release(true);
          throw error;
        }
      },
      cancel: () => release(),
    },
    { highWaterMark: 0 },
  );
  // Workers send the header Content-Length only for a stream that knows its length.
  const isWorker = typeof FixedLengthStream !== "undefined";
  return new Response(isWorker ? stream.pipeThrough(new FixedLengthStream(Number(headers["Content-Length"]))) : stream, { headers });
}
