import { describe, expect, it } from "vitest";
import { CURVES, Curve, type CurveName } from "../../worker/langevin/curves.ts";
import { mixtureDensity } from "../../worker/langevin/mixture.ts";
import { HALF, probabilities } from "../../worker/langevin/target.ts";

const NAMES = Object.keys(CURVES) as CurveName[];

describe.each(NAMES)("%s", (name) => {
  it("lies in the plane, its points at equal distances", () => {
    const curve = new Curve(name, 0.06);
    const points = curve.components(0);
    const step = curve.length / points.length;
    const steps = points.slice(1).map(({ x, y }, i) => Math.hypot(x - points[i].x, y - points[i].y));
    const inside = steps.filter((length) => length < 2 * step); // without those from ring to ring
    expect(inside.length).toBeGreaterThanOrEqual(steps.length - 1);
    for (const length of inside) expect(length).toBeLessThan(1.2 * step);
    for (const { x, y } of points) expect(Math.max(Math.abs(x), Math.abs(y))).toBeLessThan(HALF - 0.3);
    expect(points.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9);
  });

  it.each([0.06, 0.3, 2])("has enough of them: four times as many give the same target distribution at sigma = %d", (sigma) => {
    const curve = new Curve(name, 0.06);
    const few = probabilities(mixtureDensity(curve.components(sigma), sigma));
    const std = 0.06;
    const many = curve.components(0).map((one) => ({ ...one, std }));
    const fine = probabilities(mixtureDensity(many, sigma));
    for (const [i, p] of few.entries()) expect(Math.abs(p - fine[i])).toBeLessThan(0.003);
  });
});
