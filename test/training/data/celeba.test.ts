/** CelebA's layout, with made-up images. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DatasetOptions, loadDataset } from "../../../training/data/load.ts";
import { thisMachine } from "../../../training/data/locate.ts";
import { writeFolder } from "../../support/files.ts";
import { BLUE, distance, halves, pixel, RED } from "./made-up.ts";

const root = mkdtempSync(join(tmpdir(), "anneal-celeba-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const nameOf = (i: number): string => `${String(i).padStart(6, "0")}.jpg`;
/**
 * Twelve images: 8 for training, 1 for validation, 3 for tests; every third smiles. A green frame surrounds the
 * middle 140 x 140.
 */
const COUNT = 12;
const partOf = (i: number): number => (i < 8 ? 0 : i < 9 ? 1 : 2);
const smiles = (i: number): boolean => i % 3 === 0;
const TEXTS = {
  attributes: `${COUNT}\nBald Smiling Young \n${Array.from({ length: COUNT }, (_, i) => `${nameOf(i)} -1 ${smiles(i) ? " 1" : "-1"}  1`).join("\n")}\n`,
  partition: `${Array.from({ length: COUNT }, (_, i) => `${nameOf(i)} ${partOf(i)}`).join("\n")}\n`,
};

let images: Record<string, Uint8Array>;
beforeAll(async () => {
  const drawn = Array.from({ length: COUNT }, async (_, i) => {
    const middle = halves(140, 140, smiles(i) ? RED : BLUE).extend({ left: 19, right: 19, top: 39, bottom: 39, background: "#0f0" });
    return [nameOf(i), await middle.jpeg({ quality: 100, chromaSubsampling: "4:4:4" }).toBuffer()] as const;
  });
  images = Object.fromEntries(await Promise.all(drawn));
  writeFolder(join(root, "flat", "celeba"), { "list_attr_celeba.txt": TEXTS.attributes, "list_eval_partition.txt": TEXTS.partition });
  writeFolder(join(root, "flat", "celeba", "img_align_celeba"), images);
  writeFolder(join(root, "authors"), { "Anno/list_attr_celeba.txt": TEXTS.attributes, "Eval/list_eval_partition.txt": TEXTS.partition });
  writeFolder(join(root, "authors", "Img", "img_align_celeba"), images);
});

const load = (data: string, options: DatasetOptions = {}, env: Record<string, string> = {}) =>
  loadDataset(data, { cache: join(root, "cache"), ...options }, { ...thisMachine, env });

describe("CelebA", () => {
  it.each([
    ["its folder", () => load(join(root, "flat", "celeba"))],
    ["its folder, as the authors lay it out", () => load(join(root, "authors"))],
    ["its name and --data-dir", () => load("celeba", { dataDir: join(root, "flat") })],
    ["its name and ANNEAL_DATA", () => load("celeba", {}, { ANNEAL_DATA: join(root, "flat", "celeba") })],
  ])("is loaded by %s, with its own splits, one class and the middle of each image", async (_, loading) => {
    const { train, test, labels, name, width, height, channels } = await loading();
    expect({ labels, name, width, height, channels }).toEqual({ labels: ["face"], name: "celeba", width: 32, height: 32, channels: 3 });
    expect([train.count, test.count]).toEqual([8, 3]);
    // No green of the frame at the corners.
    const colours = Array.from({ length: 8 }, (_, i) => [0, 31].map((at) => pixel(train.images(i, i + 1), 32, at, at)));
    expect(colours.flat().every((colour) => Math.min(distance(colour, RED), distance(colour, BLUE)) < 40)).toBe(true);
    expect(colours.filter(([corner]) => distance(corner, RED) < 40)).toHaveLength(3);
  });

  it("is classed by an attribute", async () => {
    const { train, test, labels } = await load("celeba", {
      dataDir: join(root, "flat"),
      pictures: { classBy: "Smiling", width: 64, height: 64 },
    });
    expect(labels).toEqual(["not Smiling", "Smiling"]);
    expect(Array.from(train.labels.toSorted())).toEqual([0, 0, 0, 0, 0, 1, 1, 1]);
    for (const split of [train, test]) {
      for (let i = 0; i < split.count; i++) {
        expect(distance(pixel(split.images(i, i + 1), 64, 32, 32), split.labels[i] === 1 ? RED : BLUE)).toBeLessThan(10);
      }
    }
  });

  it("has only the attributes in its file", async () => {
    await expect(load(join(root, "authors"), { pictures: { classBy: "Laughing" } })).rejects.toThrow(
      'Expected one of Bald, Smiling, Young for `class-by` but received "Laughing"',
    );
  });

  it("is never downloaded", async () => {
    await expect(load("celeba")).rejects.toThrow("which Anneal may not distribute, for `data-dir` or ANNEAL_DATA but received nothing");
    await expect(load("celeba", { dataDir: root })).rejects.toThrow(`they are not in ${root} or ${join(root, "celeba")}`);
  });

  it("names images that are missing from its list", async () => {
    const folder = writeFolder(join(root, "more"), { "list_eval_partition.txt": TEXTS.partition });
    writeFolder(join(folder, "img_align_celeba"), { ...images, "new.jpg": images[nameOf(0)] });
    expect((await load(folder)).notes[0]).toBe('skipped 1 of 12 files: 1 not in list_eval_partition.txt ("new.jpg")');
    await expect(load(folder, { pictures: { classBy: "Smiling" } })).rejects.toThrow("Expected the file list_attr_celeba.txt in");
  });
});
