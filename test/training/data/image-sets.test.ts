import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { UserError } from "../../../training/cli/user-error.ts";
import type { ConversionSettings } from "../../../training/data/conversion.ts";
import { expectFitsMemory, inOrder, loadDataset } from "../../../training/data/load.ts";
import { temporaryFolder, writeFolder } from "../../support/files.ts";
import { BLUE, distance, GREY, halves, pixel, RED, type Rgb } from "./made-up.ts";

const all = temporaryFolder("images");
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(all, "of-a-test-"));
});

/** These pictures have so few colours that they would be pixel art. */
const load = (place: string, given: Partial<ConversionSettings> = {}) => loadDataset(place, { pixelArt: false, ...given });

const png = (left: Rgb, right = left, [width, height] = [32, 32]) => halves(width, height, left, right).png().toBuffer();
const greyOf = (i: number): Rgb => [8 * i, 8 * i, 8 * i];

/** Twenty images of one class, red on the left, and ten blue ones of another, each with a grey of its own on the right. */
async function twoClasses(folder = join(root, "shapes")): Promise<string> {
  const files: Record<string, Uint8Array> = {};
  for (let i = 0; i < 30; i++) {
    const [name, colour] = i < 20 ? (["red", RED] as const) : (["blue", BLUE] as const);
    files[`${name}/${i}.png`] = await png(colour, greyOf(i));
  }
  return writeFolder(folder, files);
}

