import { expect, it } from "vitest";
import { turn } from "../../../training/network/augment.ts";

const grid = { height: 5, width: 5, channels: 2 } as Parameters<typeof turn>[0];
const image = () => Float32Array.from({ length: 50 }, (_, at) => (at * 7) % 13);
const turned = (degrees: number, scale: number): number[] => {
  const own = image();
  turn(grid, own, degrees, scale);
  return [...own];
};

it("an image rotated by 90 degrees has its rows as columns, and is the same if not rotated", () => {
  const own = image();
  const at = (y: number, x: number, c: number): number => own[(y * 5 + x) * 2 + c];
  const quarter = Array.from({ length: 50 }, (_, i) => at(4 - (Math.floor(i / 2) % 5), Math.floor(i / 10), i % 2));
  const opposite = Array.from({ length: 50 }, (_, i) => at(Math.floor(i / 2) % 5, 4 - Math.floor(i / 10), i % 2));
  const near = (a: number[], b: number[]): boolean => a.every((value, i) => Math.abs(value - b[i]) < 1e-4);
  expect(turned(0, 1)).toEqual([...own]);
  expect([near(turned(90, 1), quarter), near(turned(90, 1), opposite)].filter(Boolean)).toHaveLength(1);
  expect(near(turned(180, 1), turned(-180, 1))).toBe(true);
});

it("an image made larger keeps its middle and loses its border", () => {
  const large = turned(0, 2);
  const own = image();
  expect(large.slice(24, 26)).toEqual([...own.slice(24, 26)]); // the middle pixel of 5 x 5
  expect(large[0]).toBe(own[12]); // corners show what was half as far from the middle
});
