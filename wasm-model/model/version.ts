/** The model's version, a part of every permanent address. */
import { sha256Hex } from "../sha256.ts";

/**
 * Raised if and only if the same model and options give other bytes than before, since it is part of every permanent URL (`modelVersion`). `npm run golden`
 * enforces it.
 */
export const RENDER_VERSION = 3;

/**
 * The first 8 hexadecimal digits of SHA-256 over the model file, its teacher's where it has one, and RENDER_VERSION. Version and options together determine every
 * byte of a picture.
 */
export function modelVersion(file: Uint8Array, teacher: Uint8Array = new Uint8Array()): string {
  return sha256Hex(file, teacher, new TextEncoder().encode(String(RENDER_VERSION))).slice(0, 8);
}
