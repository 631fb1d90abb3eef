export interface Palette {
  /** Six hexadecimal digits each, sorted. */
  readonly colours: readonly string[];
  /** Colours that the pictures have; of more than 32 768 fewer. */
  readonly found: number;
  /** How far a channel of a pixel is from that of its colour in the palette, on average (RMS over the channels), in steps of 255. */
  readonly moved: number;
  /** Pictures that have half-transparent pixels. */
  readonly soft: number;
}
/** At most `most` colours for what is at least half opaque. `ground`: what stands behind the rest, which is one of them where it shows. */
export declare function paletteOf(pictures: Iterable<Uint8Array>, most: number, ground?: string): Palette;
/** Brings pictures into a palette, with hard edges: what is less than half opaque becomes clear. */
export declare function paletteFilter(palette: readonly string[]): (rgba: Uint8Array) => Uint8Array;
