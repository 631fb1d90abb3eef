/** Pixel art: found by its colours, at the size that it was drawn at, and never blended. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { chooseKey, needsMatte } from "../../../training/data/cut-outs.ts";
import { trainingDataOf } from "../../../training/data/dataset.ts";
import { dataSha256, loadDataset } from "../../../training/data/load.ts";
import { type PixelArt, pixelArtOf, placedSprite, type SeenPicture, type Sprite, spriteOf } from "../../../training/data/pixel-art.ts";
import { begin, cardFor } from "../../../training/learning/settings.ts";
import { temporaryFolder } from "../../support/files.ts";

const COLOURS = ["1a1c2c", "b13e53", "ffcd75", "38b764"];
const rgbOf = (hex: string): number[] => [...Buffer.from(hex, "hex")];

/** Pixels of these colours in an order of the seed, clear at its border where it has one; each `times` wide and high. */
function sprite(width: number, height: number, { seed = 0, times = 1, border = 1, colours = COLOURS } = {}) {
  const size = { width: width * times, height: height * times };
  const rgba = new Uint8Array(4 * size.width * size.height);
  for (let i = 0; i < size.width * size.height; i++) {
    const [x, y] = [Math.floor((i % size.width) / times), Math.floor(i / size.width / times)];
    const isClear = Math.min(x, y, width - 1 - x, height - 1 - y) < border;
    const random = Math.imul((y * width + x + 7) * (seed + 3), 2654435761) >>> 20;
    rgba.set(isClear ? [9, 9, 9, 0] : [...rgbOf(colours[random % colours.length]), 255], 4 * i);
  }
  return { rgba, ...size };
}
const found = (...[width, height, options]: Parameters<typeof sprite>) => {
  const { rgba, ...size } = sprite(width, height, options);
  return spriteOf(rgba, size);
};

describe("a picture", () => {
  it("is reduced by what repeats in it, and loses the colours of what is clear", () => {
    const { rgba } = sprite(24, 20);
    for (let i = 0; i < rgba.length; i += 4) if (rgba[i + 3] === 0) rgba.fill(0, i, i + 4);
    for (const times of [1, 3, 8]) expect(found(24, 20, { times })).toEqual({ rgba, width: 24, height: 20, times });
  });

  it("is none with soft edges, opaque with more than 64 colours, or above 64 pixels each way", () => {
    const soft = (opacities: number, share: number) => {
      const { rgba, ...size } = sprite(20, 20);
      for (let i = 0; i < share * 400; i++) rgba[4 * i + 3] = 100 + (i % opacities);
      return spriteOf(rgba, size);
    };
    expect([typeof soft(20, 0.05), typeof soft(10, 0.6), soft(20, 0.06)]).toEqual(["object", "object", "shadow"]);
    const many = (count: number, border = 0) =>
      found(40, 40, { border, colours: Array.from({ length: count }, (_, i) => `00${(i + 16).toString(16)}00`) });
    expect([typeof many(64), many(65), typeof many(200, 1)]).toEqual(["object", "colours", "object"]);
    expect([found(64, 64) === "large", found(65, 64), found(80, 32, { times: 2 })]).toEqual([false, "large", "large"]);
  });
});

type Seen = SeenPicture["sprite"];
const seen = (sprites: readonly Seen[]): SeenPicture[] => sprites.map((sprite, i) => ({ path: `${i}.png`, sprite }));
const look = (pictures: readonly SeenPicture[], asked: Partial<Parameters<typeof pixelArtOf>[1]> = {}) =>
  pixelArtOf(pictures, { words: { asTheyAre: "as they are", asPixelArt: "in 64 colours" }, ...asked });
const of = (...sprites: Seen[]) => look(seen(sprites));

