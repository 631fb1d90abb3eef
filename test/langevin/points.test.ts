import { describe, expect, it } from "vitest";
import { pointsField, pointsIn, textOf } from "../../worker/langevin/wells.ts";

describe("points as text", () => {
  const points = [[1, 2] as const, [-0.5, 0.25] as const];
  const { problem } = pointsField("Points", "", { most: 3, spacing: 0.1 });

  it.each(["1,2;-0.5,0.25", " 1, 2 ; -.5,.25"])("are pairs: %s", (text) => {
    expect([problem!(text), pointsIn(text)]).toEqual([undefined, points]);
    expect(pointsIn(textOf(points))).toEqual(points);
  });

  it("may be none", () => {
    expect([problem!(""), pointsIn("")]).toEqual([undefined, []]);
  });

  it.each(["x,y", "1", "1,2,3", "3,", "4,0", "NaN,1", "1,2;", "1,1;2,2;3,3;0,0"])("are refused in a sentence: %s", (text) => {
    expect(problem!(text)).toBe("“Points” takes at most 3 points as in “1,2; 0.5,-1”, from -3 to 3.");
  });
});
