/**
 * The images of the model `avatars`, as SVG documents: little pictures in seven classes, which DiceBear's styles of that
 * kind put together from parts and colours. Their designs are in the public domain (CC0 1.0). The same images everywhere:
 * each is made from a seed, and no two are alike.
 */
import { readFileSync } from "node:fs";
import { installTools, toolPath } from "../tools/install.ts";

/** Classes and their styles. */
export const CLASSES = {
  face: "moods",
  landscape: "landscape",
  monster: "critters",
  person: "pixel-art",
  planet: "planets",
  plant: "sprouts",
  robot: "voxel-bot",
} as const;

/** For the style that draws no background of its own. */
const BACKGROUNDS = ["#b6e3f4", "#c0aede", "#d1d4f9", "#ffd5dc", "#ffdfbf"];

/** Images of each class that are held out, for one that is not. */
const HELD_OUT = 1 / 10;

interface DiceBear {
  readonly Style: new (definition: unknown) => object;
  readonly Avatar: new (style: object, options: { readonly seed: string; readonly backgroundColor?: readonly string[] }) => object;
}

/** `count` different SVG files of a class. */
function avatarsOf({ Avatar, Style }: DiceBear, label: keyof typeof CLASSES, count: number): ReadonlySet<string> {
  const style = new Style(JSON.parse(readFileSync(toolPath(`@dicebear/styles/dist/${CLASSES[label]}.min.json`), "utf8")));
  const avatars = new Set<string>();
  for (let i = 0; avatars.size < count; i++)
    avatars.add(String(new Avatar(style, { seed: `${label}/${i}`, ...(label === "person" ? { backgroundColor: BACKGROUNDS } : {}) })));
  return avatars;
}

export interface Drawn {
  /** Of the PNG file, in the folder. */
  readonly path: string;
  readonly svg: string;
}

/** `count` images of each class to train on, and a tenth as many that are held out. */
export async function avatarImages(count: number): Promise<Drawn[]> {
  installTools();
  const diceBear = (await import(toolPath("@dicebear/core/lib/index.js"))) as DiceBear;
  const labels = Object.keys(CLASSES) as (keyof typeof CLASSES)[];
  return labels.flatMap((label) =>
    [...avatarsOf(diceBear, label, Math.floor(count * (1 + HELD_OUT)))].map((svg, i) => ({
      path: `${i < count ? "train" : "test"}/${label}/${String(i).padStart(5, "0")}.png`,
      svg,
    })),
  );
}
