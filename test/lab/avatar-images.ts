/**
 * The images of the model `avatars`, as SVG documents: little pictures in seven classes, which DiceBear's styles of that
 * kind put together from parts and colours. Their designs are in the public domain (CC0 1.0). Half of the images have the
 * colours of the designs; the others have a ground of any colour, and some of their parts too. The same images everywhere:
 * each is made from a seed, and no two are alike.
 */
import { readFileSync } from "node:fs";
import { installTools, toolPath } from "../tools/install.ts";
import { Dice } from "./dice.ts";

interface Class {
  /** DiceBear's name of it. */
  readonly style: string;
  /** Its parts that may have any colour: the first is the largest. */
  readonly parts: readonly string[];
  /** Colours of the ground, for a style that draws none. */
  readonly grounds?: readonly string[];
}

/** Classes and their styles. */
export const CLASSES: Readonly<Record<string, Class>> = {
  face: { style: "moods", parts: ["face"] },
  landscape: { style: "landscape", parts: ["hill1", "hill2", "hill3", "hill4", "orb"] },
  monster: { style: "critters", parts: ["body", "accent"] },
  person: {
    style: "pixel-art",
    parts: ["clothing", "hat", "hair", "accessories"],
    grounds: ["#b6e3f4", "#c0aede", "#d1d4f9", "#ffd5dc", "#ffdfbf"],
  },
  planet: { style: "planets", parts: ["planet", "moon"] },
  plant: { style: "sprouts", parts: ["pot", "plant", "bloom"] },
  robot: { style: "voxel-bot", parts: ["body", "glow"] },
};

/** Images of each class that are held out, for one that is not. */
const HELD_OUT = 1 / 10;

/** Shares of the images whose ground has any colour, and of those, of the parts that have. */
const ANY = { ground: 0.5, part: 0.4 };
/** The least distance of a ground's colour from that of the largest part, of the 441 between black and white. */
const CONTRAST = 90;

interface DiceBear {
  readonly Style: new (definition: unknown) => object;
  readonly Avatar: new (style: object, options: Readonly<Record<string, unknown>>) => object;
}

interface Definition {
  readonly colors: Readonly<Record<string, { readonly values: readonly string[] }>>;
}

const channels = (colour: string): number[] => [1, 3, 5].map((i) => Number.parseInt(colour.slice(i, i + 2), 16));

const distance = (a: string, b: string): number => Math.hypot(...channels(a).map((value, i) => value - channels(b)[i]));

/** The options of DiceBear that choose the colours of an image: none for half of them. */
function colours(dice: Dice, { parts, grounds }: Class, { colors }: Definition): Record<string, readonly string[]> {
  if (!dice.chance(ANY.ground)) return grounds ? { backgroundColor: grounds } : {};
  const chosen = parts.map((part) => (dice.chance(ANY.part) ? dice.hexColour() : dice.one(colors[part].values)));
  let ground = dice.hexColour();
  while (distance(ground, chosen[0]) < CONTRAST) ground = dice.hexColour();
  return Object.fromEntries([...parts.map((part, i) => [`${part}Color`, [chosen[i]]]), ["backgroundColor", [ground]]]);
}

/** `count` different SVG files of a class. */
function avatarsOf({ Avatar, Style }: DiceBear, label: string, count: number): ReadonlySet<string> {
  const definition = JSON.parse(readFileSync(toolPath(`@dicebear/styles/dist/${CLASSES[label].style}.min.json`), "utf8"));
  const style = new Style(definition);
  const avatars = new Set<string>();
  for (let i = 0; avatars.size < count; i++) {
    const seed = `${label}/${i}`;
    avatars.add(String(new Avatar(style, { seed, ...colours(new Dice(seed), CLASSES[label], definition) })));
  }
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
  return Object.keys(CLASSES).flatMap((label) =>
    [...avatarsOf(diceBear, label, Math.floor(count * (1 + HELD_OUT)))].map((svg, i) => ({
      path: `${i < count ? "train" : "test"}/${label}/${String(i).padStart(5, "0")}.png`,
      svg,
    })),
  );
}
