/** Sprites by a rule of ours, of no one's work: mushrooms, potions and slimes of 24x24 pixels in 16 colours, with nothing behind them. */
import type { Pixels } from "../../wasm-model/render/image/png.ts";
import { Dice } from "./dice.ts";

const SIDE = 24;
/** Of the columns. */
const MIDDLE = (SIDE - 1) / 2;
const FLOOR = 21;

const PALETTE = "1a1c2c ffffff c8d6e5 8a5a3c d9a066 b13e53 ef7d57 ffcd75 257179 38b764 a7f070 29366f 3b5dc9 73eff7 5d275d c26bd6".split(
  " ",
);
const [INK, WHITE, GLASS, WOOD, PALE] = [0, 1, 2, 3, 4];
/** Dark, middle and light of each hue. */
const HUES = [
  [3, 4, 7],
  [5, 6, 7],
  [8, 9, 10],
  [11, 12, 13],
  [14, 15, 1],
] as const;

type Paint = number | ((x: number, y: number) => number);

/** Colours by their place in the palette; undefined: nothing. */
class Canvas {
  readonly cells: (number | undefined)[] = new Array(SIDE * SIDE);

  has(x: number, y: number): boolean {
    return x >= 0 && x < SIDE && y >= 0 && y < SIDE && this.cells[y * SIDE + x] !== undefined;
  }

  put(x: number, y: number, paint: Paint): void {
    if (x >= 0 && x < SIDE && y >= 0 && y < SIDE) this.cells[y * SIDE + x] = typeof paint === "number" ? paint : paint(x, y);
  }

  /** Of a half-width about the middle. */
  box(half: number, top: number, bottom: number, paint: Paint): void {
    for (let y = top; y <= bottom; y++) for (let x = SIDE / 2 - half; x < SIDE / 2 + half; x++) this.put(x, y, paint);
  }

  /** About the middle; above `floor` alone. */
  ellipse(y0: number, rx: number, ry: number, paint: Paint, floor = SIDE): void {
    for (let y = 0; y <= floor; y++)
      for (let x = 0; x < SIDE; x++) if (((x - MIDDLE) / rx) ** 2 + ((y - y0) / ry) ** 2 <= 1) this.put(x, y, paint);
  }

  eyes(gap: number, y: number, height: number): void {
    for (const x of [SIDE / 2 - gap - 1, SIDE / 2 + gap - 1]) {
      for (let k = 0; k < height; k++) for (const dx of [0, 1]) this.put(x + dx, y + k, INK);
      this.put(x, y, WHITE);
    }
  }

  outlined(): this {
    const beside = (x: number, y: number) => this.has(x - 1, y) || this.has(x + 1, y) || this.has(x, y - 1) || this.has(x, y + 1);
    const edge = [...this.cells.keys()].filter((i) => {
      const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
      return !this.has(x, y) && beside(x, y);
    });
    for (const i of edge) this.cells[i] = INK;
    return this;
  }
}

function mushroom(dice: Dice): Canvas {
  const canvas = new Canvas();
  const [dark, middle, light] = dice.one(HUES);
  const [rx, ry, brim, half] = [dice.integer(8, 10), dice.integer(7, 10), dice.integer(12, 14), dice.integer(2, 4)];
  const stem = (x: number): number => (x > SIDE / 2 + half - 3 ? PALE : WHITE);
  canvas.box(half, brim, FLOOR - 2, stem);
  canvas.box(half + 1, FLOOR - 1, FLOOR, stem);
  canvas.ellipse(brim, rx, ry, (x, y) => (x > MIDDLE + rx / 2 || y > brim - 2 ? dark : middle), brim);
  for (let k = dice.integer(3, 5); k > 0; k--) {
    const [angle, far] = [dice.number(0.15, 0.85) * Math.PI, dice.number(0.3, 0.8)];
    const [x, y] = [Math.round(MIDDLE - Math.cos(angle) * rx * far), Math.round(brim - Math.sin(angle) * ry * far)];
    for (const dx of [0, 1])
      for (const dy of [0, 1]) if (canvas.has(x + dx, y + dy) && y + dy < brim - 1) canvas.put(x + dx, y + dy, light);
  }
  if (dice.chance(0.5)) for (const x of [SIDE / 2 - 2, SIDE / 2 + 1]) canvas.put(x, brim + 3, INK);
  return canvas;
}

