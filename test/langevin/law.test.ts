import { expect, it } from "vitest";
import { Law } from "../../worker/langevin/law.ts";

const density = (x: number, y: number) => Math.exp(-(x * x + y * y) / 2);

it("is the same law in parts, as far as it was prepared", () => {
  const { cells } = new Law(density);
  const whole = new Law(density);
  const parts = [...whole.prepare()];
  expect(parts.length).toBeGreaterThan(10);
  expect(whole.cells).toEqual(cells);
  const begun = new Law(density);
  begun.prepare().next();
  expect(begun.cells).toEqual(cells);
});