describe("a folder of images", () => {
  it("becomes images with their classes, a tenth of each held out", async () => {
    const set = await load(await twoClasses());
    expect(set).toMatchObject({ name: "shapes", labels: ["blue", "red"], height: 32, width: 32, channels: 3 });
    expect(set.pictures).toEqual({ width: 32, height: 32, crop: "cover", background: "ffffff", transparent: false, pixelArt: false });
    expect([set.train.count, set.test.count]).toEqual([27, 3]);
    for (const split of [set.train, set.test]) {
      for (let i = 0; i < split.count; i++) {
        const colour = pixel(split.images(i, i + 1), 32, 5, 5);
        expect(distance(colour, split.labels[i] === 0 ? BLUE : RED)).toBe(0);
      }
    }
    expect(Array.from(set.train.labels.toSorted())).toEqual([...Array(9).fill(0), ...Array(18).fill(1)]);
    expect(set.train.images()).toHaveLength(27 * 32 * 32 * 3);
    expect(set.train.images(3, 5)).toEqual(set.train.images().subarray(3 * 3072, 5 * 3072));
    expect(set.notes).toEqual(["only 27 training images, with 3 held out beside them: a long run would learn them by heart"]);
    expect(set.details[0]).toBe("sizes of the 30 images: 32x32 (30)");
  });

  it("has equal pictures of two classes in the first alone; a class that loses all is left out", async () => {
    const folder = await twoClasses();
    for (const i of [1, 2]) writeFolder(folder, { [`blue/again-${i}.png`]: await png(RED, greyOf(i)) });
    for (const i of [1, 2, 3]) writeFolder(folder, { [`white/${i}.png`]: await png(RED, greyOf(i)) });
    const { labels, train, test, notes } = await load(folder);
    expect([labels, train.count + test.count]).toEqual([["blue", "red"], 30]);
    expect(notes).toContain(
      'pictures left out because another is the same: 5; of these in another class: 5 ("red/1.png" is "blue/again-1.png", "red/2.png" is "blue/again-2.png", "white/1.png" is "blue/again-1.png" and 2 more)',
    );
    expect(notes).toContain(`classes left out, since their pictures are all the same as others': "white"`);
  });

  it("is grey if all images are, and in colour if one is not", async () => {
    const greys = await Promise.all(([GREY, [7, 7, 7], [50, 50, 50]] as const).map((grey) => png(grey)));
    const folder = writeFolder(join(root, "grey"), Object.fromEntries(greys.map((file, i) => [`${i}.png`, file])));
    const grey = await load(folder);
    expect([grey.channels, grey.train.images().length]).toEqual([1, 2 * 32 * 32]);
    expect([...new Set([...grey.train.images(), ...grey.test.images()])].sort((a, b) => a - b)).toEqual([7, 50, 90]);
    writeFolder(folder, { "4.png": await png(RED) });
    expect((await load(folder)).channels).toBe(3);
  });

  it("reports skipped files in one line, except those that systems leave behind", async () => {
    const folder = writeFolder(await twoClasses(), {
      ".DS_Store": "x",
      "red/.DS_Store": "x",
      "red/._1.png": "x",
      "__MACOSX/red/._1.png": "x",
      "red/Thumbs.db": "x",
      "red/empty.jpg": "",
      "red/text.png": "not an image",
      "red/cut.jpg": (await halves(99, 99, RED, BLUE).jpeg().toBuffer()).subarray(0, 300),
      "red/photo.HEIC": "x",
      "notes.txt": "x",
      "lost.png": await png(RED),
      "red/CAPITAL.PNG": await png(RED),
    });
    const { notes, train, test } = await load(folder);
    expect(train.count + test.count).toBe(31);
    expect(notes[0]).toMatch(/^skipped 6 of 37 files: /);
    for (const part of [
      '1 HEIC (convert it to JPEG) ("red/photo.HEIC")',
      '1 beside the folders of classes ("lost.png")',
      '1 empty ("red/empty.jpg")',
      '1 in another format ("red/text.png")',
      '1 not named like an image ("notes.txt")',
    ])
      expect(notes[0]).toContain(part);
    expect(notes[0]).toMatch(/1 damaged: \S.* \("red\/cut.jpg"\)/); // in the decoder's words
  });

  it("is refused if no image is left", async () => {
    const folder = writeFolder(join(root, "bad"), { "a/1.png": "x", "a/2.jpg": "" });
    await expect(load(folder)).rejects.toThrow(
      new UserError(
        `"${folder}" has no image that can be used (PNG, JPEG, WebP, GIF or AVIF): 1 empty ("a/2.jpg"); 1 in another format ("a/1.png")`,
      ),
    );
    const empty = join(root, "nothing");
    mkdirSync(empty);
    await expect(load(empty)).rejects.toThrow(`"${empty}" has no image that can be used (PNG, JPEG, WebP, GIF or AVIF)`);
  });

  it("survives symbolic links in a circle and to nowhere, and follows others", async () => {
    const folder = await twoClasses();
    symlinkSync("..", join(folder, "red", "loop"));
    symlinkSync(folder, join(folder, "self"));
    symlinkSync("nowhere.png", join(folder, "red", "dead.png"));
    const elsewhere = writeFolder(join(root, "elsewhere"), { "1.png": await png(GREY) });
    symlinkSync(elsewhere, join(folder, "green"));
    const { labels, notes } = await load(folder);
    expect(labels).toEqual(["blue", "green", "red"]);
    expect(notes[0]).toBe('skipped 1 of 32 files: 1 not readable ("red/dead.png")');
  });

  it("skips pipes, devices and a link to itself, since reading them would never end", async () => {
    const folder = await twoClasses();
    execFileSync("mkfifo", [join(folder, "red", "pipe.png")]);
    symlinkSync("/dev/zero", join(folder, "red", "zero.png"));
    symlinkSync("self.png", join(folder, "red", "self.png"));
    const { notes, train, test } = await load(folder);
    expect(train.count + test.count).toBe(30);
    expect(notes[0]).toBe('skipped 3 of 33 files: 2 not a regular file ("red/pipe.png", "red/zero.png"); 1 not readable ("red/self.png")');
  });

  it("with pictures that are cut or scaled up names up to three of them", async () => {
    const shapes: [number, number][] = [[16, 20], [32, 32], [64, 32]]; // biome-ignore format: a list
    const files = await Promise.all(shapes.map(async (size, i) => [`${i}.png`, await png(RED, BLUE, size)] as const));
    const { notes } = await load(writeFolder(join(root, "cut"), Object.fromEntries(files)));
    expect(notes[0]).toBe('images of 3 sizes become 32x32: most common 16x20, 1 smaller than 32x32 and scaled up ("0.png")');
    expect(notes.find((note) => note.includes("are cut"))).toContain('2 of 3 pictures are cut ("0.png", "2.png"), by up to 50 %:');
  });

  it("names pictures that are hardly any, before it learns", async () => {
    const shapes: [number, number][] = [[32, 32], [1, 1], [10000, 10], [256, 32]]; // biome-ignore format: a list
    const files = await Promise.all(shapes.map(async (size, i) => [`${i}.png`, await png(RED, BLUE, size)] as const));
    const { notes } = await load(writeFolder(join(root, "odd"), Object.fromEntries(files)));
    expect(notes).toContain(
      'hardly pictures, of fewer than 8 pixels across or over 8 times as long as wide, and better taken out: 2 ("1.png", "2.png")',
    );
  });

  it("with a single image is trained on, with a warning", async () => {
    const folder = writeFolder(join(root, "one"), { "1.png": await png(RED, RED, [16, 20]) });
    const { train, test, labels, notes } = await load(folder);
    expect([train.count, test.count]).toEqual([1, 1]);
    expect(labels).toEqual(["one"]);
    expect(notes).toEqual([
      "images of 16x20: all smaller than 32x32 and scaled up",
      "all pictures are cut, by up to 20 %: `--crop contain` keeps them whole, with padding",
      "only one training image: the model can only reproduce it",
      "no image is held out, since no class has enough that differ: held-out losses are measured on training images",
    ]);
    const wide = writeFolder(join(root, "wide"), { "1.png": await png(RED, RED, [50, 30]) });
    expect((await load(wide)).notes[0]).toBe("images of 50x30: all narrower or lower than 32x32 and scaled up");
  });
});

