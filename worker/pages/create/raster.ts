/**
 * Turns strokes into pixels, in + - * / and square roots alone: a shared link shows the same image on every machine. A
 * browser's own canvas blurs edges in its own way.
 */
import type { ImageShape } from "../../../wasm-model/network/spec.ts";
import { type Drawing, distance, RANGE, type Stroke, type StrokePoint, segments } from "./strokes.ts";

/** Rows that are looked at per pixel, to blur the edges of shapes. */
const ROWS = 4;

/** The paper, and on it one stroke after another. */
export function raster({ paper, strokes }: Drawing, size: ImageShape, palette: readonly (readonly number[])[]): Uint8Array {
  const pixels = new Uint8Array(size.width * size.height * size.channels);
  for (let i = 0; i < pixels.length; i++) pixels[i] = palette[paper][i % size.channels];
  for (const stroke of strokes) mixColour(pixels, coverage(stroke, size), palette[stroke.colour]);
  return pixels;
}

/** 255 where the drawing, as a mask of what is to be repainted, covers a pixel; 0 elsewhere. */
export function maskOf({ strokes }: Drawing, size: ImageShape): Uint8Array<ArrayBuffer> {
  const mask = new Uint8Array(size.width * size.height);
  for (const stroke of strokes) for (const [i, share] of coverage(stroke, size).entries()) if (share >= 0.5) mask[i] = 255;
  return mask;
}

/** Mixes the colour into the pixels, by each pixel's share. */
function mixColour(pixels: Uint8Array, shares: Float32Array, colour: readonly number[]): void {
  const channels = pixels.length / shares.length;
  for (let i = 0; i < pixels.length; i++) {
    const share = shares[Math.floor(i / channels)];
    pixels[i] = Math.round(pixels[i] + share * (colour[i % channels] - pixels[i]));
  }
}

/** How much of each pixel the stroke covers, from 0 to 1. */
function coverage(stroke: Stroke, { width, height }: ImageShape): Float32Array {
  const shares = new Float32Array(width * height);
  const points = stroke.points.map(([x, y]) => [(x * width) / RANGE, (y * height) / RANGE] as const);
  const radius = (stroke.width * width) / (2 * RANGE);
  if (stroke.isFilled) addInside(shares, points, width, height);
  for (const [from, to] of segments({ ...stroke, points })) addLine(shares, from, to, radius, width, height);
  return shares;
}

/** Covers what is nearer to the line from a to b than the radius. */
function addLine(shares: Float32Array, a: StrokePoint, b: StrokePoint, radius: number, width: number, height: number): void {
  const [[ax, ay], [bx, by]] = [a, b];
  const reach = radius + 1;
  const [left, right] = [Math.max(0, Math.floor(Math.min(ax, bx) - reach)), Math.min(width - 1, Math.ceil(Math.max(ax, bx) + reach))];
  const [top, bottom] = [Math.max(0, Math.floor(Math.min(ay, by) - reach)), Math.min(height - 1, Math.ceil(Math.max(ay, by) + reach))];
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const share = radius + 0.5 - distance([x + 0.5, y + 0.5], a, b);
      const i = y * width + x;
      if (share > shares[i]) shares[i] = Math.min(1, share);
    }
  }
}

/** Covers the inside of the closed line through the points, by the even-odd rule. */
function addInside(shares: Float32Array, points: readonly StrokePoint[], width: number, height: number): void {
  for (let row = 0; row < ROWS * height; row++) {
    const y = (row + 0.5) / ROWS;
    const crossings: number[] = [];
    for (let k = 0; k < points.length; k++) {
      const [[ax, ay], [bx, by]] = [points[k], points[(k + 1) % points.length]];
      if (ay <= y !== by <= y) crossings.push(ax + ((y - ay) * (bx - ax)) / (by - ay));
    }
    crossings.sort((a, b) => a - b);
    for (let c = 0; c + 1 < crossings.length; c += 2) {
      const [left, right] = [Math.max(0, crossings[c]), Math.min(width, crossings[c + 1])];
      for (let x = Math.floor(left); x < right; x++) {
        const share = Math.min(right, x + 1) - Math.max(left, x);
        if (share > 0) shares[Math.floor(row / ROWS) * width + x] += share / ROWS;
      }
    }
  }
  for (let i = 0; i < shares.length; i++) shares[i] = Math.min(1, shares[i]);
}
