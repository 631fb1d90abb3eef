import { describe, expect, it } from "vitest";
import { isInPlane } from "../../worker/langevin/controls.ts";
import { pointsFromDarkness, pointsFromText } from "../../worker/langevin/own-points.ts";

describe("points from text", () => {
  it.each([
    ["commas and a header", "x,y\n1,2\n-0.5,0.25\n"],
    ["tabs, Windows lines and a third column", "1\t2\t9\r\n-0.5\t0.25\t9"],
    ["semicolons and blanks", " 1; 2 \n\n-.5   .25"],
  ])("are two numbers a line: %s", (_, text) => {
    expect(pointsFromText(text, 10)).toEqual([
      [1, 2],
      [-0.5, 0.25],
    ]);
  });

  it("are shifted and scaled into the plane and keep their shape", () => {
    const points = pointsFromText("100,1000\n200,1000\n100,1050", 10);
    expect(points).toEqual([
      [-2.5, -1.25],
      [2.5, -1.25],
      [-2.5, 1.25],
    ]);
  });

  it("are at most this many, chosen from all of them", () => {
    const points = pointsFromText(Array.from({ length: 1000 }, (_, i) => `${i / 1000},0`).join("\n"), 50);
    expect(points.length).toBe(50);
    expect(points.at(-1)![0]).toBeGreaterThan(0.9);
  });

  it.each(["", "hello", "1", "1,", "a,b\nNaN,2", "Infinity,1"])("are none in %j", (text) => {
    expect(pointsFromText(text, 10)).toEqual([]);
  });
});

describe("points from an image", () => {
  it("lie where it is dark, in proportion to its darkness", () => {
    // The left quarter black, the right quarter half as dark, 8 x 4 pixels.
    const darkness = Array.from({ length: 32 }, (_, i) => (i % 8 < 2 ? 1 : i % 8 >= 6 ? 0.5 : 0));
    const points = pointsFromDarkness(darkness, 8, 90);
    expect(points.length).toBe(90);
    for (const [x, y] of points) {
      expect(isInPlane(x) && Math.abs(y) <= 1.25).toBe(true);
      expect(Math.abs(x)).toBeGreaterThanOrEqual(1.25 - 0.01);
    }
    expect(points.filter(([x]) => x < 0).length).toBe(60);
  });

  it("are none where nothing is dark", () => {
    expect(pointsFromDarkness([0, 0, 0, 0], 2, 10)).toEqual([]);
  });
});
