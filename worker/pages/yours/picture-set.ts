/** The visitor's pictures in their classes, and how the network sees them. A set never changes: what changes it makes another one. */
import * as v from "valibot";
import { areTransparent, chooseGround, WHITE } from "../../../training/data/cut-outs.ts";
import { type PixelArt, pixelArtOf, placedSprite, type Sprite } from "../../../training/data/pixel-art.ts";
import { evenlyChosen } from "../../../training/data/sizes.ts";
import { CLASS_NAME, lookAlike } from "../../../wasm-model/model/card.ts";
import type { Size } from "../../../wasm-model/network/spec.ts";
import { counted } from "../../../wasm-model/schema/text.ts";
import { type Crop, NO_NAME, SIDE } from "../shared/own-pictures.ts";
import type { Folder, Picture, Square } from "./protocol.ts";

export interface PictureClass {
  readonly key: string;
  readonly name: string;
  readonly pictures: readonly Picture[];
}

export interface PictureSet {
  /** Of the folder, if there was one. */
  readonly name: string;
  /** Whether all are the example's, which make way for the visitor's own. */
  readonly isExample: boolean;
  readonly crop: Crop;
  readonly classes: readonly PictureClass[];
}

export const NO_PICTURES: PictureSet = { name: NO_NAME, isExample: false, crop: "cover", classes: [] };

/** The pictures to try with: how they lie in their files, those of each class one after the other, in rows of squares. */
export const EXAMPLES = {
  drawings: { classes: ["ghost", "ice cream", "mug"], side: 32, ofEach: 20, columns: 10 },
  sprites: { classes: ["monster", "mushroom", "potion"], side: 24, ofEach: 32, columns: 12 },
} as const;

/** The most pictures of a run: with so many the page has 300 MB before it trains. The most of which there is a large one: 26 MB. */
export const [MOST, MOST_LARGE] = [5000, 200];

export const picturesOf = ({ classes }: Pick<PictureSet, "classes">): Picture[] => classes.flatMap(({ pictures }) => pictures);

/** Whether new pictures come in place of the example's, unless they are for one of its classes. */
export const makesWay = (set: PictureSet, into: string | undefined): boolean => set.isExample && into === undefined;

type Addition = Pick<PictureSet, "isExample" | "classes"> & { readonly name?: string | undefined };

/**
 * With these pictures, in the class with the key `into` if they are of its name, else in classes of their names. As few large ones
 * stay as a run takes, evenly chosen.
 */
export function withPictures(set: PictureSet, { name, isExample, classes: added }: Addition, into?: string): PictureSet {
  const isAnew = makesWay(set, into) || isExample;
  let classes = isAnew ? [] : set.classes;
  const [wasEmpty, target] = [picturesOf({ classes }).length === 0, classes.find(({ key }) => key === into)];
  for (const one of added) {
    const own = target?.name === one.name ? target.key : classes.find((present) => present.name === one.name)?.key;
    const grown = (present: PictureClass): PictureClass => ({ ...present, pictures: [...present.pictures, ...one.pictures] });
    classes = own === undefined ? [...classes, one] : classes.map((present) => (present.key === own ? grown(present) : present));
  }
  const some = new Set(evenlyChosen(picturesOf({ classes }).filter(({ large }) => large), MOST_LARGE)); // biome-ignore format: one thought
  const isTooMuch = (picture: Picture): boolean => picture.large !== undefined && !some.has(picture);
  const withFewLarge = (pictures: readonly Picture[]): readonly Picture[] =>
    pictures.some(isTooMuch) ? pictures.map((picture) => (isTooMuch(picture) ? { ...picture, large: undefined } : picture)) : pictures;
  return {
    name: name ?? (isAnew ? NO_NAME : set.name),
    isExample: isExample || (!isAnew && set.isExample && picturesOf({ classes: added }).length === 0),
    crop: wasEmpty && areTransparent(picturesOf({ classes: added })) ? "contain" : set.crop, // what is cut off would not be seen
    classes: classes.map((one) => ({ ...one, pictures: withFewLarge(one.pictures) })),
  };
}