describe("a folder", () => {
  it("has the size of its pictures, or the smallest that holds them, and their colours", () => {
    expect(of(found(32, 48), found(32, 48, { seed: 1 }))).toMatchObject({
      size: { width: 32, height: 48 },
      times: 1,
      palette: [...COLOURS].sort(),
    });
    expect(of(found(24, 24, { times: 4 }), found(20, 22, { times: 2 }))).toMatchObject({ size: { width: 48, height: 48 }, times: 2 });
    expect(of(found(10, 12))).toMatchObject({ size: { width: 16, height: 16 } });
    expect([of(found(24, 24), "inexact"), of(found(10, 10, { border: 0, colours: ["000000"] }))]).toEqual([undefined, undefined]);
    expect(look(seen([found(24, 24)]), { size: { width: 32, height: 32 } })).toMatchObject({ size: { width: 32, height: 32 } });
    expect(look(seen([found(24, 24)]), { size: { width: 16, height: 16 } })).toBeUndefined();
  });

  const sprites = Array.from({ length: 9 }, (_, seed) => found(24, 24, { seed }));
  const other = (k: number, count: number) => Array.from({ length: count }, (_, i) => `${k}0${(i + 16).toString(16)}ff`);

  it("has the palette of its pixel art; files that are none are named, and so is what keeps a folder from it", () => {
    const { palette, odd, notes } = of(...sprites, "shadow", "inexact", undefined) as PixelArt;
    expect([palette, [...odd].map(({ path }) => path)]).toEqual([[...COLOURS].sort(), ["9.png", "10.png", "11.png"]]);
    expect(notes[1]).toBe(
      '9 of 12 pictures are pixel art; 1 with soft edges ("9.png"), 2 without exact colours, such as JPEG files ("10.png", "11.png"): learned in the palette of the others',
    );
    expect(of(...sprites, ...Array(5).fill("large"))).toBe(
      'not learned as pixel art: 9 of 14 pictures are pixel art; 5 of more than 64 pixels each way ("9.png", "10.png", "11.png" and 2 more); in 64 colours learns all as such',
    );
    expect(of(...sprites, ...Array(9).fill("inexact"))).toBeUndefined();
    const enlarged = Array.from({ length: 9 }, (_, seed) => found(24, 24, { seed, times: 4 }));
    expect(of(...enlarged, found(20, 20, { seed: 9 }))).toMatchObject({ size: { width: 24, height: 24 }, times: 4, odd: new Set() });
  });

  /** Pictures of a kind, each with a seed of its own. */
  const made = (side: number, pixelAt: (x: number, y: number, seed: number) => readonly number[]) =>
    Array.from({ length: 12 }, (_, seed) => {
      const rgba = Array.from({ length: side * side }, (_, i) => pixelAt(i % side, Math.floor(i / side), seed));
      return spriteOf(Uint8Array.from(rgba.flat()), { width: side, height: side });
    });
  const disc = (side: number) => (x: number, y: number, seed: number) => {
    const inside = side / 2 - 2 - Math.hypot(x - side / 2.1 + seed / 40, y - side / 2.2);
    return [255, 200 - 2 * seed, 8 * (y & 15), Math.round(255 * Math.min(1, Math.max(0, inside + 0.5)))]; // smooth at its edge
  };
  const stone = (x: number, y: number, seed: number) => 16 * ((((x * 7 + seed) ^ (y * 5)) >> 2) & 7);
  const hill = (x: number, y: number, seed: number) => [128 + 90 * Math.sin(x / 9 + seed), 120 + 80 * Math.cos(y / 7), (x * y) % 200, 255];
  const screen = (x: number, y: number, seed: number) => [...(x % 20 < 14 && (y + seed) % 12 < 6 ? [20, 20, 30] : [250, 250, 250]), 255];

  it.each([
    ["sprites", Array.from({ length: 12 }, (_, seed) => found(24, 24, { seed })), true],
    [
      "tiles with a shadow",
      made(32, (x, y, seed) => (y > 20 ? [0, 0, 0, x > 3 ? 96 : 0] : [stone(x, y, seed), 60, 90, x > 3 && x < 28 ? 255 : 0])),
      true,
    ],
    ["opaque tiles of a floor", made(32, (x, y, seed) => [stone(x, y, seed), stone(y, x, seed) >> 1, 40, 255]), true],
    ["photographs", made(32, hill), false],
    ["small photographs", made(16, hill), false],
    ["emoji at 32 pixels", made(32, disc(32)), false],
    ["emoji at 72 pixels", made(72, disc(72)), false],
    ["screenshots", made(100, screen), false],
    ["JPEG files of pixel art", Array<Seen>(12).fill("inexact"), false],
  ] as const)("of %s is pixel art or not, and one among 150 sprites does not change theirs", (_, pictures, isArt) => {
    expect(typeof of(...pictures) === "object").toBe(isArt);
    const all = Array.from({ length: 149 }, (_, seed) => found(16, 16, { seed }));
    const { palette, odd, size } = of(...all, pictures[0]) as PixelArt;
    if (!isArt)
      expect([palette, [...odd].map(({ path }) => path), size]).toEqual([[...COLOURS].sort(), ["149.png"], { width: 16, height: 16 }]);
  });

  it("has 64 colours that stand for more, near to them, whatever the order of files; but none if it is smooth", () => {
    const two = [found(24, 24, { colours: other(1, 20) }), found(24, 24, { colours: other(2, 60) })];
    const { palette, notes } = of(...sprites, ...two) as PixelArt;
    expect(palette).toHaveLength(64);
    for (const colour of COLOURS) expect(palette).toContain(colour);
    expect(notes).toEqual([
      "11 pictures are pixel art of 84 colours: learned and drawn in a palette of 64 with hard edges (colours move by 1 of 255; as they are keeps them)",
    ]);
    expect(of(...two.toReversed(), ...sprites.toReversed())).toMatchObject({ palette });
    expect(look(seen(sprites), { colours: 2 })).toMatchObject({ palette: { length: 2 } });
    const tiny = Array.from({ length: 9 }, (_, k) => found(8, 8, { border: 0, seed: k, colours: other(k, 60) }));
    expect(of(...tiny)).toBeUndefined(); // opaque, and of few pixels
  });

  it("counts its ground among the colours where it shows", () => {
    const palette = (sprite: Seen) => look(seen([sprite]), { ground: "ffffff" });
    expect(palette(found(24, 24))).toMatchObject({ palette: [...COLOURS, "ffffff"].sort() });
    expect(palette(found(24, 24, { border: 0 }))).toMatchObject({ palette: [...COLOURS].sort() });
    expect(palette(found(10, 24, { border: 0 }))).toMatchObject({ palette: [...COLOURS, "ffffff"].sort() }); // padded
  });

  it("has its pictures in the middle, repeated by what they differ in", () => {
    const [large, small] = [found(20, 18, { times: 4 }), found(10, 9, { times: 2 })] as Sprite[];
    const art = of(large, small) as PixelArt;
    expect(art).toMatchObject({ times: 2, size: { width: 40, height: 36 } });
    const placed = placedSprite(large, art);
    const at = (x: number, y: number) => [...placed.subarray(4 * (y * 40 + x), 4 * (y * 40 + x) + 4)];
    for (const [x, y] of [[5, 7], [11, 30]] as const) expect(at(x, y)).toEqual([...large.rgba.subarray(4 * ((y >> 1) * 20 + (x >> 1)), 4 * ((y >> 1) * 20 + (x >> 1)) + 4)]); // biome-ignore format: a list
    const [left, top] = [15, 13]; // floor((40 - 10) / 2), floor((36 - 9) / 2)
    expect([...placedSprite(small, art).subarray(4 * ((top + 4) * 40 + left + 4), 4 * ((top + 4) * 40 + left + 4) + 4)]).toEqual([
      ...small.rgba.subarray(4 * (4 * 10 + 4), 4 * (4 * 10 + 4) + 4),
    ]);
  });
});

