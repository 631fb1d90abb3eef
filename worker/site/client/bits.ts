/** Bytes and bits as text for addresses: base64url (RFC 4648, section 5) without padding. */

export const textOf = (bytes: Uint8Array): string =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

/** Undefined for a text that does not stand for so many bytes. */
export function bytesIn(text: string, length: number): Uint8Array | undefined {
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
    return bytes.length === length ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** Eight of them in a byte, the first one highest; what is not zero is 1. */
export function packed(bits: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  for (const [i, bit] of bits.entries()) if (bit) bytes[i >> 3] |= 128 >> (i & 7);
  return bytes;
}

/** `length` bits as 0 and 255. */
export const unpacked = (bytes: Uint8Array, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (bytes[i >> 3] & (128 >> (i & 7)) ? 255 : 0));
