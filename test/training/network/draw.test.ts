import { expect, it } from "vitest";
import { shownClasses } from "../../../training/network/draw.ts";

it("shownClasses are all classes if there are few, and otherwise some from first to last", () => {
  expect(shownClasses(3)).toEqual([0, 1, 2]);
  expect(shownClasses(16)).toEqual([...Array(16).keys()]);
  const some = shownClasses(10_000);
  expect([some.length, some[0], some[1]]).toEqual([16, 0, 625]);
});
