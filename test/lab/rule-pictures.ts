/**
 * Pictures made by rule, each the inside of an SVG document with the view box "0 0 100 100", which it fills. They are
 * pictures to learn from, and grounds for others.
 */
import { encode } from "fast-png";
import type { Dice } from "./dice.ts";

/** One shape about the point (0, 0), of radius `r`. */
function shape(dice: Dice, r: number, paint: string): string {
  const turn = `transform="rotate(${dice.integer(0, 359)})"`;
  const polygon = (n: number, inner: number): string => {
    const points = Array.from({ length: 2 * n }, (_, k) => {
      const [angle, radius] = [(Math.PI * k) / n, k % 2 === 0 ? r : r * inner];
      return `${(radius * Math.cos(angle)).toFixed(1)},${(radius * Math.sin(angle)).toFixed(1)}`;
    });
    return `<polygon points="${points.join(" ")}" ${paint} ${turn}/>`;
  };
  const kinds = {
    circle: () => `<circle r="${r}" ${paint}/>`,
    ellipse: () => `<ellipse rx="${r}" ry="${r * dice.number(0.3, 0.9)}" ${paint} ${turn}/>`,
    box: () => {
      const h = r * dice.number(0.3, 1);
      return `<rect x="${-r}" y="${-h}" width="${2 * r}" height="${2 * h}" rx="${dice.chance(0.4) ? h * dice.number(0, 1) : 0}" ${paint} ${dice.chance(0.5) ? turn : ""}/>`;
    },
    polygon: () => {
      const n = dice.integer(3, 8);
      return polygon(n, Math.cos(Math.PI / n));
    },
    star: () => polygon(dice.integer(4, 9), dice.number(0.3, 0.7)),
    ring: () => `<circle r="${r * 0.8}" fill="none" stroke="${dice.colour()}" stroke-width="${r * dice.number(0.1, 0.5)}"/>`,
    line: () =>
      `<path d="M${-r},0 q${r},${r * dice.number(-2, 2)} ${2 * r},0" fill="none" stroke="${dice.colour()}" stroke-width="${dice.number(2, 10)}" stroke-linecap="round" ${turn}/>`,
  };
  return kinds[dice.one(Object.keys(kinds) as (keyof typeof kinds)[])]();
}

const placed = (inside: string, x: number, y: number): string => `<g transform="translate(${x.toFixed(1)} ${y.toFixed(1)})">${inside}</g>`;
const filled = (fill: string, more = ""): string => `<rect x="-1" y="-1" width="102" height="102" fill="${fill}" ${more}/>`;

/** A gradient of two or three colours, with an id that fits it. */
function gradientFill(dice: Dice): { readonly definition: string; readonly fill: string } {
  const id = `an-${dice.integer(0, 1e9)}`;
  const stops = Array.from(
    { length: dice.integer(2, 3) },
    (_, k, all = 2) => `<stop offset="${k / all}" stop-color="${dice.colour()}"/>`,
  ).join("");
  const radial = `<radialGradient id="${id}" cx="${dice.number(0.2, 0.8)}" cy="${dice.number(0.2, 0.8)}" r="${dice.number(0.4, 1)}">${stops}</radialGradient>`;
  const linear = `<linearGradient id="${id}" gradientTransform="rotate(${dice.integer(0, 359)} .5 .5)">${stops}</linearGradient>`;
  return { definition: `<defs>${dice.chance(0.4) ? radial : linear}</defs>`, fill: `url(#${id})` };
}

const plain = (dice: Dice): string => filled(dice.colour());

function gradient(dice: Dice): string {
  const { definition, fill } = gradientFill(dice);
  return definition + filled(fill);
}

/** A few shapes on a plain ground or a gradient. */
function shapes(dice: Dice): string {
  const ground = dice.chance(0.3) ? gradient(dice) : plain(dice);
  const parts = Array.from({ length: dice.integer(1, 4) }, (_, k) => {
    const { definition, fill } = dice.chance(0.25) ? gradientFill(dice) : { definition: "", fill: dice.colour() };
    const edge = dice.chance(0.3) ? `stroke="${dice.colour()}" stroke-width="${dice.number(1, 8)}"` : "";
    const r = k === 0 ? dice.number(15, 42) : dice.number(5, 30);
    const spread = k === 0 ? 12 : 40;
    return (
      definition + placed(shape(dice, r, `fill="${fill}" ${edge}`), 50 + dice.number(-spread, spread), 50 + dice.number(-spread, spread))
    );
  });
  return ground + parts.join("");
}

