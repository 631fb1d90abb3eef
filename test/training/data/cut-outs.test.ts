/** Transparent pictures: when a folder is cut out, and on which ground it is learned. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { chooseGround, onGround } from "../../../training/data/cut-outs.ts";
import { trainingDataOf } from "../../../training/data/dataset.ts";
import { dataSha256, loadDataset } from "../../../training/data/load.ts";
import { temporaryFolder } from "../../support/files.ts";

type Rgba = readonly [red: number, green: number, blue: number, alpha: number];

/** A disc of one colour with an outline of another, on what is clear; each picture has a hue of its own inside. */
function disc(size: number, inside: Rgba, outline: Rgba): Uint8Array {
  const radius = size / 3;
  return Uint8Array.from({ length: 4 * size * size }, (_, i) => {
    const [x, y] = [(Math.floor(i / 4) % size) - size / 2, Math.floor(i / 4 / size) - size / 2];
    const distance = Math.hypot(x, y);
    return (distance > radius ? [0, 0, 0, 0] : distance > radius - 3 ? outline : inside)[i % 4];
  });
}
const [BLACK, PALE]: Rgba[] = [
  [0, 0, 0, 255],
  [250, 250, 255, 255],
];

describe("the ground", () => {
  const size = { width: 32, height: 32 };
  it("is white where silhouettes are of another colour, even if much within them is white", () => {
    expect(chooseGround([disc(32, PALE, BLACK), disc(32, [9, 90, 200, 255], BLACK)], size)).toBe("ffffff");
  });

  it("is the colour that hides least where white hides outlines", () => {
    expect(chooseGround([disc(32, BLACK, PALE)], size)).toBe("000000");
    expect(chooseGround([disc(32, BLACK, PALE), disc(32, PALE, BLACK)], size)).toBe("00ff00");
  });

  it("shows through what is transparent, and no pixel is farther from it than its alpha allows", () => {
    const rgba = Uint8Array.from({ length: 4 * 4096 }, (_, i) => (Math.imul(i + 1, 2654435761) >>> 16) % 256);
    for (const [hex, ground] of [
      ["ffffff", [255, 255, 255]],
      ["20c080", [32, 192, 128]],
    ] as const) {
      const rgb = onGround(rgba, hex);
      for (let i = 0; i < rgb.length; i++) {
        const g = ground[i % 3];
        expect(Math.abs(rgb[i] - g)).toBeLessThanOrEqual((rgba[4 * Math.floor(i / 3) + 3] / 255) * Math.max(g, 255 - g) + 0.5);
      }
    }
  });
});

describe("a folder of transparent pictures", () => {
  const root = temporaryFolder("cut-outs");

  /** Discs of 80 pixels, so many of them on white instead, wider than high if they are `wide`. */
  async function folder(name: string, { opaque = 0, wide = 0, outline = BLACK, grey = false } = {}): Promise<string> {
    const place = join(root, name);
    mkdirSync(place);
    for (let i = 0; i < 12; i++) {
      const inside: Rgba = grey ? [15 * i, 15 * i, 15 * i, 255] : [20 * i, 90, 200 - 9 * i, 255];
      let image = sharp(disc(80, inside, outline), { raw: { width: 80, height: 80, channels: 4 } }).blur(0.6);
      if (wide > 0) image = image.extend({ left: wide, right: wide, background: { r: 0, g: 0, b: 0, alpha: 0 } });
      if (i < opaque) image = image.flatten({ background: "#fff" });
      await image.png().toFile(join(place, `${i}.png`));
    }
    return place;
  }

  it("keeps its opacity beside the images on the ground, and says that it cuts out", async () => {
    const set = await loadDataset(await folder("most", { opaque: 5 }));
    expect(set.notes[0]).toBe(
      '7 of 12 pictures are transparent: what it draws is cut out, too; opaque are "0.png", "1.png", "2.png" and 2 more',
    );
    expect(set).toMatchObject({ channels: 3, pictures: { transparent: true, background: "ffffff", crop: "contain", pixelArt: false } });
    expect(set.alpha!.train).toHaveLength(set.train.count * 32 * 32);
    expect(set.alpha!.test).toHaveLength(set.test.count * 32 * 32);
    const images = set.train.images();
    for (const [i, alpha] of set.alpha!.train.entries())
      if (alpha === 0) expect([...images.subarray(3 * i, 3 * i + 3)]).toEqual([255, 255, 255]);
    expect(set.alpha!.train.some((alpha) => alpha > 20 && alpha < 230)).toBe(true);
  });

  it("is opaque if most pictures are, or if a background is given", async () => {
    const few = await loadDataset(await folder("few", { opaque: 6 }));
    expect([few.alpha, few.pictures.transparent, few.pictures.crop]).toEqual([undefined, false, "cover"]);
    const given = await loadDataset(join(root, "most"), { background: "00ff00", transparent: false });
    expect([given.alpha, given.notes.join().includes("cut out")]).toEqual([undefined, false]);
    expect([...given.train.images(0, 1).subarray(0, 3)]).toEqual([0, 255, 0]);
  });

  it("is in colour even if it is grey, and on another ground where white hides outlines", async () => {
    const set = await loadDataset(await folder("pale", { grey: true, outline: PALE }));
    expect(set).toMatchObject({ channels: 3, pictures: { background: "000000" } });
    expect(set.notes[0]).toContain("(it learns them on 000000, since white would hide their outlines)");
    expect([...set.train.images(0, 1).subarray(0, 3)]).toEqual([0, 0, 0]);
  });

  it("keeps wide pictures whole, and is read again as it was", async () => {
    const place = await folder("wide", { wide: 40 });
    const set = await loadDataset(place);
    expect(set.notes.join()).not.toContain("are cut");
    const row = set.alpha!.train.subarray(16 * 32, 17 * 32);
    expect(row.filter((alpha) => alpha > 128).length).toBeLessThan(12);
    const again = await loadDataset(place, set.pictures);
    const hashes = [set, again].map((one) => dataSha256(trainingDataOf(one)));
    expect([await hashes[0], again.alpha, again.pictures]).toEqual([await hashes[1], set.alpha, set.pictures]);
    const cut = await loadDataset(place, { crop: "cover" });
    expect(cut.notes.join()).toContain("all pictures are cut, by up to 50 %");
  });

  it("has the opacity of what is learned and of what chooses, with a folder `test` too", async () => {
    const set = await loadDataset(join(root, "wide"));
    const { train, validation, alpha } = trainingDataOf({ ...set, hasTest: true });
    for (const [split, opacity] of [
      [train, alpha!.train],
      [validation, alpha!.validation],
    ] as const) {
      expect(opacity).toHaveLength(split.count * 32 * 32);
      const images = split.images();
      for (const [i, a] of opacity.entries()) if (a === 0) expect(images[3 * i]).toBe(255);
    }
    expect(trainingDataOf(set).alpha!.validation).toBe(set.alpha!.test);
  });
});
