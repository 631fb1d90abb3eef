/** What names a picture's bytes for good: the model's version. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

/**
 * Raised whenever the same model and options give other bytes than before, and never else: it is part of every permanent URL (`modelVersion`), and
 * `npm run golden` insists on it.
 */
export const RENDER_VERSION = 2;

/**
 * What decides, with the options, every byte of a picture: the first 8 hexadecimal digits of SHA-256 over the file and RENDER_VERSION. A rebuild that draws
 * the same keeps it.
 */
export function modelVersion(file: Uint8Array): string {
  const hash = sha256
    .create()
    .update(file)
    .update(new TextEncoder().encode(String(RENDER_VERSION)));
  return bytesToHex(hash.digest()).slice(0, 8);
}
