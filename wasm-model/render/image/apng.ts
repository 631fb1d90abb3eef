/**
 * Several pictures as one animated PNG (PNG specification, third edition, section 11.3.6): the first is what a program shows that knows no animations.
 * Each frame is compressed by the same encoder as a PNG file, so its bytes are as fixed.
 */
import { type Chunk, readChunks, writeChunks } from "./chunks.ts";
import { encodePng, type Pixels } from "./png.ts";
import { internationalText } from "./text.ts";

export interface Frame {
  readonly picture: Pixels;
  /** How long it stays, in milliseconds; at most 65535. */
  readonly duration: number;
}

/** An endless loop of frames (at least one) of equal shape. */
export function encodeApng(frames: readonly Frame[], recipe?: string): Uint8Array<ArrayBuffer> {
  const files = frames.map(({ picture }) => readChunks(encodePng(picture)));
  const header = files[0].filter(({ type }) => type === "IHDR");
  const end = files[0].filter(({ type }) => type === "IEND");
  let sequence = 0;
  const body = files.flatMap((file, i) => [
    { type: "fcTL", data: frameControl(sequence++, frames[i]) },
    ...file.filter(({ type }) => type === "IDAT").map((chunk) => (i === 0 ? chunk : frameData(sequence++, chunk))),
  ]);
  const texts = recipe === undefined ? [] : [internationalText(recipe)];
  return writeChunks([...header, { type: "acTL", data: uint32s(frames.length, 0) }, ...body, ...texts, ...end]);
}

/** Where and how long a frame stands: over all of the picture, in place of what was there. */
function frameControl(sequence: number, { picture: { width, height }, duration }: Frame): Uint8Array {
  const data = new Uint8Array(26);
  data.set(uint32s(sequence, width, height, 0, 0));
  const view = new DataView(data.buffer);
  view.setUint16(20, duration);
  view.setUint16(22, 1000); // milliseconds
  return data;
}

const frameData = (sequence: number, { data }: Chunk): Chunk => {
  const numbered = new Uint8Array(4 + data.length);
  numbered.set(uint32s(sequence));
  numbered.set(data, 4);
  return { type: "fdAT", data: numbered };
};

function uint32s(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  for (const [i, value] of values.entries()) new DataView(bytes.buffer).setUint32(4 * i, value);
  return bytes;
}