describe("loading pixel art", () => {
  const root = temporaryFolder("pixel-art");
  async function folder(name: string, size: readonly [number, number], options: Parameters<typeof sprite>[2] = {}): Promise<string> {
    const place = join(root, name);
    mkdirSync(place);
    for (let seed = 0; seed < 12; seed++) {
      const { rgba, width, height } = sprite(...size, { ...options, seed });
      await sharp(rgba, { raw: { width, height, channels: 4 } })
        .png()
        .toFile(join(place, `${seed}.png`));
    }
    return place;
  }
  const coloursOf = ({ train, alpha }: Awaited<ReturnType<typeof loadDataset>>): string[] => {
    const images = Buffer.from(train.images());
    const isShown = (i: number): boolean => alpha === undefined || alpha.train[i] === 255;
    const all = Array.from({ length: images.length / 3 }, (_, i) => i).filter(isShown);
    return [...new Set(all.map((i) => images.toString("hex", 3 * i, 3 * i + 3)))].sort();
  };

  it("keeps size, colours and clear pixels of enlarged files, and reads them again as they were", async () => {
    const place = await folder("sprites", [24, 20], { times: 3 });
    const set = await loadDataset(place);
    expect(set).toMatchObject({ width: 24, height: 20, channels: 3, palette: [...COLOURS].sort(), large: [] });
    expect(set.pictures).toMatchObject({ crop: "center", pixelArt: true, transparent: true });
    expect(set.notes.slice(0, 2)).toEqual([
      "12 of 12 pictures are transparent: what it draws is cut out, too",
      "pixel art of 4 colours: it learns and draws these alone, at 24x20, never blended",
    ]);
    expect([...new Set(set.alpha!.train)].sort()).toEqual([0, 255]);
    expect(coloursOf(set)).toEqual([...COLOURS].sort());
    const again = await loadDataset(place, set.pictures);
    expect([again.pictures, await dataSha256(trainingDataOf(again))]).toEqual([set.pictures, await dataSha256(trainingDataOf(set))]);
  });

  it("pads smaller ones, on a ground that is given too", async () => {
    const set = await loadDataset(await folder("small", [12, 10], { border: 0 }), { background: "ff00ff", transparent: false });
    expect(set).toMatchObject({ width: 16, height: 16, palette: [...COLOURS, "ff00ff"].sort() });
    expect(set.alpha).toBeUndefined();
    expect(coloursOf(set)).toEqual([...COLOURS, "ff00ff"].sort());
  });

  it("is scaled as any picture where another crop or a smaller size is asked for, or where it is larger, which it says", async () => {
    const place = join(root, "sprites");
    for (const given of [{ crop: "cover" }, { width: 16, height: 16 }, { pixelArt: false }] as const) {
      const set = await loadDataset(place, given);
      expect([set.palette, set.pictures.pixelArt]).toEqual([undefined, false]);
    }
    const { palette, notes } = await loadDataset(await folder("large", [70, 70]));
    expect([palette, notes[1]]).toEqual([
      undefined,
      'not learned as pixel art: 0 of 12 pictures are pixel art; 12 of more than 64 pixels each way ("0.png", "1.png", "10.png" and 9 more); `--colours 64` learns all as such',
    ]);
  });

  it("is of any pictures that are asked for in so many colours, and reads them again as they were", async () => {
    const colours = 5;
    for (const [place, given, size] of [
      ["sprites", {}, [24, 20]],
      ["large", {}, [32, 32]],
      ["sprites", { width: 16, height: 16 }, [16, 16]],
      ["large", { crop: "cover", width: 40, height: 30 }, [40, 30]],
    ] as const) {
      // biome-ignore format: a table
      const set = await loadDataset(join(root, place), { ...given, pixelArt: true, colours });
      expect([set.width, set.height]).toEqual(size);
      expect(set.palette!.length).toBeLessThanOrEqual(colours);
      expect(coloursOf(set).every((colour) => set.palette!.includes(colour))).toBe(true);
      expect([...new Set(set.alpha!.train)].sort()).toEqual([0, 255]);
      const again = await loadDataset(join(root, place), set.pictures);
      expect([again.pictures, await dataSha256(trainingDataOf(again))]).toEqual([set.pictures, await dataSha256(trainingDataOf(set))]);
    }
  });

  it("where it has 64 colours is drawn calmly, and stands on a key: on a ground that none of them is near to", async () => {
    const many = (blue: string) => Array.from({ length: 70 }, (_, i) => `ff${(3 * i + 20).toString(16).padStart(2, "0")}${blue}`);
    const set = await loadDataset(await folder("many", [24, 24], { colours: many("00") }));
    expect([set.palette!.length, set.pictures.background]).toEqual([64, "00ff00"]);
    const cardOf = (set: Awaited<ReturnType<typeof loadDataset>>) => {
      const { settings } = begin(set, { seed: "a", mirror: false }, "s32x3");
      return cardFor(settings, { name: "art", data: "art", dataLicence: "CC0", pictures: set.pictures });
    };
    const { keyed, cutOut, contrast, sampling } = cardOf(set);
    expect([keyed, cutOut, contrast, sampling]).toMatchObject([true, true, undefined, { churn: 1, extrapolation: 1.4 }]); // calm areas
    const few = await loadDataset(join(root, "sprites"));
    expect(cardOf(few)).toMatchObject({ contrast: expect.any(Number), sampling: { churn: 0.8 } });
    const opaque = { ...set, pictures: { ...set.pictures, transparent: false } };
    expect(cardOf(opaque)).not.toMatchObject({ keyed: true });
    expect([set, few, opaque].map(needsMatte)).toEqual([false, few.pictures.background === "ffffff", false]);
    expect(chooseKey(["00ff00", "ff00ff"])).toBe("00ffff");
    expect(chooseKey(["10f010", "ff10ff", "00f0ff", "fff010", "1010ff", "ff1010"])).toBeUndefined();
  });

  it("brings a file that is none into its size and palette, and names it", async () => {
    const place = join(root, "sprites");
    const { rgba, ...size } = sprite(200, 100, { colours: ["ff0000", "0000ff"] });
    await sharp(rgba, { raw: { ...size, channels: 4 } }).jpeg().toFile(join(place, "extra.jpg")); // biome-ignore format: short
    const { width, height, palette, notes, train, test, ...set } = await loadDataset(place);
    expect([width, height, train.count + test.count, palette]).toEqual([24, 20, 13, [...COLOURS].sort()]);
    expect(coloursOf({ ...set, width, height, palette, notes, train, test })).toEqual([...COLOURS].sort());
    expect(notes).toContain(
      '12 of 13 pictures are pixel art; 1 without exact colours, such as JPEG files ("extra.jpg"): learned in the palette of the others',
    );
    expect(notes[0]).toBe('12 of 13 pictures are transparent: what it draws is cut out, too; opaque are "extra.jpg"');
  });
});
