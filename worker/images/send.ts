/** Answers that hold memory until they are read. */
import type { Context } from "hono";
import type { Reservation } from "../admission/memory-budget.ts";
import { reserveMemory } from "../admission/work.ts";
import type { Env } from "../http/env.ts";
import type { ImageBytes } from "./image.ts";

/**
 * A file of up to this many bytes is sent at once, whether it is read or not. A longer one is sent in pieces of this
 * size.
 */
const PIECE = 65_536;

/** Milliseconds that a piece may wait to be read. After that the answer is cut off. */
const UNREAD = 30_000;

/**
 * Answers with the file that `make` makes. It takes at most `bytes` of memory, including the file. Throws what `make`
 * throws, or a `ProblemError` if there is too little memory.
 */
export async function makeAndSend(c: Context<Env>, bytes: number, make: () => Promise<ImageBytes>): Promise<Response> {
  const reservation = reserveMemory(c, bytes);
  try {
    const file = await make();
    if (file.length > PIECE) return inPieces(c, file, reservation);
    reservation.release();
    return c.body(file);
  } catch (error) {
    reservation.release();
    throw error;
  }
}

/**
 * Answers with a file that exists already. A long one reserves memory for its bytes. Throws a `ProblemError` if there
 * is too little.
 */
export const sendFile = (c: Context<Env>, file: ImageBytes): Response =>
  file.length > PIECE ? inPieces(c, file, reserveMemory(c, file.length)) : c.body(file);

const inPieces = (c: Context<Env>, file: ImageBytes, reservation: Reservation): Response =>
  c.body(withLength(c, pieces(file, reservation), file.length));

/**
 * Each piece is a copy, made when the previous one has been read. So a piece that is kept does not keep the whole file
 * in memory.
 */
function pieces(file: ImageBytes, reservation: Reservation): ReadableStream<Uint8Array<ArrayBuffer>> {
  let rest = file;
  let timer: ReturnType<typeof setTimeout>;
  const end = () => {
    clearTimeout(timer);
    rest = new Uint8Array();
    reservation.release();
  };
  const wait = (controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>) => {
    clearTimeout(timer);
    reservation.seen = Date.now();
    timer = setTimeout(() => {
      end();
      controller.error(new Error("Expected the file to be read but it was not"));
    }, UNREAD);
  };
  return new ReadableStream(
    {
      start: wait,
      pull(controller) {
        controller.enqueue(rest.slice(0, PIECE));
        rest = rest.subarray(PIECE);
        if (rest.length > 0) return wait(controller);
        end();
        controller.close();
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  );
}

/** Adds the header Content-Length. Workers send it only for a stream that knows its length. */
function withLength(c: Context<Env>, stream: ReadableStream<Uint8Array<ArrayBuffer>>, length: number): ReadableStream {
  c.header("Content-Length", String(length));
  return typeof FixedLengthStream === "undefined" ? stream : stream.pipeThrough(new FixedLengthStream(length));
}
