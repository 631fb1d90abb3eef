/**
 * The pictures that the base learns from: icons and emoji of many packs, DiceBear's avatars, Fashion-MNIST in colours and
 * pictures made by rule, at several framings and on any ground. Each is made from a seed.
 */
import { readFileSync } from "node:fs";
import { installTools, toolPath } from "../tools/install.ts";
import { AVATAR_STYLES, allIcons, installLab, PACKS } from "./base-packs.ts";
import { Dice } from "./dice.ts";
import { IDX_SETS, readIdx, SIDE } from "./known-sets.ts";
import { ground, image, RULES } from "./rule-pictures.ts";

/** Pictures of each kind, before some are held out. */
const COUNTS = { avatars: 700, fashion: 1000, rule: 1800 };
/** One in this many is held out, with all its framings. */
const HELD_OUT = 50;

export interface Picture {
  readonly label: string;
  /** Unique in its class; its seed. */
  readonly name: string;
  /** The inside of an SVG document with the view box "0 0 100 100". */
  readonly draw: (dice: Dice) => string;
  /** How often it is drawn, with other grounds and framings. */
  readonly times: number;
}

interface Framing {
  readonly scale: readonly [number, number];
  readonly mirrored?: boolean;
  readonly hue?: boolean;
}

/** A drawing in a frame of its own on the ground: moved, scaled, turned, mirrored and in other hues. */
function framed(dice: Dice, drawing: string, { scale: [least, most], mirrored = false, hue = false }: Framing): string {
  const scale = dice.number(least, most);
  const room = 50 * Math.abs(1 - scale) + 4;
  const [x, y] = [50 + dice.number(-room, room), 50 + dice.number(-room, room)];
  const angle = dice.chance(0.3) ? dice.number(-25, 25) : 0;
  const flip = mirrored && dice.chance(0.4) ? -1 : 1;
  const hues = hue && dice.chance(0.25) ? dice.integer(0, 359) : undefined;
  const filter = `<filter id="an-hue" color-interpolation-filters="sRGB"><feColorMatrix type="hueRotate" values="${hues}"/></filter>`;
  const inside = `<g transform="translate(${x} ${y}) rotate(${angle}) scale(${scale * flip} ${scale}) translate(-50 -50)" ${hues === undefined ? "" : 'filter="url(#an-hue)"'}>${drawing}</g>`;
  return (hues === undefined ? "" : filter) + inside;
}

function iconPictures(): Picture[] {
  return allIcons().map(({ pack, name, label, body, box }) => ({
    label,
    name: `${pack}-${name}`,
    times: PACKS[pack].times,
    draw: (dice) => {
      const icon = `<svg x="0" y="0" width="100" height="100" viewBox="${box}" color="${dice.colour()}">${body}</svg>`;
      const isFlag = label.startsWith("flag");
      return ground(dice) + framed(dice, icon, { scale: [0.65, 1.05], mirrored: !isFlag && label !== "emoji-symbol", hue: true });
    },
  }));
}

async function avatarPictures(): Promise<Picture[]> {
  const { Avatar, Style } = await import(toolPath("@dicebear/core/lib/index.js"));
  return AVATAR_STYLES.flatMap((label) => {
    const style = new Style(JSON.parse(readFileSync(toolPath(`@dicebear/styles/dist/${label}.min.json`), "utf8")));
    return Array.from({ length: COUNTS.avatars }, (_, i) => ({
      label,
      name: `${i}`,
      times: 1,
      draw: (dice: Dice) => {
        // Other seeds than those of the model avatars, whose held-out images stay unseen.
        const svg = String(new Avatar(style, { seed: `base/${label}/${i}` })).replace(
          "<svg ",
          '<svg x="0" y="0" width="100" height="100" ',
        );
        return ground(dice) + (dice.chance(0.6) ? svg : framed(dice, svg, { scale: [0.6, 1.2], mirrored: true, hue: true }));
      },
    }));
  });
}

/** Clothes as a colour that covers the ground where the grey image is not black. */
async function fashionPictures(): Promise<Picture[]> {
  const { labels } = IDX_SETS["fashion-mnist"];
  const [images, classes] = await readIdx(IDX_SETS["fashion-mnist"]);
  const taken = labels.map(() => 0);
  const pictures: Picture[] = [];
  for (const [i, label] of classes.entries()) {
    if (taken[label]++ >= COUNTS.fashion) continue;
    const draw = (dice: Dice): string => {
      const colour = Array.from({ length: 3 }, () => dice.number(40, 255));
      const shade = dice.number(0.2, 0.8);
      const pixels = Array.from(images.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE)).flatMap((value) => {
        const light = 1 - shade + (shade * value) / 255;
        return [...colour.map((c) => Math.round(c * light)), Math.min(255, value * 4)];
      });
      return ground(dice) + framed(dice, image(Uint8Array.from(pixels), SIDE, 4), { scale: [0.7, 1.1], mirrored: true });
    };
    pictures.push({ label: `fashion-${labels[label].toLowerCase().replace(/[^a-z]+/g, "-")}`, name: `${i}`, times: 1, draw });
  }
  return pictures;
}

const rulePictures = (): Picture[] =>
  Object.entries(RULES).flatMap(([label, draw]) =>
    Array.from({ length: COUNTS.rule }, (_, i) => ({ label: `rule-${label}`, name: `${i}`, times: 1, draw })),
  );

/** Those that have no size of their own. Installs the packages that they come from. */
export async function drawnPictures(): Promise<Picture[]> {
  installLab();
  installTools();
  return [...iconPictures(), ...(await avatarPictures()), ...rulePictures()];
}

/** All of them, the same everywhere. */
export const basePictures = async (): Promise<Picture[]> => [...(await drawnPictures()), ...(await fashionPictures())];

/** The files of a picture, 1 picture in 50 held out: paths in the folder of the images, and SVG documents. */
export function filesOf({ label, name, draw, times }: Picture, size: number): { readonly path: string; readonly svg: () => string }[] {
  const seed = `base/${label}/${name}`;
  const split = new Dice(`${seed}/split`).integer(1, HELD_OUT) === 1 ? "test" : "train";
  return Array.from({ length: times }, (_, k) => ({
    path: `${split}/${label}/${name}-${k}.png`,
    svg: () =>
      `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${size}" height="${size}" viewBox="0 0 100 100">${draw(new Dice(`${seed}/${k}`))}</svg>`,
  }));
}
