/** What was drawn, and its short form in the address. */
import { fromBase64, toBase64 } from "../../../wasm-model/schema/bytes.ts";

/** Coordinates and widths are whole numbers from 0 to this: one byte each. */
export const RANGE = 255;

/** Across and down, in `RANGE` parts of the canvas. */
export type StrokePoint = readonly [x: number, y: number];

export interface Stroke {
  /** Index in the palette. */
  readonly colour: number;
  /** Of the line, in `RANGE` parts of the canvas. */
  readonly width: number;
  /** Whether the line is closed and its inside has the colour too. */
  readonly isFilled: boolean;
  readonly points: readonly StrokePoint[];
}

export interface Drawing {
  /** The colour of the background: index in the palette. */
  readonly paper: number;
  readonly strokes: readonly Stroke[];
}

/** The straight pieces of a stroke's line, which a dot has too. */
export const segments = ({ points, isFilled }: Pick<Stroke, "points" | "isFilled">): (readonly [from: StrokePoint, to: StrokePoint])[] =>
  points.map((point, k) => [points[k - 1] ?? (isFilled ? points[points.length - 1] : point), point]);

/** Of a line's length: the widest gap between its ends that a hand leaves when it means them to meet. */
const WIDEST_GAP = 0.25;

/** Whether it encloses something: a ring is closed, a smile is not. */
export function isClosed({ points }: Pick<Stroke, "points">): boolean {
  const between = ([ax, ay]: StrokePoint, [bx, by]: StrokePoint): number => Math.hypot(bx - ax, by - ay);
  const length = points.reduce((sum, point, k) => (k === 0 ? 0 : sum + between(points[k - 1], point)), 0);
  return points.length > 3 && between(points[0], points[points.length - 1]) < WIDEST_GAP * length;
}

/** The most bytes of a drawing: some two hundred strokes. */
export const MOST_BYTES = 12_000;

/** Palettes have fewer colours. */
const FILLED = 0x10;

/**
 * The drawing's bytes: the paper; then of each stroke its colour with the flag `FILLED`, its width, the number of its points (two
 * bytes, the lower first), and its points.
 */
export function bytesOf({ paper, strokes }: Drawing): Uint8Array {
  const bytes = [paper];
  for (const { colour, width, isFilled, points } of strokes) {
    bytes.push(colour | (isFilled ? FILLED : 0), width, points.length & 255, points.length >> 8, ...points.flat());
  }
  return Uint8Array.from(bytes);
}

/** Reads `bytesOf`. Undefined if they are no drawing in a palette of so many colours. */
export function drawingOf(bytes: Uint8Array, colours: number): Drawing | undefined {
  if (bytes.length === 0 || bytes.length > MOST_BYTES || bytes[0] >= colours) return undefined;
  const strokes: Stroke[] = [];
  for (let at = 1; at < bytes.length; ) {
    const [head, width, low, high] = bytes.subarray(at, at + 4);
    const count = low + 256 * high;
    const end = at + 4 + 2 * count;
    const colour = head & ~FILLED;
    if (!(count > 0 && end <= bytes.length && colour < colours)) return undefined;
    const points = Array.from({ length: count }, (_, k): StrokePoint => [bytes[at + 4 + 2 * k], bytes[at + 5 + 2 * k]]);
    strokes.push({ colour, width, isFilled: (head & FILLED) !== 0, points });
    at = end;
  }
  return { paper: bytes[0], strokes };
}

/** Bytes as text for addresses: base64url (RFC 4648, section 5) without padding. */
export const toBase64Url = (bytes: Uint8Array): string => toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/** Undefined if the text is not base64url. */
export function fromBase64Url(text: string): Uint8Array | undefined {
  try {
    return fromBase64(text.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return undefined;
  }
}

/** How far a line may move when points are left out, in `RANGE` parts of the canvas. */
const TOLERANCE = 1.5;

/** Leaves out points that the line through the others passes by (Douglas & Peucker 1973). */
export function simplify(points: readonly StrokePoint[]): readonly StrokePoint[] {
  if (points.length < 3) return points;
  const [first, last] = [points[0], points[points.length - 1]];
  let [farthest, most] = [0, TOLERANCE];
  for (let k = 1; k < points.length - 1; k++) {
    const away = distance(points[k], first, last);
    if (away > most) [farthest, most] = [k, away];
  }
  if (farthest === 0) return [first, last];
  return [...simplify(points.slice(0, farthest + 1)).slice(0, -1), ...simplify(points.slice(farthest))];
}

/** Of p from the line between a and b. */
export function distance([px, py]: StrokePoint, [ax, ay]: StrokePoint, [bx, by]: StrokePoint): number {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const t = length === 0 ? 0 : Math.max(0, Math.min(1, ((px - ax) * dx + (py - ay) * dy) / length));
  const [ex, ey] = [px - ax - t * dx, py - ay - t * dy];
  return Math.sqrt(ex * ex + ey * ey);
}
