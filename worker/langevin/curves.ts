/** Curves in the plane as points at equal distances along them. */
import type { Component } from "./mixture.ts";

export const CURVES = {
  spiral: "a spiral",
  infinity: "the sign of infinity",
  heart: "a heart",
  rings: "two rings",
} as const;
export type CurveName = keyof typeof CURVES;

/** The curve at t, 0 to 1. Several curves that count as one divide t between them. */
const POINT: Record<CurveName, (t: number) => readonly [number, number]> = {
  spiral: (t) => {
    const turn = 2 * Math.PI * (0.35 + 1.9 * t);
    const radius = 0.16 * turn;
    return [radius * Math.cos(turn), radius * Math.sin(turn)];
  },
  infinity: (t) => {
    const turn = 2 * Math.PI * t;
    const scale = 2.3 / (1 + Math.sin(turn) ** 2);
    return [scale * Math.cos(turn), 1.25 * scale * Math.sin(turn) * Math.cos(turn)];
  },
  heart: (t) => {
    const turn = 2 * Math.PI * t;
    const y = 13 * Math.cos(turn) - 5 * Math.cos(2 * turn) - 2 * Math.cos(3 * turn) - Math.cos(4 * turn);
    return [2.1 * Math.sin(turn) ** 3, 0.13 * y + 0.25];
  },
  rings: (t) => {
    const radius = t < 1 / 3 ? 0.8 : 1.6;
    const turn = 2 * Math.PI * (t < 1 / 3 ? 3 * t : 1.5 * (t - 1 / 3));
    return [radius * Math.cos(turn), radius * Math.sin(turn)];
  },
};

const FINE = 4000;

/** A curve of a given width: a mixture of Gaussians at equal distances along it. */
export class Curve {
  readonly length: number;
  readonly #std: number;
  /** Points of a fine polygon, and the length of the curve up to each. */
  readonly #points: readonly (readonly [number, number])[];
  readonly #lengths: Float64Array;

  constructor(name: CurveName, std: number) {
    this.#std = std;
    this.#points = Array.from({ length: FINE }, (_, i) => POINT[name]((i + 0.5) / FINE));
    this.#lengths = new Float64Array(FINE);
    for (let i = 1; i < FINE; i++) {
      const [x0, y0] = this.#points[i - 1];
      const [x, y] = this.#points[i];
      const edge = Math.hypot(x - x0, y - y0);
      this.#lengths[i] = this.#lengths[i - 1] + (edge < 0.2 ? edge : 0); // a longer one leads to another ring
    }
    this.length = this.#lengths.at(-1)!;
  }

  /**
   * The Gaussians for noise level sigma. The density is an integral along the curve; the midpoint rule with steps of at
   * most the Gaussians' own width w = sqrt(std^2 + sigma^2) is exact to e^(-2 pi^2) on a closed curve. 32 points at
   * least.
   */
  components(sigma: number): Component[] {
    const count = Math.max(32, Math.ceil(this.length / Math.hypot(this.#std, sigma)));
    let i = 0;
    return Array.from({ length: count }, (_, k) => {
      const along = ((k + 0.5) / count) * this.length;
      while (this.#lengths[i] < along && i < FINE - 1) i++;
      const [x, y] = this.#points[i];
      return { weight: 1 / count, x, y, std: this.#std };
    });
  }
}
