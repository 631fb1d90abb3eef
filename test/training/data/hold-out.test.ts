/** Which pictures are learned and which are held out: equal ones once, near ones together. */
import { describe, expect, it } from "vitest";
import { layOut } from "../../../training/data/class-folders.ts";
import { nearPairs } from "../../../training/data/duplicates.ts";
import { choosePictures } from "../../../training/data/hold-out.ts";
import { randomUniforms } from "../../support/random-numbers.ts";

const SIZE = { width: 16, height: 16 };
const numbered = (folder: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${folder}${i}.png`);

/** Grey pictures by their values. */
const grey = (value: (at: number) => number): Uint8Array => Uint8Array.from({ length: 16 * 16 * 3 }, (_, i) => value(Math.floor(i / 3)));
/** Random squares of 2x2 pixels: far from those of every other seed. */
const random = (seed: number): Uint8Array =>
  grey((at) => {
    const square = 8 * Math.floor(at / 32) + Math.floor((at % 16) / 2);
    return (Math.imul(Math.imul(square + 64 * seed + 1, 2654435761) ^ seed, 2246822519) >>> 24) % 256;
  });

/** Pictures of these paths, all far from each other but for those whose pixels are given. */
function pictures(paths: readonly string[], given: Record<string, Uint8Array> = {}) {
  return layOut(paths, "set").files.map((file, i) => ({ ...file, pixels: given[file.path] ?? random(i) }));
}
const chosen = (paths: readonly string[], given?: Record<string, Uint8Array>) => choosePictures(pictures(paths, given), SIZE);
const pathsOf = (files: readonly { readonly path: string }[]): string[] => files.map(({ path }) => path).sort();

describe("choosePictures", () => {
  const paths = [...numbered("a/", 40), ...numbered("b/", 4), "c/only.png"];
  const counts = (placed: readonly { label: number }[]): number[] => [0, 1, 2].map((k) => placed.filter(({ label }) => label === k).length);

  it("holds out a tenth of each class, at least one of two, none of one", () => {
    const { train, test, alike } = chosen(paths);
    expect(counts(train)).toEqual([36, 3, 1]);
    expect(counts(test)).toEqual([4, 1, 0]);
    expect(new Set([...train, ...test]).size).toBe(paths.length);
    expect(alike).toBeUndefined();
  });

  it("chooses the same images each time, whatever other files there are", () => {
    const all = pictures(paths);
    const { train, test } = choosePictures(all, SIZE);
    expect(choosePictures(all.toReversed(), SIZE).test).toEqual(test);
    expect(
      choosePictures(
        all.filter(({ label }) => label !== 1),
        SIZE,
      ).test,
    ).toEqual(test.filter(({ label }) => label !== 1));
    expect(pathsOf([...train, ...test])).toEqual(pathsOf(all));
  });

  it("chooses by the pictures alone: a class or file of another name moves none to the other side", () => {
    const all = pictures(paths);
    const renamed = all.map((file) => ({ ...file, path: `z/${file.path}`, label: 2 - file.label }));
    const sides = ({ train, test }: ReturnType<typeof choosePictures>) => [train, test].map((files) => files.map(({ pixels }) => pixels));
    expect(sides(choosePictures(renamed, SIZE))).toEqual(sides(choosePictures(all, SIZE)));
  });

  it("holds out nothing if there are test images, and mixes their classes", () => {
    const own = [...numbered("train/a/", 5), ...numbered("train/b/", 5), ...numbered("test/a/", 50), ...numbered("test/b/", 50)];
    const { train, test } = chosen(own);
    expect([train.length, test.length]).toEqual([10, 100]);
    const early = counts(test.slice(0, 50))[0];
    expect(early).toBeGreaterThan(10);
    expect(early).toBeLessThan(40);
    expect(counts(chosen(paths).train.slice(0, 36))[1]).toBeGreaterThan(0);
  });

  it("takes the first of equal pictures by path, and names those of two classes", () => {
    const { train, test, alike } = chosen(paths, { "a/7.png": random(1000), "a/30.png": random(1000), "a/12.png": random(1000) });
    const left = pathsOf([...train, ...test]);
    expect(left).toHaveLength(43);
    expect(left).toContain("a/12.png");
    expect(alike).toBe("pictures left out because another is the same: 2");
    const torn = chosen([...paths, "d/1.png"], { "b/2.png": random(1000), "a/7.png": random(1000), "c/only.png": random(1000) });
    expect(torn.alike).toBe(
      'pictures left out because another is the same: 2; of these in another class: 2 ("b/2.png" is "a/7.png", "c/only.png" is "a/7.png")',
    );
    expect(torn.classes).toEqual([0, 1, 3]); // c has no picture any more
    expect(torn.train.find(({ path }) => path === "d/1.png")?.label).toBe(2);
  });

  it("never parts near pictures, of whatever classes, and still holds out a tenth", () => {
    const all = pictures(numbered("a/", 60).flatMap((path) => [path, path.replace("a/", path.endsWith("5.png") ? "b/" : "a/copy-")]));
    const nameOf = (path: string): string => path.replace(/^.*\/(copy-)?/, "");
    const originals = [...new Set(all.map(({ path }) => nameOf(path)))];
    const near = all.map((file) => {
      const pixels = random(originals.indexOf(nameOf(file.path)));
      return {
        ...file,
        pixels: file.path.startsWith("a/copy-") || file.path.startsWith("b/") ? pixels.map((value) => Math.max(0, value - 3)) : pixels,
      };
    });
    const { train, test, families, alike } = choosePictures(near, SIZE);
    expect(test.length).toBeGreaterThanOrEqual(12);
    expect(test.length).toBeLessThan(20);
    const [learned, heldOut] = [train, test].map((files) => new Set(files.map(({ path }) => nameOf(path))));
    expect([...learned].filter((name) => heldOut.has(name))).toEqual([]);
    expect(new Set(families).size).toBe(learned.size);
    expect(alike).toBe("pictures nearly the same as another: 120 (that is fine)");
  });

  it("holds out none of a class whose pictures are all near", () => {
    const frames = Object.fromEntries(numbered("a/", 40).map((path, i) => [path, random(1000).map((value) => Math.max(value, 2 * i))]));
    expect(counts(chosen(paths, frames).test)).toEqual([0, 1, 0]);
  });

  it("leaves given test pictures alone, and counts those that equal or are near a training picture", () => {
    const own = [...numbered("train/a/", 20), ...numbered("train/b/", 20), ...numbered("test/a/", 10)];
    const { train, test, alike } = chosen(own, {
      ...{ "test/a/1.png": random(1000), "train/b/1.png": random(1000), "test/a/2.png": random(1000) },
      "test/a/3.png": random(1000).map((value) => Math.max(0, value - 2)),
    });
    expect([train.length, test.length]).toEqual([40, 10]);
    expect(alike).toBe("test pictures that are the same as a training picture, or nearly: 3 of 10");
  });
});

describe("nearPairs", () => {
  /** A picture that differs from another one by so much in the root mean square of its 8x8 greys. */
  const apart = (from: Uint8Array, by: number): Uint8Array => from.map((value, i) => value + (Math.floor(i / 6) % 2 ? by : -by));
  const near = (pixels: readonly Uint8Array[]) => [...nearPairs(pixels.map((one) => ({ pixels: one })), SIZE)].map((pair) => pair.toSorted((a, b) => a - b)).sort(); // biome-ignore format: a list

  it("are those below 4 of 255, however they lie about the edges of coarse means", () => {
    for (let level = 100; level < 164; level++) {
      const plain = grey(() => level);
      expect(near([plain, apart(plain, 3), plain.map((value) => value + 3)]), String(level)).toEqual([
        [0, 1],
        [0, 2],
      ]);
      expect(near([plain, apart(plain, 4), plain.map((value) => value + 4)]), String(level)).toEqual([]);
    }
  });

  it("are all that comparing each with each finds", () => {
    const all = Array.from({ length: 300 }, (_, i) => {
      const base = random(i % 100);
      return i < 100 ? base : base.map((value, at) => Math.min(255, value + ((at * i) % 11)));
    });
    const cells = all.map((pixels) =>
      Array.from({ length: 64 }, (_, cell) => {
        const [y, x] = [2 * Math.floor(cell / 8), 2 * (cell % 8)];
        const greys = [0, 1, 16, 17].map((step) => {
          const i = 3 * (16 * y + x + step);
          return 0.299 * pixels[i] + 0.587 * pixels[i + 1] + 0.114 * pixels[i + 2];
        });
        return Math.round(greys.reduce((sum, value) => sum + value, 0) / 4);
      }),
    );
    const expected = cells.flatMap((a, i) =>
      cells.flatMap((b, j) => (i < j && a.reduce((sum, value, k) => sum + (value - b[k]) ** 2, 0) < 64 * 16 ? [[i, j]] : [])),
    );
    expect(expected.length).toBeGreaterThan(50);
    expect(expected.length).toBeLessThan(300);
    expect(near(all)).toEqual(expected.sort());
  });

  it("are found among 30 000 pictures in seconds", () => {
    const next = randomUniforms(1);
    const size = { width: 8, height: 8 };
    const all = Array.from({ length: 30_000 }, () => {
      const pixels = new Uint8Array(192);
      const level = 200 * next();
      for (let i = 0; i < pixels.length; i++) pixels[i] = level + 55 * next();
      return { pixels };
    });
    all[29_999] = { pixels: all[5].pixels.map((value) => Math.max(0, value - 1)) };
    const before = process.cpuUsage();
    expect([...nearPairs(all, size)].map((pair) => pair.toSorted((a, b) => a - b))).toEqual([[5, 29_999]]);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(15); // comparing each with each takes longer
  }, 300_000);
});
