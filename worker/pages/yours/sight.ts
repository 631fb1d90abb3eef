/** How the network sees a set of pictures: at which size, and whether as pixel art. */
import { areTransparent, groundOf, WHITE } from "../../../training/data/cut-outs.ts";
import { type PixelArt, pixelArtOf, placedSprite, type Sprite } from "../../../training/data/pixel-art.ts";
import type { Size } from "../../../wasm-model/network/spec.ts";
import { type PictureSet, picturesOf } from "./picture-set.ts";
import { type Folder, type Picture, SIDE, type Square } from "./protocol.ts";

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

const known = new WeakMap<PictureSet, Sight>();

export function sightOf(set: PictureSet): Sight {
  const sight = known.get(set) ?? foundSight(set);
  known.set(set, sight);
  return sight;
}

function foundSight(set: PictureSet): Sight {
  const all = picturesOf(set);
  const isCutOut = areTransparent(all);
  const art = all.length > 0 ? pixelArtOf(all, { ground: isCutOut ? undefined : WHITE }) : undefined;
  const size = typeof art === "object" ? art.size : { width: SIDE, height: SIDE };
  const rgbaOf: Sight["rgbaOf"] =
    typeof art === "object" ? ({ sprite }) => placedSprite(sprite as Sprite, art) : (picture) => picture[set.crop];
  return { ...size, isCutOut, art, rgbaOf, ground: isCutOut ? groundOf(all.map(rgbaOf), size) : WHITE };
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
  return {
    name,
    width,
    height,
    ground,
    classes,
    crop: isArt ? "center" : crop,
    palette: isArt ? art.palette : undefined,
    isNearlyArt: typeof art === "string",
  };
}
