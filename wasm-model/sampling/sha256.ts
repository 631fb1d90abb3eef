/** SHA-256. By noble's class itself: its function of that name brings checks of options that nothing here has. */
import { _SHA256 } from "@noble/hashes/sha2.js";

/** Of these parts, one after the other: 32 bytes. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = new _SHA256();
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** The same in 64 hexadecimal digits. */
export const sha256Hex = (...parts: readonly Uint8Array[]): string =>
  Array.from(sha256(...parts), (byte) => byte.toString(16).padStart(2, "0")).join("");
