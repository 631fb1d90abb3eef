/** The second example of "Your pictures": 96 sprites of three kinds in sixteen colours, 24x24 pixels, drawn by a rule. */
import { encodeIndexedPng } from "../../wasm-model/render/image/png.ts";
import { EXAMPLES } from "../../worker/pages/yours/picture-set.ts";
import { Dice } from "./dice.ts";

const { side: SPRITE_SIDE, ofEach: SPRITES_OF_EACH, columns } = EXAMPLES.sprites;
/** The middle column; sprites stand on the row FLOOR. */
const [MIDDLE, FLOOR] = [11.5, 21];

const [OUTLINE, WHITE] = [0x1d1830, 0xfbf3e4];
/** Dark, middle and light. */
type Ramp = readonly [number, number, number];
const ROSE: Ramp = [0x8f2a4a, 0xdb5461, 0xf7a38b];
const GOLD: Ramp = [0xa85a2a, 0xe8a33d, 0xf9dc7f];
const LEAF: Ramp = [0x1f6650, 0x4cab60, 0xb1d96f];
const SEA: Ramp = [0x2a4a8c, 0x3f93cf, 0x8adfe6];
const STONE: Ramp = [0x6a6480, 0xb5abb3, WHITE];
const BRIGHT = [ROSE, GOLD, LEAF, SEA];

type Inside = (x: number, y: number) => boolean;

/** A sprite in the making: a colour or nothing for each pixel, with room for the outline at its border. */
class Canvas {
  private readonly colours = new Map<number, number>();

  put(x: number, y: number, colour: number): void {
    if (x > 0 && y > 0 && x < SPRITE_SIDE - 1 && y < SPRITE_SIDE - 1) this.colours.set(y * SPRITE_SIDE + x, colour);
  }

  /** The same on both sides of the middle. */
  pair(from: number, y: number, colour: number): void {
    this.put(MIDDLE - from - 0.5, y, colour);
    this.put(MIDDLE + from + 0.5, y, colour);
  }

  /** A shape that is lit from the upper left: light within `spread` of that corner, dark at the other. */
  fill(inside: Inside, [dark, middle, light]: Ramp, [x0, y0]: readonly [number, number], spread: number): void {
    for (let y = 0; y < SPRITE_SIDE; y++) {
      for (let x = 0; x < SPRITE_SIDE; x++) {
        if (!inside(x, y)) continue;
        const depth = x - x0 + y - y0;
        this.put(x, y, depth < -spread ? light : depth > spread ? dark : middle);
      }
    }
  }

  /** RGBA bytes, with a dark line around what is drawn. */
  rgba(): Uint8Array {
    const out = new Uint8Array(4 * SPRITE_SIDE ** 2);
    const paint = (at: number, colour: number): void => out.set([colour >> 16, (colour >> 8) & 255, colour & 255, 255], 4 * at);
    for (const at of this.colours.keys()) for (const step of [1, -1, SPRITE_SIDE, -SPRITE_SIDE]) paint(at + step, OUTLINE);
    for (const [at, colour] of this.colours) paint(at, colour);
    return out;
  }
}

const ellipse =
  (cx: number, cy: number, rx: number, ry: number): Inside =>
  (x, y) =>
    ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1;

/** A round body with eyes, a mouth, and perhaps horns or ears. */
function monster(canvas: Canvas, dice: Dice): void {
  const [skin, wide, high] = [dice.one(BRIGHT), dice.integer(6, 8), dice.integer(6, 7)];
  const middle = FLOOR - high - 1;
  const [horns, length] = [dice.one(["none", "horns", "ears"]), dice.integer(2, 3)];
  const [apart, eyes, mouth] = [dice.integer(1, 2), dice.one([1, 2, 2]), dice.integer(0, 2)];
  for (let k = 0; k < length; k++) {
    if (horns === "horns") canvas.pair(wide - 3 + (k >> 1), middle - high + 1 - k, STONE[2]);
    if (horns === "ears") for (const x of [0, 1]) canvas.pair(wide - 4 + x, middle - high + 1 - k, skin[x === 0 ? 2 : 1]);
  }
  for (const x of [2, 3]) canvas.pair(x, FLOOR, skin[0]);
  canvas.fill(ellipse(MIDDLE, middle, wide, high), skin, [MIDDLE, middle], 4);
  if (eyes === 1) {
    canvas.fill(ellipse(MIDDLE, middle - 2, 2.6, 2.6), [WHITE, WHITE, WHITE], [MIDDLE, middle], 99);
    for (const y of [-2, -1]) canvas.pair(0, middle + y, OUTLINE);
  } else {
    for (const x of [0, 1]) for (const y of [-3, -2, -1]) canvas.pair(apart + x, middle + y, WHITE);
    for (const y of [-2, -1]) canvas.pair(apart, middle + y, OUTLINE);
  }
  for (let x = 0; x <= mouth + 1; x++) canvas.pair(x, middle + 3 - (x > mouth ? 1 : 0), OUTLINE);
  if (mouth > 0) canvas.pair(mouth - 1, middle + 4, WHITE);
}

