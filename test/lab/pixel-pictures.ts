/** The images of `lab pixels`: people by DiceBear's Pixel Art, others put together from parts, lit and outlined by one rule in one palette. */
import { readFileSync } from "node:fs";
import { Dice } from "./dice.ts";

export const SIDE = 16;
/** Dark, middle and light. */
type Ramp = readonly [number, number, number];
type Part = readonly string[];
type Where = (x: number, y: number) => boolean;

const [INK, WHITE, CLEAR] = [0x231c34, 0xfffaf2, -1];
const BRIGHT: readonly Ramp[] = [
  [0x8e2448, 0xd8415f, 0xf98d93],
  [0xa8431f, 0xee7d31, 0xffb670],
  [0xb57a16, 0xf6c433, 0xffe98a],
  [0x1d6b45, 0x45a84c, 0x9bd867],
  [0x116170, 0x1fa5a0, 0x76dcc4],
  [0x2b4396, 0x3f7fdc, 0x83bdf5],
  [0x55318f, 0x8f5fd0, 0xc6a2f2],
  [0xa53c86, 0xe877b4, 0xfbb8d8],
];
const [ROSE, ORANGE, YELLOW, GREEN, TEAL, , PURPLE, PINK] = BRIGHT;
const BROWN: Ramp = [0x5a3323, 0x91603d, 0xc79a68];
const GREY: Ramp = [0x4d4a66, 0x8b8ba3, 0xc4c6d4];
const CREAM: Ramp = [0xc9b3b0, 0xf1e5da, WHITE];
const BLACK: Ramp = [INK, 0x3f3756, 0x655c82];
const SKINS = [[0xdda37f, 0xfad7b8], [0xc6875c, 0xe8b388], [0x9c623e, 0xc58858], [0x71422a, 0x97603c], [0x4a2a22, 0x6a4030]].map(([dark, middle]): Ramp => [dark, middle, middle]); // biome-ignore format: a list
const RAMPS = [...BRIGHT, BROWN, GREY, CREAM, BLACK, ...SKINS];
const RAMP_OF = new Map(RAMPS.map((ramp) => [ramp[1], ramp]));

const hexadecimal = (colour: number): string => colour.toString(16).padStart(6, "0");
const PALETTE = [INK, WHITE, ...RAMPS.flat()];
const bytesOf = (colour: number): readonly number[] => [colour >> 16, (colour >> 8) & 255, colour & 255];

/** The colour of the palette that looks most like this one. */
function nearestColour([red, green, blue]: Iterable<number>): number {
  const distances = PALETTE.map(bytesOf).map(([r, g, b]) => 2 * (r - red) ** 2 + 4 * (g - green) ** 2 + 3 * (b - blue) ** 2);
  return PALETTE[distances.indexOf(Math.min(...distances))];
}

/**
 * Parts by name: in the file those of a name stand side by side, of what is symmetrical the left half. A letter is a colour, which the
 * code below names; a dot is none.
 */
const PARTS = new Map(
  readFileSync(new URL("pixel-parts.txt", import.meta.url), "utf8")
    .split("\n\n")
    .map((block): [string, Part[]] => {
      const [name, ...lines] = block.trim().split("\n");
      const rows = lines.map((line) => line.split(" "));
      return [name, rows[0].map((_, k) => rows.map((row) => row[k]))];
    }),
);
const parts = (name: string): readonly Part[] => PARTS.get(name)!;

/** An image in the making, and the dice that decide it: a colour or CLEAR for each pixel. */
class Canvas {
  readonly colours = new Int32Array(SIDE * SIDE).fill(CLEAR);
  readonly dice: Dice;

  constructor(seed: string) {
    this.dice = new Dice(seed);
  }

  /** What is above is clear; at the other sides images may end in the middle of a body. */
  at(x: number, y: number): number {
    return x < 0 || x >= SIDE || y >= SIDE ? INK : y < 0 ? CLEAR : this.colours[y * SIDE + x];
  }

  put(x: number, y: number, colour: number): void {
    if (x >= 0 && y >= 0 && x < SIDE && y < SIDE) this.colours[y * SIDE + x] = colour;
  }

