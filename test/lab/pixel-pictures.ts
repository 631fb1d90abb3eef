/** The images of `lab pixels`: symmetrical beings put together from a few large parts, lit and outlined by one rule in one palette. */
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
const [ROSE, ORANGE, YELLOW, GREEN, TEAL, BLUE, PURPLE, PINK] = BRIGHT;
const BROWN: Ramp = [0x5a3323, 0x91603d, 0xc79a68];
const GREY: Ramp = [0x4d4a66, 0x8b8ba3, 0xc4c6d4];
const CREAM: Ramp = [0xc9b3b0, 0xf1e5da, WHITE];
const BLACK: Ramp = [INK, 0x3f3756, 0x655c82];
const SKINS = [[0xdda37f, 0xfad7b8], [0xc6875c, 0xe8b388], [0xa86c46, 0xcf9263], [0x8a5636, 0xb27a4e], [0x71422a, 0x97603c]].map(([dark, middle]): Ramp => [dark, middle, middle]); // biome-ignore format: a list
const HAIRS = [BROWN, BLACK, YELLOW, ORANGE, GREY, PINK, TEAL, PURPLE];
const RAMP_OF = new Map([...BRIGHT, BROWN, GREY, CREAM, BLACK, ...SKINS].map((ramp) => [ramp[1], ramp]));

/** The colour that stands beside another one, always the same. */
const beside = (ramp: Ramp): Ramp => new Map([[CREAM, ORANGE], [YELLOW, ORANGE], [ROSE, YELLOW], [GREEN, YELLOW], [BLUE, TEAL], [PURPLE, PINK], [ORANGE, CREAM]]).get(ramp) ?? CREAM; // biome-ignore format: a list

/**
 * Parts by name: in the file those of a name stand side by side, the left half of each. A letter is a colour, which the code below
 * names; a dot is none.
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

  /** A part, or one of those of a name: its left half at column x, and its mirror image. */
  draw(part: string | Part, y: number, colours: Readonly<Record<string, number>>, x = 0): void {
    for (const [row, letters] of (typeof part === "string" ? this.dice.one(PARTS.get(part)!) : part).entries())
      for (const [column, letter] of [...letters].entries())
        if (letter !== ".") for (const at of [x + column, SIDE - 1 - x - column]) this.colours[(y + row) * SIDE + at] = colours[letter];
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
      if (colour === CLEAR) shown = isBeside ? INK : CLEAR;
      if (shown !== CLEAR) out.set([shown >> 16, (shown >> 8) & 255, shown & 255, 255], 4 * i);
    }
    return out;
  }
}

/** Eyes in three rows from y on, and a mouth. */
function drawFace(canvas: Canvas, y: number, eyes = "eyes"): void {
  canvas.draw(eyes, y, { k: INK, w: WHITE }, 4);
  canvas.draw("mouths", y + 4, { k: INK, r: canvas.at(7, y + 4) === ROSE[1] ? ROSE[0] : ROSE[1] }, 6);
}

const inEllipse = (cx: number, cy: number, rx: number, ry: number): Where => (x, y) => ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1; // biome-ignore format: an equation
/** Where a body may have its second colour: nowhere, in its middle, above, below. */
const [NOWHERE, MIDDLE, ABOVE, BELOW]: readonly Where[] = [() => false, inEllipse(7.5, 10.5, 3.6, 2.6), (_, y) => y < 5, (_, y) => y > 9];

function animal(kind: string, furs: readonly Ramp[]): (canvas: Canvas) => void {
  return (canvas) => {
    const { dice } = canvas;
    const [fur, low] = [dice.one(furs), kind === "rabbit" ? 1 : 0];
    const shirt = dice.one(BRIGHT);
    canvas.draw("clothes", 13, { a: shirt[1], b: beside(shirt)[1], s: fur[1] });
    canvas.draw(PARTS.get("heads")![dice.integer(low, 3)].slice(low), 4 + 2 * low, { a: fur[1] });
    canvas.change(fur[1], CREAM[1], dice.one([NOWHERE, MIDDLE]));
    canvas.draw(`${kind} ears`, low, { a: fur[1], b: kind === "dog" ? fur[0] : fur === PINK ? CREAM[1] : PINK[1] });
    canvas.draw("eyes", 6 + low, { k: INK, w: WHITE }, 4);
    canvas.draw("snouts", 9 + low, { n: INK, k: INK }, 6);
  };
}

/** A person: what is worn on the head names the kind. */
function person(wear: string): (canvas: Canvas) => void {
  return (canvas) => {
    const { dice } = canvas;
    const [skin, shirt, hat] = [dice.one(SKINS), dice.one(BRIGHT), dice.one(BRIGHT)];
    const tone = SKINS.indexOf(skin);
    const hair = dice.one(tone < 2 ? HAIRS : HAIRS.slice(1)); // brown hair on brown skin is a cone
    const letters = { a: hair[1], h: hat[1], b: beside(hat)[1] };
    canvas.draw("clothes", 13, { a: shirt[1], b: beside(shirt)[1], s: skin[1] });
    canvas.draw("person", 4, { s: skin[1], d: skin[0] });
    // Bright beards look like lips.
    if (wear === "short hair" && (tone < 2 ? [BROWN, BLACK, YELLOW, ORANGE, GREY] : [BLACK, GREY]).includes(hair) && dice.chance(0.5))
      canvas.draw("beards", 9, letters, 4);
    canvas.draw(wear === "glasses" ? dice.one(["short hair", "long hair"]) : wear, 0, letters);
    if (wear === "glasses") canvas.draw("glasses", 6, { g: tone > 2 || dice.chance(0.5) ? hat[1] : INK, w: WHITE, k: INK }, 3);
    else canvas.draw(PARTS.get("person eyes")![dice.integer(tone > 2 ? 1 : 0, 1)], 6, { k: INK, w: WHITE }, 5);
    canvas.draw("person mouths", 10, { k: INK }, 6); // never red, nor are eyes white in a dark face: both make caricatures of people
  };
}

