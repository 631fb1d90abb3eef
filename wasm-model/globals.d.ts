/** What every host (Node, workerd, browsers) shares and ES alone does not declare. */
declare class TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>;
}
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean });
  decode(bytes?: Uint8Array): string;
}
declare const crypto: { getRandomValues<T extends Uint32Array>(array: T): T };
