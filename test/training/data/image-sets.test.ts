/** Folders of image files as their owners keep them, decoded and read back from the cache. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { UserError } from "../../../training/cli/user-error.ts";
import type { Dataset } from "../../../training/data/dataset.ts";
import { type DatasetOptions, loadDataset } from "../../../training/data/load.ts";
import { writeFolder } from "../../support/files.ts";
import { BLUE, distance, GREY, halves, pixel, RED, type Rgb } from "./made-up.ts";

let root: string;
let cache: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "anneal-images-"));
  cache = join(root, "cache");
});
afterEach(() => {
  vi.doUnmock("node:module");
  vi.resetModules();
  rmSync(root, { recursive: true });
});

const png = (colour: Rgb, width = 32, height = 32) => halves(width, height, colour).png().toBuffer();
const load = (folder: string, pictures: DatasetOptions["pictures"] = {}): Promise<Dataset> => loadDataset(folder, { pictures, cache });

/** `loadDataset` where the library that decodes is not installed. */
async function loadWithoutSharp(): Promise<typeof loadDataset> {
  vi.resetModules();
  vi.doMock("node:module", async (original) => {
    const module = await original<typeof import("node:module")>();
    const createRequire = (from: string) => {
      const resolve = (name: string) => module.createRequire(from).resolve(name === "sharp" ? "./no-such-file" : name);
      return Object.assign((name: string) => module.createRequire(from)(name), { resolve });
    };
    return { ...module, createRequire };
  });
  return (await import("../../../training/data/load.ts")).loadDataset;
}

/** Twenty red images of one class and ten blue ones of another, each a little different. */
async function twoClasses(folder = join(root, "shapes")): Promise<string> {
  const files: Record<string, Uint8Array> = {};
  for (let i = 0; i < 30; i++) files[`${i < 20 ? "red" : "blue"}/${i}.png`] = await png(i < 20 ? [220, i, 40] : [i, 60, 200]);
  return writeFolder(folder, files);
}