it("says what it finds before it decodes images", async () => {
  const folder = writeFolder(join(root, "bad"), { "a/1.png": "x", "b/2.jpg": "", "notes.txt": "" });
  const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
  await expect(load(folder)).rejects.toThrow("has no image that can be used");
  expect(log).toHaveBeenNthCalledWith(1, `found: 2 images of 2 classes in ${folder}, beside 1 file that it does not read`);
});

it("refuses a folder whose name a card may not have, before it decodes images", async () => {
  const hostile = writeFolder(join(root, '"><img src=x onerror=alert(1)>'), { "1.png": "no image" });
  await expect(load(hostile)).rejects.toThrow(
    /^Expected a text of 1 to 256 bytes .* for the name of the folder of `data` but received .*: rename the folder$/,
  );
});

it("only a folder is taken: an archive is unpacked by its owner", async () => {
  const archive = join(writeFolder(root, { "a.zip": "PK" }), "a.zip");
  for (const place of [archive, join(root, "none"), "/dev/zero", ""]) {
    await expect(load(place)).rejects.toThrow(
      new RegExp(`^Expected a folder of images for \`data\` but received "${place}"; unpack archives first`),
    );
  }
});

it("classes are in the order of a model's, and a folder has a name without a slash for its own", async () => {
  const dataset = { ...(await load(await twoClasses())), labels: ["T-shirt-top", "bag"] };
  const { labels, train, test } = inOrder(dataset, ["bag", "T-shirt/top"], "x.onnx");
  expect(labels).toEqual(["bag", "T-shirt/top"]);
  expect([...train.labels, ...test.labels]).toEqual([...dataset.train.labels, ...dataset.test.labels].map((label) => 1 - label));
  expect(() => inOrder(dataset, ["bag", "shoe"], "x.onnx")).toThrow(
    /^Expected images of the classes of `x.onnx`, bag, shoe, in `.*` but received T-shirt-top, bag$/,
  );
});

it("more images than memory has are refused, with how many fit", () => {
  const size = { width: 64, height: 64 };
  expect(() => expectFitsMemory(65_536, size, 0)).not.toThrow();
  expect(() => expectFitsMemory(65_537, size, 2 ** 31)).toThrow(
    new UserError("Expected at most 65536 images of 64x64 for `data`, which fit into memory, but received 65537"),
  );
  expect(() => expectFitsMemory(131_072, size, 2 ** 32)).not.toThrow();
});
