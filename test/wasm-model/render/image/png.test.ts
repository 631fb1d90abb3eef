import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { decodeApng } from "fast-png";
import { expect, it } from "vitest";
import { encodeApng, encodePng } from "../../../../wasm-model/render/image/png.ts";

/** Some smooth, some busy bytes: both of the compressor's ways of coding. */
const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i % 3 === 0 ? (i * i * 31) % 251 : (i >> 3) & 255));

it("encodePng writes the same file in Node, workerd and browsers", () => {
  const file = encodePng({ pixels: bytes(28 * 28), width: 28, height: 28, channels: 1 });
  expect(bytesToHex(sha256(file))).toBe("05efe0b99d659139e3c28ca90e55eb0da6dd9f5c42a35d5d97ebd78ef19527ba");
});

const image = (shade: number) => ({ pixels: Uint8Array.from({ length: 12 }, (_, i) => i + shade), width: 4, height: 3, channels: 1 });
const frames = [10, 50, 200].map(image);

it("encodeApng keeps every frame and shows the last one longest", () => {
  const animation = decodeApng(encodeApng(frames), { checkCrc: true });
  expect([animation.width, animation.height, animation.numberOfFrames, animation.numberOfPlays]).toEqual([4, 3, 3, 0]);
  for (const [i, { data, delayNumber, delayDenominator }] of animation.frames.entries()) {
    expect([...data]).toEqual([...frames[i].pixels]);
    expect(delayNumber / delayDenominator).toBe(i === 2 ? 2 : 0.1);
  }
});
