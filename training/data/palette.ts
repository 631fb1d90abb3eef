/**
 * One palette for many pictures: the colours that they have or, where these are too many, those that stand for them. The same on
 * every machine: what is compared are integers, and ties go to what comes first. A picture is RGBA bytes [H, W, 4].
 */
import { type Colour, colourText, parseColour } from "../../wasm-model/request/colours.ts";
import { HALF } from "./cut-outs.ts";

/** How different two colours look: the squared differences of red, green and blue, weighted by how well these are seen. */
const [RED, GREEN, BLUE] = [2, 4, 3];
/** More colours than this are counted by cells of the colour cube, whose sides double until they are no more. */
const MOST_CELLS = 2 ** 15;
const ROUNDS = 30;
/** More than any difference. */
const FAR = 2 ** 20;

/** Pixels whose colours are counted together, and the sums of these. */
interface Cell {
  pixels: number;
  readonly sums: [red: number, green: number, blue: number];
}

export interface SharedPalette {
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
export function paletteOf(pictures: Iterable<Uint8Array>, most: number, ground?: string): SharedPalette {
  let cells = new Map<number, Cell>();
  let mask = 0xffffff;
  let [showsGround, soft] = [false, 0];
  const add = (pixels: number, red: number, green: number, blue: number): void => {
    const key = ((Math.floor(red / pixels) << 16) | (Math.floor(green / pixels) << 8) | Math.floor(blue / pixels)) & mask;
    const cell = cells.get(key);
    if (!cell) return void cells.set(key, { pixels, sums: [red, green, blue] });
    cell.pixels += pixels;
    cell.sums[0] += red;
    cell.sums[1] += green;
    cell.sums[2] += blue;
  };
  for (const rgba of pictures) {
    let isSoft = false;
    for (let i = 0; i < rgba.length; i += 4) {
      const alpha = rgba[i + 3];
      isSoft ||= alpha > 0 && alpha < 255;
      if (alpha >= HALF) add(1, rgba[i], rgba[i + 1], rgba[i + 2]);
      else showsGround = ground !== undefined;
    }
    if (isSoft) soft++;
    while (cells.size > MOST_CELLS) {
      const before = cells;
      cells = new Map();
      mask &= (mask << 1) & 0xfefefe;
      for (const { pixels, sums } of before.values()) add(pixels, ...sums);
    }
  }
  const sorted = [...cells].sort(([a], [b]) => a - b).map(([, cell]) => cell);
  const behind = showsGround ? [ground!] : [];
  const textsOf = (colours: readonly Colour[]): string[] => [...new Set([...colours.map(colourText), ...behind])].sort();
  const means = sorted.map(meanOf);
  const all = textsOf(means);
  if (all.length <= most) return { colours: all, found: all.length, moved: 0, soft };
  const centres = clusterCentres(sorted, most - behind.length);
  const [points, values] = [valuesOf(means), valuesOf(centres)];
  let [pixels, moved] = [0, 0];
  for (const [i, cell] of sorted.entries()) {
    const centre = centres[nearestOf(points, i, values)];
    pixels += cell.pixels;
    moved += cell.pixels * Math.sqrt(means[i].reduce((sum, value, c) => sum + (value - centre[c]) ** 2, 0) / 3);
  }
  return { colours: textsOf(centres), found: all.length, moved: moved / pixels, soft };
}

const meanOf = ({ pixels, sums: [red, green, blue] }: Cell): Colour => [red, green, blue].map((sum) => Math.round(sum / pixels)) as unknown as Colour; // biome-ignore format: short

/** Red, green and blue of each. */
const valuesOf = (colours: readonly Colour[]): Int32Array => Int32Array.from(colours.flat());

/** How different colour i of some looks from colour k of others. */
function difference(some: Int32Array, i: number, others: Int32Array, k: number): number {
  const red = some[3 * i] - others[3 * k];
  const green = some[3 * i + 1] - others[3 * k + 1];
  const blue = some[3 * i + 2] - others[3 * k + 2];
  return RED * red * red + GREEN * green * green + BLUE * blue * blue;
}

/** Which of the others looks most like colour i of some. */
function nearestOf(some: Int32Array, i: number, others: Int32Array): number {
  let nearest = 0;
  let least = FAR;
  for (let k = 0; 3 * k < others.length; k++) {
    const now = difference(some, i, others, k);
    if (now >= least) continue;
    least = now;
    nearest = k;
  }
  return nearest;
}

/** K-means, from the commonest colour and then each time the one that is missed most: by its pixels times its difference. */
function clusterCentres(cells: readonly Cell[], count: number): Colour[] {
  const points = valuesOf(cells.map(meanOf));
  const least = new Float64Array(cells.length).fill(FAR);
  const chosen: number[] = [];
  while (chosen.length < count) {
    let missed = 0;
    for (let i = 1; i < least.length; i++) if (cells[i].pixels * least[i] > cells[missed].pixels * least[missed]) missed = i;
    chosen.push(missed);
    for (let i = 0; i < least.length; i++) least[i] = Math.min(least[i], difference(points, i, points, missed));
  }
  let centres = chosen.map((i) => meanOf(cells[i]));
  for (let round = 0; round < ROUNDS; round++) {
    const [values, sums] = [valuesOf(centres), centres.map((): Cell => ({ pixels: 0, sums: [0, 0, 0] }))];
    for (let i = 0; i < cells.length; i++) {
      const sum = sums[nearestOf(points, i, values)];
      sum.pixels += cells[i].pixels;
      for (let c = 0; c < 3; c++) sum.sums[c] += cells[i].sums[c];
    }
    const next = sums.map((sum, k) => (sum.pixels > 0 ? meanOf(sum) : centres[k]));
    if (next.every((centre, k) => centre.every((value, c) => value === centres[k][c]))) break;
    centres = next;
  }
  return centres;
}

/** Colours that a palette lacks are looked up by so many bits of each channel; the last ones do not count. */
const [BITS, DROPPED] = [6, 2];
const middleOf = (value: number): number => ((value >> DROPPED) << DROPPED) + (1 << (DROPPED - 1));

/** Brings pictures into a palette, with hard edges: what is less than half opaque becomes clear. */
export function paletteFilter(palette: readonly string[]): (rgba: Uint8Array) => Uint8Array {
  const colours = palette.map((text) => parseColour(text)!);
  const values = valuesOf(colours);
  const own = new Map(colours.map(([red, green, blue], k) => [(red << 16) | (green << 8) | blue, k]));
  const others = new Int16Array(1 << (3 * BITS)).fill(-1);
  const indexOf = (red: number, green: number, blue: number): number => {
    const known = own.get((red << 16) | (green << 8) | blue);
    if (known !== undefined) return known;
    const at = ((red >> DROPPED) << (2 * BITS)) | ((green >> DROPPED) << BITS) | (blue >> DROPPED);
    if (others[at] < 0) others[at] = nearestOf(Int32Array.of(middleOf(red), middleOf(green), middleOf(blue)), 0, values);
    return others[at];
  };
  return (rgba) => {
    const out = new Uint8Array(rgba.length);
    for (let i = 0; i < rgba.length; i += 4) {
      if (rgba[i + 3] < HALF) continue;
      out.set(colours[indexOf(rgba[i], rgba[i + 1], rgba[i + 2])], i);
      out[i + 3] = 255;
    }
    return out;
  };
}