describe("a folder of images", () => {
  it("becomes images with their classes, a tenth of each held out", async () => {
    const set = await load(await twoClasses());
    expect(set).toMatchObject({ name: "shapes", labels: ["blue", "red"], licence: "unknown", height: 32, width: 32, channels: 3 });
    expect(set.pictures).toEqual({ width: 32, height: 32, crop: "cover", background: "ffffff" });
    expect([set.train.count, set.test.count]).toEqual([27, 3]);
    for (const split of [set.train, set.test]) {
      for (let i = 0; i < split.count; i++) {
        const colour = pixel(split.images(i, i + 1), 32, 5, 5);
        expect(distance(colour, split.labels[i] === 0 ? BLUE : RED)).toBeLessThanOrEqual(30);
      }
    }
    expect(Array.from(set.train.labels.toSorted())).toEqual([...Array(9).fill(0), ...Array(18).fill(1)]);
    expect(set.train.images()).toHaveLength(27 * 32 * 32 * 3);
    expect(set.train.images(3, 5)).toEqual(set.train.images().subarray(3 * 3072, 5 * 3072));
    expect(set.notes).toEqual(["only 27 training images: the network will memorize them"]);
    expect(set.details[0]).toBe("sizes of the 30 images: 32x32 (30)");
  });

  it("gets the requested size, of any width and height", async () => {
    const folder = writeFolder(join(root, "wide"), {
      "1.png": await halves(60, 44, RED, BLUE).png().toBuffer(),
      "2.png": await png(RED, 60, 44),
    });
    const set = await load(folder, { width: 30, height: 22 });
    expect([set.width, set.height, set.train.images().length]).toEqual([30, 22, 30 * 22 * 3]);
  });

  it("is grey if all images are, and in colour if one is not", async () => {
    const folder = writeFolder(join(root, "grey"), { "1.png": await png(GREY), "2.png": await png([7, 7, 7]), "3.png": await png(GREY) });
    const grey = await load(folder);
    expect([grey.channels, grey.train.images().length]).toEqual([1, 2 * 32 * 32]);
    expect([...new Set([...grey.train.images(), ...grey.test.images()])].sort((a, b) => a - b)).toEqual([7, 90]);
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
    expect(notes[0]).toBe(
      'skipped 6 of 37 files: 2 damaged or in another format ("red/cut.jpg", "red/text.png"); 1 HEIC (convert it to JPEG) ("red/photo.HEIC"); 1 beside the folders of classes ("lost.png"); 1 empty ("red/empty.jpg"); 1 not named like an image ("notes.txt")',
    );
  });

  it("names only the first few of many files that are skipped", async () => {
    const folder = writeFolder(join(root, "texts"), {
      "p.png": await png(RED),
      ...Object.fromEntries(Array.from("abcde", (name) => [`${name}.txt`, "x"])),
    });
    expect((await load(folder)).notes[0]).toBe('skipped 5 of 6 files: 5 not named like an image ("a.txt", "b.txt", "c.txt", ...)');
  });

  it("is refused if no image is left", async () => {
    const folder = writeFolder(join(root, "bad"), { "a/1.png": "x", "a/2.jpg": "" });
    await expect(load(folder)).rejects.toThrow(
      new UserError(
        `Expected images (PNG, JPEG, WebP, GIF or AVIF) for \`data\` but "${folder}" has none that can be used: 1 damaged or in another format ("a/1.png"); 1 empty ("a/2.jpg")`,
      ),
    );
    const empty = join(root, "nothing");
    mkdirSync(empty);
    await expect(load(empty)).rejects.toThrow(`"${empty}" has none that can be used`);
    expect(readdirSync(cache)).toEqual([]);
  });

  it("drops a class without usable training images", async () => {
    const folder = writeFolder(await twoClasses(), { "aaa/1.png": "x", "zzz/1.png": "x" });
    const { labels, notes } = await load(folder);
    expect(labels).toEqual(["blue", "red"]);
    expect(notes[0]).toContain('2 damaged or in another format ("aaa/1.png", "zzz/1.png")');
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

  it("is read once, under its folders' own names, if they link to each other", async () => {
    const names = ["a", "b", "c", "d"];
    const folder = writeFolder(
      join(root, "knot"),
      Object.fromEntries(await Promise.all(names.map(async (name, i) => [`${name}/1.png`, await png([i, 60, 200])]))),
    );
    for (const from of names) for (const to of names) symlinkSync(`../${to}`, join(folder, from, `0-to-${to}`));
    symlinkSync("b", join(folder, "0-link"));
    const { labels, train } = await load(folder);
    expect([labels, train.count]).toEqual([names, names.length]);
  });

  it("with a single image is trained on, with a warning", async () => {
    const folder = writeFolder(join(root, "one"), { "1.png": await png(RED, 16, 20) });
    const { train, test, labels, notes } = await load(folder);
    expect([train.count, test.count]).toEqual([1, 1]);
    expect(labels).toEqual(["one"]);
    expect(notes).toEqual([
      "images of 16x20: all smaller than 32x32 and scaled up",
      "one training image: the network will draw nothing else",
      "no image is held out, since no class has two: held-out losses are measured on training images",
    ]);
  });

  it("with many sizes gets one line about them", async () => {
    const files: Record<string, Uint8Array> = {};
    for (let i = 0; i < 120; i++) files[`${i}.png`] = await png(RED, 40 + (i % 7), i === 3 ? 20 : 40);
    const folder = writeFolder(join(root, "sizes"), files);
    const { notes, details } = await load(folder);
    expect(notes).toEqual(["images of 8 sizes become 32x32: most common 40x40, 1 smaller than 32x32 and scaled up"]);
    expect(details[0]).toBe("sizes of the 120 images: 40x40 (18), 41x40 (17), 42x40 (17), 44x40 (17), 45x40 (17) and 3 more");
    expect((await load(folder, { crop: "center" })).notes[0]).toContain("1 smaller than 32x32 and padded");
    expect((await load(folder, { crop: "contain" })).notes[0]).toContain("none enlarged");
  });

  it("takes a class named __proto__, and a class of one image, which stays in training", async () => {
    const folder = writeFolder(await twoClasses(), { "__proto__/1.png": await png(GREY) });
    const { labels, train, test } = await load(folder);
    expect(labels).toEqual(["__proto__", "blue", "red"]);
    expect([train.labels.filter((label) => label === 0).length, test.labels.includes(0)]).toEqual([1, false]);
  });

  it("takes more than 255 classes", async () => {
    const files = Object.fromEntries(
      await Promise.all(Array.from({ length: 300 }, async (_, i) => [`${i}/1.png`, await png([i % 256, 1, 2], 16, 16)])),
    );
    const { labels, train } = await load(writeFolder(join(root, "many"), files), { width: 16, height: 16 });
    expect(labels).toHaveLength(300);
    expect(Array.from(train.labels.toSorted())).toEqual(Array.from({ length: 300 }, (_, i) => i));
  });

  it("honours train and test folders", async () => {
    const folder = writeFolder(join(root, "split"), {
      "train/a/1.png": await png(RED),
      "train/b/1.png": await png(BLUE),
      "test/b/1.png": await png(GREY),
    });
    const { train, test, labels } = await load(folder);
    expect([labels, [...train.labels.toSorted()], [...test.labels]]).toEqual([["a", "b"], [0, 1], [1]]);
    expect(pixel(test.images(), 32, 0, 0)).toEqual(GREY);
  });

  it("refuses `class-by`", async () => {
    await expect(load(await twoClasses(), { classBy: "Smiling" })).rejects.toThrow(
      'Expected no `class-by` for images whose classes are folders but received "Smiling"',
    );
  });

  it("needs the library that decodes, and says so", async () => {
    const folder = await twoClasses();
    const loadWithout = await loadWithoutSharp();
    await expect(loadWithout(folder, { cache })).rejects.toThrow(
      /^Expected sharp, which reading image files needs, but received nothing: npm install sharp@\^\d/,
    );
  });
});

describe("the cache of decoded images", () => {
  const sets = (): string[] => readdirSync(cache).sort();
  const bytes = ({ train, test }: Dataset): Buffer => Buffer.concat([train.images(), test.images()]);

  it("is used again, even if the folder was moved and the decoding library is missing", async () => {
    const folder = await twoClasses();
    const first = await load(folder);
    const moved = join(root, "moved", "shapes");
    mkdirSync(join(root, "moved"));
    renameSync(folder, moved);
    const loadWithout = await loadWithoutSharp();
    const again = await loadWithout(moved, { cache });
    expect(bytes(again)).toEqual(bytes(first));
    expect([again.labels, again.notes]).toEqual([first.labels, first.notes]);
    expect(sets()).toHaveLength(1);
  });

  it("keeps a set for each setting and each state of the files", async () => {
    const folder = await twoClasses();
    await load(folder);
    await load(folder, { crop: "contain" });
    expect(sets()).toHaveLength(2);
    writeFileSync(join(folder, "red", "1.png"), await png(BLUE));
    const changed = await load(folder);
    expect(sets()).toHaveLength(3);
    rmSync(join(folder, "red", "1.png"));
    expect((await load(folder)).train.count + (await load(folder)).test.count).toBe(29);
    expect(changed.train.count + changed.test.count).toBe(30);
  });

  it.each<[string, (images: string) => void]>([
    [
      "a changed byte",
      (images) => {
        const content = readFileSync(images);
        content[1000] ^= 1;
        writeFileSync(images, content);
      },
    ],
    ["a missing end", (images) => writeFileSync(images, readFileSync(images).subarray(0, 5000))],
    ["no images", (images) => rmSync(images)],
    ["no description", (images) => rmSync(join(images, "..", "set.json"))],
    ["half a description", (images) => writeFileSync(join(images, "..", "set.json"), '{"format":')],
  ])("is refilled if it is damaged: %s", async (_, damage) => {
    const folder = await twoClasses();
    const first = bytes(await load(folder));
    damage(join(cache, sets()[0], "images.u8"));
    expect(bytes(await load(folder))).toEqual(first);
    expect(sets()).toHaveLength(1);
  });

  it("keeps reading what it has opened if files or cache change during a run", async () => {
    const folder = await twoClasses();
    const set = await load(folder);
    const before = bytes(set);
    rmSync(folder, { recursive: true });
    rmSync(cache, { recursive: true });
    expect(bytes(set)).toEqual(before);
  });

  it("removes what killed processes left, and keeps what others are writing", async () => {
    mkdirSync(join(cache, "data-0123.999999999.tmp"), { recursive: true });
    mkdirSync(join(cache, `data-0123.${process.ppid}.tmp`));
    await load(await twoClasses());
    expect(sets().filter((name) => name.endsWith(".tmp"))).toEqual([`data-0123.${process.ppid}.tmp`]);
  });

  it("names the folder that cannot be written", async () => {
    writeFileSync(cache, "a file");
    await expect(load(await twoClasses())).rejects.toThrow(/^Expected to be able to write decoded images to `.*` but E(EXIST|NOTDIR)/);
  });
});
