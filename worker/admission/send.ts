/** Answers with a file; what is long counts as in flight until it has been read. */
import type { Context } from "hono";
import type { Env } from "../http/env.ts";
import type { Work } from "./work.ts";

/** A file of up to this many bytes is sent at once. Of a longer one, as many are sent when those before have been read. */
const PIECE = 65_536;

/** Milliseconds that a piece may wait to be read. After that the answer is cut off. */
export const UNREAD = 30_000;

/** Throws a `ProblemError` if the file is long and its client has too much in flight. */
export function send(c: Context<Env>, work: Work, file: Uint8Array<ArrayBuffer>): Response {
  if (file.length <= PIECE) return c.body(file);
  c.header("Content-Length", String(file.length));
  return sendPieces(c, file.length, piecesOf(file), work.reserve(c, file.length));
}

/**
 * The same for a file of this length that is read while it is sent, so that a piece of it is in memory. Undefined if there is
 * none.
 */
export async function sendFrom(
  c: Context<Env>,
  work: Work,
  length: number,
  open: () => Promise<AsyncIterable<Uint8Array> | undefined>,
): Promise<Response | undefined> {
  const hold = length > PIECE ? work.reserve(c, PIECE) : undefined;
  let pieces: AsyncIterable<Uint8Array> | undefined;
  try {
    pieces = await open();
  } finally {
    if (!pieces) hold?.end();
  }
  return pieces && sendPieces(c, length, pieces[Symbol.asyncIterator](), hold);
}

/** Each piece is a copy, so one that is kept does not keep the file. */
export async function* piecesOf(file: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.length; at += PIECE) yield file.slice(at, at + PIECE);
}

/** `hold`: what counts as in flight until the answer has been read, or was not read for UNREAD. */
function sendPieces(c: Context, length: number, pieces: AsyncIterator<Uint8Array>, hold?: ReturnType<Work["reserve"]>): Response {
  let timer: ReturnType<typeof setTimeout>;
  const over = (): void => {
    clearTimeout(timer);
    hold?.end();
  };
  const wait = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
    clearTimeout(timer);
    hold?.job.touch();
    timer = setTimeout(() => {
      over();
      pieces.return?.();
      controller.error(new Error("Expected the file to be read but it was not"));
    }, UNREAD);
  };
  const stream = new ReadableStream<Uint8Array>(
    {
      start: wait,
      async pull(controller) {
        const { value, done } = await pieces.next();
        if (!done) {
          controller.enqueue(value);
          return wait(controller);
        }
        over();
        controller.close();
      },
      async cancel() {
        over();
        await pieces.return?.();
      },
    },
    { highWaterMark: 0 },
  );
  // Workers send the header Content-Length only for a stream that knows its length.
  return c.body(typeof FixedLengthStream === "undefined" ? stream : stream.pipeThrough(new FixedLengthStream(length)));
}