const KINDS = {
  bear: animal("bear", [CREAM, GREY, ORANGE, PINK, BLUE]),
  bird(canvas: Canvas): void {
    const { dice } = canvas;
    const [body, beak] = [dice.one([...BRIGHT, GREY, CREAM]), dice.one([ORANGE, GREY])];
    canvas.draw("tufts", 0, { a: body[1] });
    canvas.draw("birds", 3, { a: body[1] });
    canvas.change(body[1], beside(body)[1], dice.one([NOWHERE, MIDDLE, ABOVE, BELOW]));
    canvas.draw("eyes", 5, { k: INK, w: WHITE }, 4);
    canvas.draw(dice.one([[".b", "bb"], ["bb", ".b"], [".b", "bb", ".b"]]), 8, { b: (body === ORANGE ? GREY : beak)[1] }, 6); // biome-ignore format: parts
    canvas.draw(["..ww", "..ww", "..ww", "...w", ".", "....bbb"], 10, { w: body[0], b: ORANGE[1] });
  },
  cat: animal("cat", [ORANGE, GREY, CREAM, YELLOW, PURPLE]),
  dog: animal("dog", [CREAM, YELLOW, GREY, ORANGE, TEAL]),
  ghost(canvas: Canvas): void {
    const { dice } = canvas;
    const [body, hat] = [dice.one([CREAM, ...BRIGHT.map(([, middle, light]): Ramp => [middle, light, WHITE])]), dice.one(BRIGHT)];
    canvas.draw("ghosts", 2, { a: body[1] });
    drawFace(canvas, 6);
    canvas.draw("ghost hats", 0, { a: hat[1], b: beside(hat)[1] });
  },
  monster(canvas: Canvas): void {
    const { dice } = canvas;
    const body = dice.one(BRIGHT);
    canvas.draw("horns", 0, { a: body[1], b: beside(body)[1] });
    canvas.draw("monsters", 2, { a: body[1] });
    canvas.change(body[1], beside(body)[1], dice.one([NOWHERE, MIDDLE, BELOW]));
    drawFace(canvas, 6, dice.one(["eyes", "one eye"]));
  },
  mushroom(canvas: Canvas): void {
    const { dice } = canvas;
    const [cap, stem] = [dice.one(BRIGHT), dice.one([CREAM, SKINS[0]])];
    canvas.draw(new Array(7).fill("....aaaa"), 9, { a: stem[1] });
    canvas.draw("caps", 2, { a: cap[1], b: cap[0] });
    const spots: Where[] = [(x, y) => y > 3 && y < 7 && x % 3 !== 1, (x, y) => x > 5 && x < 10 && y < 7, (_, y) => y === 6 || y === 7];
    canvas.change(cap[1], beside(cap)[1], dice.one([NOWHERE, ...spots]));
    drawFace(canvas, 9);
  },
  plant(canvas: Canvas): void {
    const { dice } = canvas;
    const [green, blossom, pot] = [
      dice.one([GREEN, TEAL]),
      dice.one([ROSE, PINK, PURPLE]),
      dice.one([ORANGE, YELLOW, BLUE, ROSE, CREAM, BROWN]),
    ];
    canvas.draw("plants", 1, { a: green[1], b: blossom[1], c: YELLOW[1] });
    canvas.draw("pots", 9, { a: pot[1] });
    drawFace(canvas, 9);
  },
  rabbit: animal("rabbit", [CREAM, GREY, PINK, YELLOW, PURPLE]),
  robot(canvas: Canvas): void {
    const { dice } = canvas;
    const [body, lit] = [dice.one([...BRIGHT, GREY, CREAM]), dice.one([YELLOW, TEAL, ROSE])];
    canvas.draw("antennas", 0, { b: lit[1], k: GREY[1] });
    canvas.draw(["......aa", "..aaaaaa", "..aaaaaa", "..aaaaaa", "..aaaaaa"], 11, { a: body[1] });
    canvas.draw("robots", 3, { a: body[1] });
    canvas.draw(new Array(4).fill("kkkkk"), 5, { k: BLACK[1] }, 3);
    canvas.draw("lights", 5, { l: lit[2] }, 4);
    canvas.draw("panels", 13, { b: beside(body)[1] });
  },
  "curly-hair": person("curly hair"),
  glasses: person("glasses"),
  hat: person("hats"),
  "long-hair": person("long hair"),
  "short-hair": person("short hair"),
};

export type Kind = keyof typeof KINDS;
export const ALL_KINDS = Object.keys(KINDS) as Kind[];

/** An image of a kind, RGBA bytes [16, 16, 4]. */
export function drawKind(kind: Kind, seed: string): Uint8Array {
  const canvas = new Canvas(seed);
  KINDS[kind](canvas);
  return canvas.rgba();
}