  /** A part, or one of those of a name: its left half at column x, and its right half, mirrored or the same again. */
  draw(part: string | Part, y: number, colours: Readonly<Record<string, number>>, x = 0, isMirrored = true): void {
    for (const [row, letters] of (typeof part === "string" ? this.dice.one(parts(part)) : part).entries())
      for (const [column, letter] of [...letters].entries()) {
        if (letter === ".") continue;
        this.put(x + column, y + row, colours[letter]);
        this.put(isMirrored ? SIDE - 1 - x - column : SIDE - x - letters.length + column, y + row, colours[letter]);
      }
  }

  /** Gives pixels of a colour another one. */
  change(from: number, to: number, where: Where): void {
    for (const [i, colour] of this.colours.entries()) if (colour === from && where(i % SIDE, Math.floor(i / SIDE))) this.colours[i] = to;
  }

  /** RGBA bytes: ramps are dark where nothing is below or to the right, else light where nothing is above; a line goes around all. */
  rgba(): Uint8Array {
    const out = new Uint8Array(4 * SIDE * SIDE);
    for (const [i, colour] of this.colours.entries()) {
      const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
      const [above, right, below, left] = [this.at(x, y - 1), this.at(x + 1, y), this.at(x, y + 1), this.at(x - 1, y)];
      const isBeside = (above !== CLEAR && y > 0) || (right !== CLEAR && x < SIDE - 1) || (below !== CLEAR && y < SIDE - 1) || (left !== CLEAR && x > 0); // biome-ignore format: four sides
      const ramp = RAMP_OF.get(colour) ?? [colour, colour, colour];
      let shown = below === CLEAR || right === CLEAR ? ramp[0] : above === CLEAR ? ramp[2] : colour;
      if ([above, right, below, left].every((beside) => beside === CLEAR)) shown = colour;
      if (colour === CLEAR) shown = isBeside ? INK : CLEAR;
      if (shown !== CLEAR) out.set([...bytesOf(shown), 255], 4 * i);
    }
    return out;
  }
}

const inEllipse = (cx: number, cy: number, rx: number, ry: number): Where => (x, y) => ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1; // biome-ignore format: an equation

/** Marks on a body of one colour: the last three are not for faces with a snout. */
function mark(canvas: Canvas, from: number, to: number, isAnimal = false): void {
  const [shift, side] = [canvas.dice.integer(0, 2), canvas.dice.integer(0, 1)];
  const marks: Where[] = [
    inEllipse(7.5, 10.5, 3.6, 2.4),
    (x, y) => (side ? x > 8 : x < 7) && y < 9,
    (x) => (side ? x > 7 : x < 8),
    (x, y) => Math.abs(x - 7.5) < 1 && y < 10,
    (x, y) => (y + shift) % 3 === 0 && Math.abs(x - 7.5) > 3.5,
    (x, y) => ((x >> 1) * 3 + (y >> 1) * 2 + shift * 2) % 7 === 0,
    inEllipse(7.5, 13, 4, 3.4),
    (_, y) => y < 6,
    (_, y) => y > 9,
  ];
  canvas.change(from, to, canvas.dice.one(isAnimal ? marks.slice(0, -3) : marks));
}

/** Eyes or glasses in three rows from y on, a mouth below or, of a nose's colour, a snout: in ink where that shows. */
function face(canvas: Canvas, y = 6, ink = INK, nose?: number): void {
  const { dice } = canvas;
  const isDark = [5, 10].some((x) => canvas.at(x, y + 1) === BLACK[1]);
  const lens = dice.one(BRIGHT);
  if (dice.chance(0.15))
    canvas.draw(dice.one(parts("glasses")), y, { g: dice.one([INK, lens[0], lens[1]]), w: WHITE, k: INK, b: lens[1] }, 3);
  else if (dice.chance(0.25) && !isDark) canvas.draw("moods", y, { k: INK, w: WHITE }, 4);
  else canvas.draw(dice.one(parts("eyes").slice(isDark ? 3 : 0)), y, { k: INK, w: WHITE }, 4, dice.chance(0.5));
  const skin = canvas.at(7, y + 4);
  const [red, blush] = [skin === ROSE[1] || skin === PINK[1] ? ROSE[0] : ROSE[1], PINK[skin === PINK[1] ? 2 : 1]];
  const k = skin === BLACK[1] ? PINK[1] : ink;
  if (nose === undefined) canvas.draw(dice.chance(0.15) ? "frowns" : "mouths", y + 4, { k, r: red, w: WHITE }, 6);
  else canvas.draw("snouts", y + 3, { n: skin === BLACK[1] ? PINK[1] : nose, k, r: red }, 6);
  if (dice.chance(0.12)) for (const x of [3, 12]) if (canvas.at(x, y + 3) !== CLEAR) canvas.put(x, y + 3, blush);
}

