/** The visitor's pictures in their classes, and how the network sees them. A set never changes: what changes it makes another one. */
import * as v from "valibot";
import { areTransparent, WHITE } from "../../../training/data/cut-outs.ts";
import { type LearnedLook, learnedLook, type MOST_COLOURS, pixelArtOf } from "../../../training/data/pixel-art.ts";
import { evenlyChosen } from "../../../training/data/sizes.ts";
import { CLASS_NAME, lookAlike } from "../../../wasm-model/model/card.ts";
import type { Size } from "../../../wasm-model/network/spec.ts";
import { counted } from "../../../wasm-model/schema/text.ts";
import type { Crop, Folder, Picture, Square } from "./protocol.ts";

/** Pixels of a side of what the network sees, unless it is pixel art. */
export const SIDE = 32;
/** The name of pictures that are in no folder. */
export const NO_NAME = "pictures";

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
  /** In 64 colours, or as they are; by default as pixel art if they are some. */
  readonly colours?: ColourChoice | undefined;
  readonly classes: readonly PictureClass[];
}

export type ColourChoice = typeof MOST_COLOURS | "all";

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
    colours: isAnew ? undefined : set.colours,
    classes: classes.map((one) => ({ ...one, pictures: withFewLarge(one.pictures) })),
  };
}

/** Without the class or the picture of this key. */
export function removeFrom(set: PictureSet, gone: string): PictureSet {
  const isGone = ({ key }: { readonly key: string }): boolean => key === gone;
  const left = (one: PictureClass): PictureClass =>
    one.pictures.some(isGone) ? { ...one, pictures: one.pictures.filter((picture) => !isGone(picture)) } : one;
  const classes = set.classes.filter((one) => !isGone(one)).map(left);
  return classes.length === 0 ? emptied(set) : { ...set, classes };
}

/** Without any picture, so that others can be chosen. */
export const emptied = ({ crop }: PictureSet): PictureSet => ({ ...NO_PICTURES, crop });

/** In words, the pictures that one set has and another one has not. */
export function goneFrom(before: PictureSet, after: PictureSet): string {
  const left = new Set(picturesOf(after));
  const gone = picturesOf(before).filter((picture) => !left.has(picture));
  const [some, ...more] = before.classes.filter(({ pictures }) => pictures.some((picture) => !left.has(picture)));
  if (gone.length < 2) return gone[0]?.path ?? "";
  return `${counted(gone.length, "picture")}${more.length === 0 ? ` of ${some.name}` : ""}`;
}

export const renameClass = (set: PictureSet, renamed: string, name: string): PictureSet => ({
  ...set,
  classes: set.classes.map((one) => (one.key === renamed ? { ...one, name } : one)),
});

export function addClass(set: PictureSet, key: string): PictureSet {
  const names = set.classes.map(({ name }) => name);
  let n = names.length + 1;
  while (names.includes(`group ${n}`)) n++;
  return { ...set, classes: [...set.classes, { key, name: `group ${n}`, pictures: [] }] };
}

/** Why these pictures cannot be learned; empty if they can. */
export function faultOf({ classes, crop }: PictureSet): string {
  const used = classes.filter((one) => one.pictures.length > 0);
  const wrong = used.find(({ name }) => !v.is(CLASS_NAME, name));
  if (wrong) return `The group "${wrong.name}" needs another name: shorter, visible, and without < > " or \`.`;
  if (lookAlike(used.map(({ name }) => name)) !== undefined) return "Two groups have the same name.";
  const isPlain = (rgba: Uint8Array): boolean => rgba.every((value, i) => value === rgba[i % 4]);
  if (picturesOf({ classes }).every((picture) => isPlain(picture[crop])))
    return "Each of these pictures is of one colour: there is nothing to learn.";
  return "";
}

/** How the network sees a set of pictures: at which size, and whether as pixel art. */
export interface Sight extends Size, LearnedLook<Picture> {
  /** Whether models of these pictures cut out. */
  readonly isCutOut: boolean;
  /** Whether pictures keep the pixels of their files. */
  readonly isUnscaled: boolean;
}

let latest: { readonly set: PictureSet; readonly all: readonly Picture[]; readonly sight: Sight } | undefined;

/** Pictures are looked at anew only if they, the crop or the colours are others: 5000 take more than a second. */
export function sightOf(set: PictureSet): Sight {
  const [all, { crop, colours }] = [picturesOf(set), set];
  const isSame = latest?.set.crop === crop && latest.set.colours === colours && latest.all.length === all.length;
  const sight = isSame && all.every((picture, i) => picture === latest!.all[i]) ? latest!.sight : lookAt(all, crop, colours);
  latest = { set, all, sight };
  return sight;
}

function lookAt(all: readonly Picture[], crop: Crop, colours: ColourChoice | undefined): Sight {
  const isCutOut = areTransparent(all);
  const asked = { ground: isCutOut ? undefined : WHITE, words: WORDS };
  const art = all.length > 0 && colours !== "all" ? pixelArtOf(all, asked) : undefined;
  const isUnscaled = typeof art === "object";
  const size = isUnscaled ? art.size : { width: SIDE, height: SIDE };
  const scaled = (picture: Picture): Uint8Array => (isUnscaled ? fitted(picture.contain, size) : picture[crop]);
  const look = learnedLook(all, art, scaled, { ...asked, size, colours: colours === "all" ? undefined : colours });
  return { ...size, ...look, isCutOut, isUnscaled };
}

const WORDS = { asTheyAre: "“as they are”", asPixelArt: "“in 64 colours”" };

/** A square in the middle of a picture of this size, RGBA. */
function fitted(square: Uint8Array, { width, height }: Size): Uint8Array {
  const side = Math.min(width, height);
  const [left, top] = [width, height].map((length) => Math.floor((length - side) / 2));
  const out = new Uint8Array(4 * width * height);
  for (let i = 0; i < side * side; i++) {
    const [x, y] = [i % side, Math.floor(i / side)];
    const from = 4 * (Math.floor(((y + 0.5) * SIDE) / side) * SIDE + Math.floor(((x + 0.5) * SIDE) / side));
    out.set(square.subarray(from, from + 4), 4 * ((top + y) * width + left + x));
  }
  return out;
}

/** What a thread is sent, which is only what it looks at: 5000 whole pictures would take 60 ms to copy. */
export function folderOf(set: PictureSet): Folder {
  const { name, crop } = set;
  const { width, height, ground, palette, isUnscaled, rgbaOf } = sightOf(set);
  const squareOf = (one: Picture): Square => {
    const { path, isTransparent, large } = one;
    return { path, isTransparent, pixels: rgbaOf(one), large: palette ? undefined : large?.[crop] };
  };
  const classes = set.classes.map(({ name, pictures }) => ({ name, pictures: pictures.map(squareOf) }));
  return { name, width, height, ground, classes, palette, crop: isUnscaled ? "center" : crop };
}
