import { describe, expect, it } from "vitest";
import { pointsFromText, textOf } from "../../worker/langevin/own-points.ts";

describe("points from text", () => {
  it.each([
    ["commas", "1,2\n-0.5,0.25\n"],
    ["tabs, Windows lines and a third column", "1\t2\t9\r\n-0.5\t0.25\t9"],
    ["semicolons and blanks", " 1; 2 \n\n-.5   .25"],
  ])("are two numbers a line: %s", (_, text) => {
    const points = [
      [1, 2],
      [-0.5, 0.25],
    ] as const;
    expect(pointsFromText(text, 10)).toEqual({ points, words: "" });
    expect(pointsFromText(textOf(points), 10).points).toEqual(points);
  });

  it("are shifted and scaled into the plane, keep their shape, and it is said", () => {
    expect(pointsFromText("100,1000\n200,1000\n100,1050", 10)).toEqual({
      points: [
        [-2.5, -1.25],
        [2.5, -1.25],
        [-2.5, 1.25],
      ],
      words: "The points did not fit the plane: (150, 1025) became its middle, and lengths were multiplied by 0.05.",
    });
  });

  it("are at most this many, chosen from all of them, and it is said", () => {
    const { points, words } = pointsFromText(Array.from({ length: 1000 }, (_, i) => `${i / 1000},0`).join("\n"), 50);
    expect(points.length).toBe(50);
    expect(points.at(-1)![0]).toBeGreaterThan(0.9);
    expect(words).toBe("Of 1000 points, 50 were taken, evenly.");
  });

  it("name the lines that are left out", () => {
    expect(pointsFromText("x,y\n1,2\n\n3;\nNaN,2\nInfinity,1\nhello", 10)).toEqual({
      points: [[1, 2]],
      words: "Left out, as two numbers are needed, such as “1.5, -0.2”: line 1 (“x,y”), line 4 (“3;”), line 5 (“NaN,2”) and 2 more.",
    });
    expect(pointsFromText("", 10)).toEqual({ points: [], words: "" });
  });
});