function wearHat(canvas: Canvas, y: number, probability: number): void {
  const { dice } = canvas;
  const [a, b] = [dice.one(BRIGHT), dice.one([YELLOW, CREAM, ROSE])];
  if (dice.chance(probability)) canvas.draw("hats", y, { a: a[1], b: b[1], c: ORANGE[1] });
}

const FURS = { bear: [BROWN, CREAM, BLACK, GREY, ORANGE], cat: [ORANGE, GREY, BLACK, CREAM, BROWN], dog: [BROWN, CREAM, YELLOW, GREY, BLACK], rabbit: [CREAM, GREY, BROWN, PINK, BLACK] }; // biome-ignore format: a list

function animal(canvas: Canvas, kind: keyof typeof FURS): void {
  const { dice } = canvas;
  const fur = dice.one(dice.chance(0.75) ? FURS[kind] : BRIGHT);
  const second = dice.one([CREAM, ...FURS[kind]].filter((ramp) => ramp !== fur));
  const low = kind === "rabbit" ? 1 : 0;
  const inside = kind === "dog" ? second : dice.one([PINK, second]);
  const [shirt, collar] = [dice.one([...BRIGHT, BLACK, GREY]), dice.one([...BRIGHT, CREAM])];
  canvas.draw("clothes", 13, { a: shirt[1], b: collar[1], s: fur[1] });
  const drawEars = (): void => canvas.draw(`${kind} ears`, low, { a: fur[1], b: inside === fur ? fur[2] : inside[1] });
  if (kind !== "dog") drawEars();
  canvas.draw(dice.one(parts("heads")).slice(low), 4 + 2 * low, { a: fur[1] });
  if (dice.chance(0.75)) mark(canvas, fur[1], second[1], true);
  if (kind === "dog") drawEars();
  face(canvas, 6 + low, INK, fur !== PINK && dice.chance(0.4) ? PINK[1] : INK);
  if (!low) wearHat(canvas, 2, 0.2);
}

