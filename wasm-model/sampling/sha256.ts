/** SHA-256, by noble's class. Its function of that name also checks options, which nothing here uses. */
import { _SHA256 } from "@noble/hashes/sha2.js";

/** The hash of the concatenated parts: 32 bytes. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = new _SHA256();
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** The same in 64 hexadecimal digits. */
export const sha256Hex = (...parts: readonly Uint8Array[]): string =>
  Array.from(sha256(...parts), (byte) => byte.toString(16).padStart(2, "0")).join("");
