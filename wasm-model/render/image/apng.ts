/**
 * Several images as one animated PNG (PNG specification, third edition, section 11.3.6). Programs without support for
 * animations show the first one. Frames are compressed by the encoder of PNG files, so the same frames give the same
 * bytes.
 */
import { type Chunk, writeChunks } from "./chunks.ts";
import { compressed, END, headerOf, type Pixels } from "./png.ts";
import { internationalText } from "./text.ts";

export interface TimedImage {
  readonly image: Pixels;
  /** How long it is shown, in milliseconds; at most 65535. */
  readonly duration: number;
}

/** An endless loop of frames (at least one) of equal shape. */
export function encodeApng(frames: readonly TimedImage[], recipe?: string): Uint8Array<ArrayBuffer> {
  let sequence = 0;
  const body = frames.flatMap((frame, i): Chunk[] => {
    const control = { type: "fcTL", data: frameControl(sequence++, frame) };
    const data = compressed(frame.image);
    return [control, i === 0 ? { type: "IDAT", data } : { type: "fdAT", data: numbered(sequence++, data) }];
  });
  const texts = recipe === undefined ? [] : [internationalText(recipe)];
  return writeChunks([headerOf(frames[0].image), { type: "acTL", data: uint32s(frames.length, 0) }, ...body, ...texts, END]);
}

/** Position and duration of a frame: it replaces the whole image. */
function frameControl(sequence: number, { image: { width, height }, duration }: TimedImage): Uint8Array {
  const data = new Uint8Array(26);
  data.set(uint32s(sequence, width, height, 0, 0));
  const view = new DataView(data.buffer);
  view.setUint16(20, duration);
  view.setUint16(22, 1000); // milliseconds
  return data;
}

function numbered(sequence: number, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(4 + data.length);
  out.set(uint32s(sequence));
  out.set(data, 4);
  return out;
}

function uint32s(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  for (const [i, value] of values.entries()) new DataView(bytes.buffer).setUint32(4 * i, value);
  return bytes;
}