const KINDS = {
  bear: (canvas: Canvas) => animal(canvas, "bear"),
  bird(canvas: Canvas): void {
    const { dice } = canvas;
    const [body, second] = [dice.one([...BRIGHT, GREY, BLACK, BROWN, CREAM]), dice.one([CREAM, YELLOW, ...BRIGHT])];
    canvas.draw("tufts", 0, { a: body[1] });
    canvas.draw("birds", 3, { a: body[1] });
    mark(canvas, body[1], second[1]);
    face(canvas, 5);
    const beak = dice.one([ORANGE, YELLOW, ROSE, GREY]);
    canvas.draw([".b", "bb", dice.one(["..", ".b"])], 8, { b: beak[1] }, 6);
    canvas.draw(["..w", "..w", "..w", "...w", ".", ".....bb"], 10, { w: body[0], b: beak[1] });
    wearHat(canvas, 1, 0.2);
  },
  cat: (canvas: Canvas) => animal(canvas, "cat"),
  dog: (canvas: Canvas) => animal(canvas, "dog"),
  ghost(canvas: Canvas): void {
    const { dice } = canvas;
    const body = dice.one([CREAM, CREAM, ...BRIGHT.map(([, middle, light]): Ramp => [middle, light, WHITE])]);
    canvas.draw("ghosts", 2, { a: body[1] });
    if (dice.chance(0.25)) mark(canvas, body[1], body[0]);
    face(canvas);
    wearHat(canvas, 0, 0.3);
  },
  monster(canvas: Canvas): void {
    const { dice } = canvas;
    const [body, second] = [dice.one(BRIGHT), dice.one([...BRIGHT, CREAM])];
    canvas.draw("horns", 1, { a: body[1], b: second[1], w: WHITE });
    canvas.draw("monsters", 1, { a: body[1] });
    if (dice.chance(0.8)) mark(canvas, body[1], second[1]);
    face(canvas);
    if (!dice.chance(0.3)) return;
    canvas.change(INK, body[1], (_, y) => y < 9);
    canvas.change(WHITE, body[1], (_, y) => y > 4 && y < 9);
    canvas.draw("one eye", 5, { k: INK, w: WHITE }, 4);
  },
  mushroom(canvas: Canvas): void {
    const { dice } = canvas;
    const [cap, second, stem] = [dice.one([...BRIGHT, BROWN]), dice.one([CREAM, ...BRIGHT]), dice.one([CREAM, SKINS[0], GREY])];
    canvas.draw(new Array(7).fill("....aaaa"), 9, { a: stem[1] });
    canvas.draw("caps", 2, { a: cap[1], b: cap[0] });
    mark(canvas, cap[1], second[1]);
    face(canvas, 9);
  },
  plant(canvas: Canvas): void {
    const { dice } = canvas;
    const [green, blossom] = [dice.one([GREEN, GREEN, TEAL]), dice.one(BRIGHT)];
    const [middle, pot] = [dice.one([YELLOW, BROWN]), dice.one([...BRIGHT, BROWN, CREAM])];
    canvas.draw("plants", 1, { a: green[1], b: blossom[1], c: middle[1] });
    canvas.draw("pots", 9, { a: pot[1] });
    face(canvas, 9);
  },
  rabbit: (canvas: Canvas) => animal(canvas, "rabbit"),
  robot(canvas: Canvas): void {
    const { dice } = canvas;
    const [body, second, lit] = [dice.one([...BRIGHT, GREY, GREY, CREAM]), dice.one(BRIGHT), dice.one(BRIGHT)];
    canvas.draw("antennas", 0, { b: second[1], k: GREY[1] });
    canvas.draw(["......aa"], 11, { a: GREY[0] });
    canvas.draw([dice.one(["...aaaaa", "..aaaaaa"]), "..aaaaaa", "..aaaaaa", "..aaaaaa"], 12, { a: body[1] });
    canvas.draw("robots", 3, { a: body[1] });
    if (dice.chance(0.5)) {
      canvas.draw(new Array(4).fill("kkkkk"), 5, { k: BLACK[1] }, 3);
      canvas.draw(dice.one([...parts("eyes"), ...parts("moods")]), 5, { k: lit[2], w: lit[1] }, 4, dice.chance(0.5));
    } else face(canvas, 5);
    canvas.draw([dice.one(["..bb", "b.b.", "bbbb", "...b"])], 13, { b: second[2] }, 4, dice.chance(0.5));
  },
};

export const KINDS_BY_RULE = Object.keys(KINDS) as (keyof typeof KINDS)[];

/** An image of a kind, RGBA bytes [16, 16, 4]. */
export function drawKind(kind: keyof typeof KINDS, seed: string): Uint8Array {
  const canvas = new Canvas(seed);
  KINDS[kind](canvas);
  return canvas.rgba();
}

const colourOptions = (...colours: readonly number[]): string[] => colours.map((colour) => `#${hexadecimal(colour)}`);
const middleOf = (ramp: Ramp): number => ramp[1];

/** What DiceBear draws of a person: all but the face. */
export const DICEBEAR_OPTIONS = {
  skinColor: colourOptions(...SKINS.map(middleOf)),
  hairColor: colourOptions(...[BLACK, BROWN, YELLOW, ORANGE, GREY, PINK, TEAL, ROSE, PURPLE].map(middleOf), BROWN[0], INK),
  clothingColor: colourOptions(...[...BRIGHT, GREY, BLACK].map(middleOf)),
  hatColor: colourOptions(...BRIGHT.map(middleOf)),
  accessoriesColor: colourOptions(...[YELLOW, ROSE, TEAL].map(middleOf)),
  eyesProbability: 0,
  mouthProbability: 0,
  glassesProbability: 0,
  hatProbability: 15,
  beardProbability: 10,
};

/** A person: what DiceBear drew of it (RGBA bytes [16, 16, 4]), a row lower, with a face. */
export function drawPerson(drawn: Uint8Array, seed: string): Uint8Array {
  const canvas = new Canvas(seed);
  for (let i = 0; i < SIDE * (SIDE - 1); i++)
    if (drawn[4 * i + 3] > 127) canvas.put(i % SIDE, Math.floor(i / SIDE) + 1, nearestColour(drawn.subarray(4 * i)));
  for (const [dark, middle] of SKINS) canvas.change(middle, dark, (x, y) => y === 13 && x > 5 && x < 10);
  face(canvas, 6, canvas.dice.one([INK, ROSE[0], ROSE[1]]));
  return canvas.rgba();
}