function potion(dice: Dice): Canvas {
  const canvas = new Canvas();
  const [dark, middle, light] = dice.one(HUES);
  const [r, neck, cork] = [dice.integer(6, 8), dice.integer(2, 3), dice.integer(1, 2)];
  const y0 = FLOOR - r + 0.5;
  const level = y0 + dice.integer(-3, 2);
  const liquid = (x: number, y: number): number => (x > MIDDLE + 0.45 * r || y > y0 + 0.55 * r ? dark : middle);
  const body = (x: number, y: number): number => (y < level ? GLASS : y < level + 1 ? light : liquid(x, y));
  if (dice.chance(0.35)) canvas.box(r, Math.round(y0 - 0.7 * r), FLOOR, body);
  else canvas.ellipse(y0, r, r, body);
  const top = Math.round(y0 - r) - 2;
  canvas.box(neck, top, Math.round(y0 - 0.6 * r), GLASS);
  canvas.box(neck + 1, top, top, GLASS);
  canvas.box(neck, top - cork, top - 1, (x) => (x < SIDE / 2 ? PALE : WOOD));
  for (let k = dice.integer(1, 3); k > 0; k--) canvas.put(dice.integer(9, 14), dice.integer(Math.ceil(level) + 2, FLOOR - 1), light);
  for (const dy of [0, 1]) canvas.put(Math.round(MIDDLE - r / 2), Math.round(y0 - 0.4 * r) + dy, WHITE);
  return canvas;
}

function slime(dice: Dice): Canvas {
  const canvas = new Canvas();
  const [dark, middle, light] = dice.one(HUES);
  const [rx, ry, gap, tall] = [dice.integer(7, 10), dice.integer(8, 14), dice.integer(2, 3), dice.integer(2, 3)];
  canvas.ellipse(FLOOR, rx, ry, (x, y) => (y > FLOOR - 2 || x > MIDDLE + rx / 2 ? dark : middle), FLOOR);
  const top = FLOOR - ry;
  const [x, y] = [Math.round(MIDDLE - 0.45 * rx), top + Math.round(0.35 * ry)];
  for (const [dx, dy] of [
    [0, 0],
    [1, -1],
    [0, 1],
  ] as const)
    canvas.put(x + dx, y + dy, light);
  const eyes = FLOOR - Math.round(ry * dice.number(0.4, 0.6));
  canvas.eyes(gap, eyes, tall);
  const mouth = eyes + tall + 1;
  if (mouth < FLOOR) canvas.box(dice.integer(1, 2), mouth, mouth, INK);
  if (dice.chance(0.4)) {
    const horn = top + Math.round(0.18 * ry);
    for (const side of [-1, 1])
      for (let k = dice.integer(2, 3); k > 0; k--) canvas.put(Math.round(MIDDLE + 0.55 * side * rx), horn - k + 1, dark);
  }
  return canvas;
}

const KINDS = { mushroom, potion, slime } as const;

/** RGBA, by kind; those of one kind are different images of one rule. */
export function sprites(ofEach: number): Record<keyof typeof KINDS, Pixels[]> {
  const drawn = Object.entries(KINDS).map(([name, rule]) => {
    const dice = new Dice(`sprites of ${name}`);
    return [name, Array.from({ length: ofEach }, () => inColours(rule(dice).outlined()))];
  });
  return Object.fromEntries(drawn);
}

function inColours({ cells }: Canvas): Pixels {
  const pixels = new Uint8Array(4 * cells.length);
  for (const [i, colour] of cells.entries()) if (colour !== undefined) pixels.set([...Buffer.from(PALETTE[colour], "hex"), 255], 4 * i);
  return { width: SIDE, height: SIDE, channels: 4, pixels };
}
