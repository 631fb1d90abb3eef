import { deflate } from "pako";
import { describe, expect, it } from "vitest";
import { inflateInto } from "../../../../wasm-model/render/image/inflate.ts";

const LENGTH = 100;
const content = Uint8Array.from({ length: LENGTH }, (_, i) => (i * 37) % 101);
const stream = deflate(content);

/** Inflates into the middle of a larger array and gives the whole of it. */
function guarded(compressed: Uint8Array, length = LENGTH): { message: string | undefined; middle: Uint8Array; isIntact: boolean } {
  const whole = new Uint8Array(length + 20).fill(170);
  const middle = whole.subarray(10, 10 + length);
  let message: string | undefined;
  try {
    inflateInto(middle, compressed);
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError);
    message = (error as RangeError).message;
  }
  const isIntact = [...whole.subarray(0, 10), ...whole.subarray(10 + length)].every((byte) => byte === 170);
  return { message, middle, isIntact };
}

const changed = (at: number): Uint8Array => stream.map((byte, i) => (i === (at + stream.length) % stream.length ? byte ^ 1 : byte));
const zeros = deflate(new Uint8Array(50_000_000));

describe("inflateInto", () => {
  it.each([0, 1, 6, 9] as const)("gives back what was deflated at level %i", (level) => {
    expect(guarded(deflate(content, { level }))).toEqual({ message: undefined, middle: content, isIntact: true });
  });

  it.each<[string, Uint8Array, string]>([
    ["nothing", new Uint8Array(), "with missing pixels"],
    ["half a stream", stream.subarray(0, 50), "with missing pixels"],
    ["a stream without its Adler-32", stream.subarray(0, -4), "with missing pixels"],
    ["too few bytes", deflate(content.subarray(1)), "with missing pixels"],
    ["a byte more", deflate(Uint8Array.of(...content, 0)), "with more pixels than its header says"],
    ["a bomb", zeros, "with more pixels than its header says"],
    ["another Adler-32", changed(-1), "whose pixels cannot be decompressed (incorrect data check)"],
    ["bytes after the stream", Uint8Array.of(...stream, 0), "with surplus bytes after its compressed pixels"],
    ["a second stream after the first", Uint8Array.of(...stream, ...stream), "with surplus bytes after its compressed pixels"],
    ["a dictionary", deflate(content, { dictionary: content }), "whose pixels cannot be decompressed (they need a dictionary)"],
    ["gzip", deflate(content, { gzip: true }), "whose pixels cannot be decompressed (incorrect header check)"],
    ["a stream without a header", deflate(content, { raw: true }), "whose pixels cannot be decompressed (incorrect header check)"],
    ["rubbish", new Uint8Array(LENGTH).fill(170), "whose pixels cannot be decompressed (incorrect header check)"],
  ])("refuses %s and writes nothing beyond its bound", (_, compressed, message) => {
    expect(guarded(compressed)).toMatchObject({ message: `a PNG file ${message}`, isIntact: true });
  });

  it("stops where the bound is reached, and does not even look at what follows", () => {
    const rubbish = zeros.map((byte, i) => (i < 100 ? byte : 255));
    expect(guarded(rubbish).message).toBe("a PNG file with more pixels than its header says");
    expect(guarded(rubbish, 1_000_000).message).toMatch(/cannot be decompressed/);
  });

  it("finds every changed bit", () => {
    for (let i = 0; i < stream.length; i++) expect(guarded(changed(i)).message, `byte ${i}`).toBeDefined();
  });
});
