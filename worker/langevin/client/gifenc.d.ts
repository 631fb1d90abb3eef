/** What is used of gifenc, which brings no types. */
declare module "gifenc" {
  export type Palette = number[][];
  /** The colours of an image in RGBA, at most so many. */
  export function quantize(rgba: Uint8ClampedArray, most: number): Palette;
  /** Of each pixel, its colour's index. */
  export function applyPalette(rgba: Uint8ClampedArray, palette: Palette): Uint8Array;
  export function GIFEncoder(): {
    /** `delay`: in milliseconds. */
    writeFrame(indices: Uint8Array, width: number, height: number, options: { palette: Palette; delay: number }): void;
    finish(): void;
    bytes(): Uint8Array<ArrayBuffer>;
  };
}
