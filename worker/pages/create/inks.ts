/** What one draws with, what a sketch is for the network, and drawings to start from. Links hold the indices of colours, so a colour keeps its place. */
import type { ImageShape } from "../../../wasm-model/network/spec.ts";
import { raster } from "./raster.ts";
import { type Drawing, isClosed, RANGE, type Stroke } from "./strokes.ts";

const COLOURS = [
  ["#000000", "black"],
  ["#ffffff", "white"],
  ["#808080", "grey"],
  ["#c82828", "red"],
  ["#e68c28", "orange"],
  ["#f0d250", "yellow"],
  ["#468c3c", "green"],
  ["#78b45a", "meadow"],
  ["#285aaa", "blue"],
  ["#96c3eb", "sky"],
  ["#6e4628", "brown"],
  ["#be9664", "sand"],
  ["#5a3c78", "purple"],
  ["#e696aa", "pink"],
  ["#3c3c3c", "dark grey"],
  ["#c8c8cd", "light grey"],
] as const;
const GREYS = [0, 1, 15, 14, 2].map((i) => COLOURS[i]);

export interface Inks {
  /** In CSS, with their names. */
  readonly colours: readonly (readonly [colour: string, name: string])[];
  /** As bytes. */
  readonly palette: readonly (readonly number[])[];
  /** Indices of the background and of the first pen. */
  readonly paper: number;
  readonly pen: number;
  /** Options that make images of sketches: `npm run lab -- sketches`. */
  readonly options: Readonly<Record<string, number>>;
}

const bytesOf = ([colour]: readonly [string, string]): number[] => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));

/** For models of images in colour, black on white paper; for those of grey images, which are on black, white on black. */
export function inksOf(channels: number): Inks {
  if (channels === 1) return { colours: GREYS, palette: GREYS.map(bytesOf), paper: 0, pen: 1, options: { temperature: 0.7 } };
  return { colours: COLOURS, palette: COLOURS.map(bytesOf), paper: 1, pen: 0, options: { guidance: 3, churn: 0.6, steps: 16 } };
}

/** By default, how far an image is from its sketch: 12 first sketches become the kind that was asked for (training/LOG.md). */
export const STRENGTH = 0.7;

/** The colours of a kind's images, as bytes: of their border, on which a sketch lies, and of their middle, which fills its closed lines. */
export interface KindColours {
  readonly paper: readonly number[];
  readonly body: readonly number[];
}

const squaredDistance = (one: readonly number[], other: readonly number[]): number =>
  one.reduce((sum, value, c) => sum + (value - other[c]) ** 2, 0);

/** Strokes that enclose nothing have this behind them, a disc: two eyes and a mouth are a face. */
const BODY: Stroke = { colour: 0, width: 180, isFilled: false, points: [[RANGE >> 1, RANGE >> 1]] };

/** The colour of a shape. What is as like the kind's paper as its middle is would be taken for paper, so it goes half of the way to the middle's colour. */
function shapeColour(ink: readonly number[], { paper, body }: KindColours): readonly number[] {
  const isLikePaper = squaredDistance(ink, paper) < Math.min(squaredDistance(ink, body), squaredDistance(paper, body));
  return isLikePaper ? ink.map((value, c) => Math.round((value + body[c]) / 2)) : ink;
}

/** A sketch as the network gets it: on its own paper or the kind's, closed lines filled, since the inside of a ring is no background. */
export function sketchPixels({ paper, strokes }: Drawing, size: ImageShape, inks: Inks, kind: KindColours | undefined): Uint8Array {
  if (!kind) return raster({ paper, strokes }, size, inks.palette);
  const { palette } = inks;
  const [ground, body, shapes] = [palette.length, palette.length + 1, palette.length + 2];
  const isOutline = (stroke: Stroke): boolean => !stroke.isFilled && isClosed(stroke);
  const hasShape = strokes.some((stroke) => stroke.isFilled || isClosed(stroke));
  const filled = strokes.flatMap((stroke) => {
    if (stroke.isFilled) return [{ ...stroke, colour: shapes + stroke.colour }];
    return isOutline(stroke) ? [{ ...stroke, isFilled: true, colour: body }, stroke] : [stroke];
  });
  if (!hasShape) filled.unshift({ ...BODY, colour: body });
  const colours = [...palette, kind.paper, kind.body, ...palette.map((ink) => shapeColour(ink, kind))];
  return raster({ paper: paper === inks.paper ? ground : paper, strokes: filled }, size, colours);
}

/** Drawings by class, for the model of avatars. */
export const EXAMPLES: Readonly<Record<string, string>> = {
  face: "CAXMAQCAgAEaAQBecAEaAQCecAAMAQBhcAAMAQChcAAMBABWpGy4lLiqpA",
  monster: "DAUQAgBgVFQoBRACAJ5UrCgXBAcAPP9CllhggE6oYL6WxP8BGgEAaIABGgEAmIAADAEAa4AADAEAm4AADgMAZLCAupyw",
  person: "CRgUBAA6_kjWuNbG_gskAgCAvoDWGxgGAFRUrFSsqJS-bL5UqBoYBgBMblQ8rDy0bqRUXFQBIgEAaH4BIgEAmH4AEgEAan4AEgEAln4DDgIAcqyOrA",
  planet: "DgEIAQAoPAEIAQDULAEIAQA81gEIAQDgvgSIAQCAgAsKAgBQbqpgCwwCAEyWsog",
  landscape: "CQUsAQCwMBsEBwAAeEZgjHrIaP98__8A_xcEBgAAqlCWoLD_lv__AP8WBAYAANhayLTe_87__wD_",
  plant: "DAYOAgCAoIBaFwQEAIBkYFRQMHQ8FwQEAIBcjDiwJKhMHQQEAEKYvpiy_07_ARYBAGq8ARYBAJa8AAwBAG28AAwBAJm8AAoCAHTejN4",
  robot: "CR8EBABMLLQstJZMlh4EBABYQKhAqHpYegcOAgBqWGpkBw4CAJZYlmQfBAQAWKCooKjcWNwSBAQAXOJ44nj6XPoSBAQAiuKm4qb6ivoDDAIAgBaAKA",
};
