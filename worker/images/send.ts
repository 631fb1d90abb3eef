/** Answers with a file, which counts as in flight until it has been read. */
import type { Context } from "hono";
import type { Work } from "../admission/work.ts";
import type { Env } from "../http/env.ts";
import type { ImageBytes } from "./image.ts";

/** A file of up to this many bytes is sent at once. Of a longer one, as many are sent when those before have been read. */
const PIECE = 65_536;

/** Milliseconds that a piece may wait to be read. After that the answer is cut off. */
export const UNREAD = 30_000;

/** Throws a `ProblemError` if the file is long and its client has too much in flight. */
export function send(c: Context<Env>, work: Work, file: ImageBytes): Response {
  if (file.length <= PIECE) return c.body(file);
  c.header("Content-Length", String(file.length));
  const stream = pieces(file, work.hold(c, file.length));
  // Workers send the header only for a stream that knows its length.
  return c.body(typeof FixedLengthStream === "undefined" ? stream : stream.pipeThrough(new FixedLengthStream(file.length)));
}

/** Each piece is a copy, so one that is kept does not keep the file. */
function pieces(file: ImageBytes, { job, end }: ReturnType<Work["hold"]>): ReadableStream<ImageBytes> {
  let rest = file;
  let timer: ReturnType<typeof setTimeout>;
  const close = () => {
    clearTimeout(timer);
    rest = new Uint8Array();
    end();
  };
  const wait = (controller: ReadableStreamDefaultController<ImageBytes>) => {
    clearTimeout(timer);
    job.see();
    timer = setTimeout(() => {
      close();
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
        close();
        controller.close();
      },
      cancel: close,
    },
    { highWaterMark: 0 },
  );
}