/** Without the class or the picture of this key, and in words what is gone; undefined if it is not there. */
export function removeFrom(set: PictureSet, gone: string): { readonly set: PictureSet; readonly what: string } | undefined {
  for (const one of set.classes) {
    const picture = one.pictures.find(({ key }) => key === gone);
    if (one.key !== gone && !picture) continue;
    const left = { ...one, pictures: one.pictures.filter((other) => other !== picture) };
    const classes = set.classes.flatMap((other) => (other !== one ? other : picture ? left : []));
    const what = picture ? picture.path : `${counted(one.pictures.length, "picture")} of ${one.name}`;
    return { set: classes.length === 0 ? { ...NO_PICTURES, crop: set.crop } : { ...set, classes }, what };
  }
  return undefined;
}

export const renameClass = (set: PictureSet, renamed: string, name: string): PictureSet => ({
  ...set,
  classes: set.classes.map((one) => (one.key === renamed ? { ...one, name } : one)),
});

export function addClass(set: PictureSet, key: string): PictureSet {
  const names = set.classes.map(({ name }) => name);
  let n = names.length + 1;
  while (names.includes(`class ${n}`)) n++;
  return { ...set, classes: [...set.classes, { key, name: `class ${n}`, pictures: [] }] };
}

/** Why these pictures cannot be learned; empty if they can. */
export function faultOf({ classes, crop }: PictureSet): string {
  const used = classes.filter((one) => one.pictures.length > 0);
  const wrong = used.find(({ name }) => !v.is(CLASS_NAME, name));
  if (wrong) return `The class "${wrong.name}" has a name that a model's file cannot hold: too long, invisible, or with < > " or \`.`;
  if (lookAlike(used.map(({ name }) => name)) !== undefined) return "Two classes have the same name.";
  const isPlain = (rgba: Uint8Array): boolean => rgba.every((value, i) => value === rgba[i % 4]);
  if (picturesOf({ classes }).every((picture) => isPlain(picture[crop])))
    return "These pictures are of one colour each: there is nothing to learn.";
  return "";
}

/** How the network sees a set of pictures: at which size, and whether as pixel art. */
export interface Sight extends Size {
  /** What stands behind them: six hexadecimal digits. */
  readonly ground: string;
  /** Whether models of these pictures cut out. */
  readonly isCutOut: boolean;
  /** Undefined for other pictures; of those that nearly are, why they are not. */
  readonly art: PixelArt | string | undefined;
  /** A picture of the set, RGBA. */
  rgbaOf(picture: Picture): Uint8Array;
}

const sights = new WeakMap<PictureSet, Sight>();

export function sightOf(set: PictureSet): Sight {
  const sight = sights.get(set) ?? lookAt(set);
  sights.set(set, sight);
  return sight;
}

function lookAt(set: PictureSet): Sight {
  const all = picturesOf(set);
  const isCutOut = areTransparent(all);
  const art = all.length > 0 ? pixelArtOf(all, { ground: isCutOut ? undefined : WHITE }) : undefined;
  const size = typeof art === "object" ? art.size : { width: SIDE, height: SIDE };
  const rgbaOf: Sight["rgbaOf"] =
    typeof art === "object" ? ({ sprite }) => placedSprite(sprite as Sprite, art) : (picture) => picture[set.crop];
  return { ...size, isCutOut, art, rgbaOf, ground: isCutOut ? chooseGround(all.map(rgbaOf), size) : WHITE };
}

/** What a thread is sent, which is only what it looks at: 5000 whole pictures would take 60 ms to copy. */
export function folderOf(set: PictureSet): Folder {
  const { name, crop } = set;
  const { width, height, ground, art, rgbaOf } = sightOf(set);
  const isArt = typeof art === "object";
  const squareOf = (one: Picture): Square => {
    const { path, isTransparent, large } = one;
    return { path, isTransparent, pixels: rgbaOf(one), large: isArt ? undefined : large?.[crop] };
  };
  const classes = set.classes.map(({ name, pictures }) => ({ name, pictures: pictures.map(squareOf) }));
  const folder = { name, width, height, ground, classes, crop: isArt ? ("center" as const) : crop };
  return { ...folder, palette: isArt ? art.palette : undefined, isNearlyArt: typeof art === "string" };
}