/** A stem below a cap with dots. */
function mushroom(canvas: Canvas, dice: Dice): void {
  const [cap, wide, high, stem] = [dice.one(BRIGHT), dice.integer(7, 9), dice.integer(6, 9), dice.integer(2, 3)];
  const rim = dice.integer(13, 15);
  canvas.fill((x, y) => Math.abs(x - MIDDLE) < stem + (y > FLOOR - 2 ? 1 : 0) && y >= rim && y <= FLOOR, STONE, [MIDDLE, 18], 3);
  canvas.fill((x, y) => y <= rim && ellipse(MIDDLE, rim, wide, high)(x, y), cap, [MIDDLE, rim - high / 2], 4);
  for (let x = stem; x < wide - 1; x++) canvas.pair(x, rim, cap[0]);
  const dots = dice.integer(2, 4);
  for (let k = 0; k < dots; k++) {
    const [x, y] = [
      Math.floor(MIDDLE) - wide + 3 + Math.floor((k * (2 * wide - 5)) / dots) + dice.integer(0, 1),
      rim - 2 - dice.integer(0, high - 5),
    ];
    for (const [dx, dy] of [[0, 0], [1, 0], [0, 1], [1, 1]]) if (ellipse(MIDDLE, rim, wide - 1, high - 1)(x + dx, y + dy)) canvas.put(x + dx, y + dy, WHITE); // biome-ignore format: a square
  }
}

/** A bottle of glass with something in it, and a cork. */
function potion(canvas: Canvas, dice: Dice): void {
  const [liquid, wide, level] = [dice.one(BRIGHT), dice.integer(5, 7), dice.integer(-3, 1)];
  const [isRound, neck] = [dice.integer(0, 2) > 0, dice.integer(3, 4)];
  const middle = FLOOR - wide;
  const body: Inside = isRound ? ellipse(MIDDLE, middle, wide + 0.5, wide + 0.5) : (x, y) => Math.abs(x - MIDDLE) < wide - Math.max(0, (middle - y) / 2) && y > middle - wide && y <= FLOOR; // biome-ignore format: two shapes
  const top = middle - wide - neck + 1;
  canvas.fill((x, y) => Math.abs(x - MIDDLE) < 2.5 && y >= top && y <= middle, STONE, [MIDDLE, top], 2);
  canvas.fill(body, STONE, [MIDDLE, middle], 5);
  canvas.fill((x, y) => y >= middle + level && body(x - 1, y) && body(x + 1, y) && body(x, y + 1), liquid, [MIDDLE, middle + 2], 4);
  for (const y of [top - 2, top - 1]) for (const x of [0, 1]) canvas.pair(x, y, GOLD[x === 0 ? 1 : 0]);
  for (const x of [0, 1, 2]) canvas.pair(x, top, STONE[1]);
  const bubbles = dice.integer(1, 3);
  for (let k = 0; k < bubbles; k++)
    canvas.put(Math.floor(MIDDLE) + dice.integer(-2, 3), middle + dice.integer(Math.max(0, level + 1), wide - 2), liquid[2]);
  for (const y of [-2, -1, 0]) canvas.put(Math.ceil(MIDDLE - wide) + 2, middle + y, WHITE);
}

const KINDS = { monster, mushroom, potion };

/** Each kind with its sprites, RGBA bytes [24, 24, 4], no two of them equal. */
export function sprites(): { readonly name: string; readonly sprites: readonly Uint8Array[] }[] {
  return Object.entries(KINDS).map(([name, draw]) => {
    const found = new Map<string, Uint8Array>();
    for (let seed = 0; found.size < SPRITES_OF_EACH; seed++) {
      const canvas = new Canvas();
      draw(canvas, new Dice(`sprites/${name}/${seed}`));
      const rgba = canvas.rgba();
      found.set(rgba.join(), rgba);
    }
    return { name, sprites: [...found.values()] };
  });
}

/** The file that the page has them in. */
export function spritesFile(): Uint8Array<ArrayBuffer> {
  const all = sprites().flatMap((kind) => kind.sprites);
  const [width, height] = [columns * SPRITE_SIDE, (all.length / columns) * SPRITE_SIDE];
  const pixels = new Uint8Array(4 * width * height);
  for (const [k, rgba] of all.entries()) {
    const corner = SPRITE_SIDE * (Math.floor(k / columns) * width + (k % columns));
    for (let y = 0; y < SPRITE_SIDE; y++)
      pixels.set(rgba.subarray(4 * SPRITE_SIDE * y, 4 * SPRITE_SIDE * (y + 1)), 4 * (corner + y * width));
  }
  return encodeIndexedPng({ width, height, channels: 4, pixels });
}
