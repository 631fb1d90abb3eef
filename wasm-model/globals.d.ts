/** Globals of every host (Node, workerd, browsers) that the ES types do not declare. */
declare class TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>;
}
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean });
  decode(bytes?: Uint8Array): string;
}
declare const crypto: { getRandomValues<T extends Uint32Array>(array: T): T };
declare const performance: { now(): number };
