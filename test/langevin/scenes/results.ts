/** The numbers of a scene, as its tables show them, and its scores. */
import { expect } from "vitest";
import type { ParticleDenoiser } from "../../../worker/langevin/particles.ts";
import type { Simulation } from "../../../worker/langevin/scene.ts";
import type { Density } from "../../../worker/langevin/target.ts";

/** A row's numbers, one for each plane. */
export function row(simulation: Simulation, label: string): readonly number[] {
  const found = simulation.rows().find((row) => row.label.startsWith(label));
  if (!found) throw new Error(`Expected a row ${label}`);
  return found.values.map(Number);
}

/**
 * How far the particles of each plane are from the target distribution, in units of the mean distance of as many exact
 * draws.
 */
export function ratios(simulation: Simulation): number[] {
  const exact = row(simulation, "Typical of");
  return row(simulation, "Distance to").map((distance, i) => distance / exact[i]);
}

/** That (D - x) / sigma^2 is the gradient of log p at these points, by differences over h, where p is not below the smallest number. */
export function expectScore(denoise: ParticleDenoiser, sigma: number, log: Density, points: Float32Array, h = 1e-4, tolerance = 1e-3) {
  const out = points.slice();
  denoise(points, sigma, out);
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = [points[i], points[i + 1]];
    if (log(x, y) === -Infinity) continue;
    const [right, up] = [log(x + h, y) - log(x - h, y), log(x, y + h) - log(x, y - h)].map((difference) => difference / (2 * h));
    expect(Math.abs((out[i] - x) / sigma ** 2 - right)).toBeLessThan(tolerance * (1 + Math.abs(right)));
    expect(Math.abs((out[i + 1] - y) / sigma ** 2 - up)).toBeLessThan(tolerance * (1 + Math.abs(up)));
  }
}