/** Stripes, checks, dots or zigzags. */
function pattern(dice: Dice): string {
  const [period, colour] = [dice.number(6, 40), dice.colour()];
  const half = period / 2;
  const tile = dice.one([
    `<rect width="${period}" height="${period * dice.number(0.15, 0.8)}" fill="${colour}"/>`,
    `<rect width="${half}" height="${half}" fill="${colour}"/><rect x="${half}" y="${half}" width="${half}" height="${half}" fill="${colour}"/>`,
    `<circle cx="${half}" cy="${half}" r="${period * dice.number(0.15, 0.48)}" fill="${colour}"/>`,
    `<path d="M0,${half} L${half},0 L${period},${half}" fill="none" stroke="${colour}" stroke-width="${period / 5}"/>`,
  ]);
  const id = `an-${dice.integer(0, 1e9)}`;
  const turned = `patternTransform="rotate(${dice.chance(0.5) ? 0 : dice.integer(0, 359)})"`;
  return `<defs><pattern id="${id}" width="${period}" height="${period}" patternUnits="userSpaceOnUse" ${turned}>${tile}</pattern></defs>${plain(dice)}${filled(`url(#${id})`)}`;
}

/** Dead leaves: shapes that hide each other, few large ones and many small ones; some shaded, some out of focus. */
function leaves(dice: Dice): string {
  const palette = Array.from({ length: dice.integer(2, 9) }, () => dice.colour());
  const shades = Array.from({ length: 3 }, () => gradientFill(dice));
  const isShaded = dice.chance(0.4);
  const smallest = dice.number(2, 10);
  const parts = Array.from({ length: dice.integer(30, 120) }, () => {
    const r = Math.min(60, smallest / Math.sqrt(1 - dice.number(0, 0.995)));
    const fill = isShaded && dice.chance(0.5) ? dice.one(shades).fill : dice.one(palette);
    return placed(shape(dice, r, `fill="${fill}"`), dice.number(0, 100), dice.number(0, 100));
  });
  const blur = dice.chance(0.5) ? dice.number(0.3, 5) : 0;
  const blurred = blur > 0 ? `<filter id="an-blur"><feGaussianBlur stdDeviation="${blur}"/></filter>` : "";
  return `<defs>${blurred}</defs>${shades.map(({ definition }) => definition).join("")}${plain(dice)}<g ${blur > 0 ? 'filter="url(#an-blur)"' : ""}>${parts.join("")}</g>`;
}

const GRID = 64;

/** Noise whose amplitudes fall with a power of the frequency, between two or three colours. */
function noise(dice: Dice): string {
  const slope = dice.number(0.3, 2);
  const fields = Array.from({ length: dice.chance(0.3) ? 3 : 1 }, () => field(dice, slope));
  const colours = Array.from({ length: 3 }, () => Array.from({ length: 3 }, () => dice.number(0, 255)));
  const contrast = dice.number(0.15, 0.5);
  const data = new Uint8ClampedArray(GRID * GRID * 3);
  for (let i = 0; i < GRID * GRID; i++) {
    for (let c = 0; c < 3; c++) {
      const t = Math.min(1.99, Math.max(0, 1 + 2 * contrast * fields[c % fields.length][i]));
      const k = Math.floor(t);
      data[3 * i + c] = colours[k][c] + (colours[k + 1][c] - colours[k][c]) * (t - k);
    }
  }
  return image(new Uint8Array(data.buffer), GRID, 3);
}

/** Octaves of smoothed random grids, standard deviation about 1. */
function field(dice: Dice, slope: number): Float64Array {
  const sum = new Float64Array(GRID * GRID);
  let power = 0;
  for (let cells = 2; cells <= GRID; cells *= 2) {
    const amplitude = cells ** -slope;
    power += (amplitude * amplitude) / 4;
    const side = cells + 1;
    const grid = Float64Array.from({ length: side * side }, () => dice.number(-1, 1));
    for (let y = 0; y < GRID; y++) {
      for (let x = 0; x < GRID; x++) {
        const [u, v] = [(x * cells) / GRID, (y * cells) / GRID];
        const at = Math.floor(v) * side + Math.floor(u);
        const [s, t] = [u % 1, v % 1];
        const top = grid[at] * (1 - s) + grid[at + 1] * s;
        const bottom = grid[at + side] * (1 - s) + grid[at + side + 1] * s;
        sum[y * GRID + x] += amplitude * (top * (1 - t) + bottom * t);
      }
    }
  }
  return sum.map((value) => value / Math.sqrt(power));
}

/** Sky, perhaps sun and clouds, hills one behind the other, perhaps trees and houses. */
function landscape(dice: Dice): string {
  const [hue, light] = [dice.integer(180, 400), dice.integer(15, 85)];
  const sky = `<defs><linearGradient id="an-sky" x2="0" y2="1"><stop stop-color="hsl(${hue},70%,${light}%)"/><stop offset="1" stop-color="hsl(${hue + dice.integer(-60, 60)},70%,${Math.min(95, light + 15)}%)"/></linearGradient></defs>${filled("url(#an-sky)")}`;
  const sun = dice.chance(0.6)
    ? `<circle cx="${dice.number(10, 90)}" cy="${dice.number(8, 45)}" r="${dice.number(5, 16)}" fill="hsl(${dice.integer(20, 60)},90%,${dice.integer(60, 95)}%)"/>`
    : "";
  const clouds = Array.from({ length: dice.integer(0, 3) }, () => {
    const [x, y, r] = [dice.number(0, 100), dice.number(5, 40), dice.number(4, 12)];
    return `<g fill="#fff" opacity="${dice.number(0.5, 1)}"><ellipse cx="${x}" cy="${y}" rx="${2 * r}" ry="${r * 0.6}"/><circle cx="${x - r / 2}" cy="${y - r / 2}" r="${r * 0.8}"/></g>`;
  });
  const layers = dice.integer(1, 4);
  const [ground, isJagged] = [dice.integer(0, 360), dice.chance(0.3)];
  const hills = Array.from({ length: layers }, (_, k) => {
    const base = 40 + ((k + 1) * 45) / layers + dice.number(-6, 6);
    const [a, b, p, q] = [dice.number(0, 16), dice.number(0, 5), dice.number(0, 7), dice.number(0, 7)];
    const height = (x: number): number => base - a * Math.sin(x / 22 + p) - b * Math.sin(x / 7 + q);
    const step = isJagged ? 12 : 2;
    const points = Array.from({ length: Math.ceil(104 / step) + 1 }, (_, i) => `${i * step - 2},${height(i * step).toFixed(1)}`).join(" ");
    const trees = Array.from({ length: dice.chance(0.4) ? dice.integer(1, 6) : 0 }, () => {
      const [x, r, h] = [dice.number(0, 100), dice.number(3, 9), dice.integer(80, 160)];
      const y = height(x) + 2;
      const fill = `fill="hsl(${h},50%,${dice.integer(15, 45)}%)"`;
      const crown = dice.one([
        `<polygon points="${x - r},${y} ${x},${y - 3 * r} ${x + r},${y}" ${fill}/>`,
        `<circle cx="${x}" cy="${y - 2 * r}" r="${r}" ${fill}/>`,
      ]);
      return `<rect x="${x - r / 6}" y="${y - 1.5 * r}" width="${r / 3}" height="${1.5 * r}" fill="#5b3a1e"/>${crown}`;
    });
    const colour = `hsl(${ground + dice.integer(-25, 25)},${dice.integer(25, 70)}%,${Math.round(70 - (45 * (k + 1)) / layers)}%)`;
    return `${trees.join("")}<polygon points="${points} 104,101 -2,101" fill="${colour}"/>`;
  });
  return sky + sun + clouds.join("") + hills.join("");
}

/** A mirrored sprite of square pixels on a plain ground. */
function sprite(dice: Dice): string {
  const n = dice.integer(5, 14);
  const half = Math.ceil(n / 2);
  const colours = Array.from({ length: dice.integer(1, 4) }, () => dice.colour());
  const density = dice.number(0.35, 0.65);
  const cells: string[] = [];
  const size = dice.number(60, 100) / n;
  const start = 50 - (n * size) / 2;
  for (let y = 0; y < n; y++) {
    for (let x = 0; x < half; x++) {
      const middle = 1 - Math.hypot((x - n / 2) / n, (y - n / 2) / n);
      if (!dice.chance(density + 0.7 * (middle - 0.65))) continue;
      const colour = dice.one(colours);
      for (const column of new Set([x, n - 1 - x])) {
        cells.push(`<rect x="${start + column * size}" y="${start + y * size}" width="${size}" height="${size}" fill="${colour}"/>`);
      }
    }
  }
  return `${plain(dice)}<g shape-rendering="crispEdges">${cells.join("")}</g>`;
}

export const RULES = { gradient, landscape, leaves, noise, pattern, shapes, sprite } as const;

/** A ground for other pictures: white as often as not so, since own pictures often are. */
export function ground(dice: Dice): string {
  const kinds = { white: 0.3, plain: 0.36, gradient: 0.1, leaves: 0.06, landscape: 0.06, noise: 0.09, pattern: 0.03 };
  const kind = dice.weighted(kinds);
  if (kind === "white") return filled("#fff");
  return kind === "plain" ? plain(dice) : RULES[kind](dice);
}

/** Pixels [side, side, channels] as an SVG image that fills the view box. */
export function image(data: Uint8Array, side: number, channels: number): string {
  const png = Buffer.from(encode({ data, width: side, height: side, channels })).toString("base64");
  return `<image width="100" height="100" href="data:image/png;base64,${png}"/>`;
}
