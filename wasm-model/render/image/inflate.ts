import { Z_BUF_ERROR, Z_FINISH, Z_STREAM_END, ZStream, zlibInflate, zlibInflateInit2 } from "pako";

/**
 * Base-2 logarithm of the largest window. A positive value means that the stream has zlib's header and checksum (RFC
 * 1950).
 */
const WINDOW_BITS = 15;

/**
 * Fills `output` with the pixel data of a PNG file. `compressed` is the file's zlib stream. The length of `output` is a
 * hard bound: nothing is written beyond it, and inflating stops if the stream is longer. Throws `RangeError` unless the
 * stream has exactly that many bytes, needs no dictionary, matches its Adler-32 and ends where `compressed` ends.
 *
 * pako is zlib itself in JavaScript: fflate (and fast-png, which uses it) has no such bound and checks no Adler-32, and
 * DecompressionStream is asynchronous.
 */
export function inflateInto(output: Uint8Array<ArrayBuffer>, compressed: Uint8Array): void {
  const stream = new ZStream();
  zlibInflateInit2(stream, WINDOW_BITS);
  Object.assign(stream, { input: compressed, avail_in: compressed.length, output, avail_out: output.length });
  const status = zlibInflate(stream, Z_FINISH);
  const fault = faultOf(status, stream);
  if (fault) throw new RangeError(`a PNG file ${fault}`);
}

function faultOf(status: number, { avail_in: unread, avail_out: missing, msg }: ZStream): string | undefined {
  if (status === Z_STREAM_END) {
    if (missing > 0) return "with missing pixels";
    return unread > 0 ? "with surplus bytes after its compressed pixels" : undefined;
  }
  if (status !== Z_BUF_ERROR) return `whose pixels cannot be decompressed (${msg || "they need a dictionary"})`;
  return unread > 0 ? "with more pixels than its header says" : "with missing pixels";
}
