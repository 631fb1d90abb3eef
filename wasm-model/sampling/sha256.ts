/** SHA-256, by noble's class. Its function of that name also checks options, which nothing here uses. */
import { _SHA256 } from "@noble/hashes/sha2.js";

/** The hash: 32 bytes. */
export const sha256 = (bytes: Uint8Array): Uint8Array => new _SHA256().update(bytes).digest();

/** The hash in 64 hexadecimal digits. */
export const sha256Hex = (bytes: Uint8Array): string => hex(sha256(bytes));

export const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
