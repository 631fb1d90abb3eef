/**
 * The README's own commands on a folder of images that the test draws, of a size that no network takes: from the folder to
 * a model that draws its colours, its classes and its size.
 */
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { decode } from "fast-png";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { readModel } from "../../wasm-model/model/onnx/reader.ts";
import { type Finished, finished, succeeded } from "../support/command-line.ts";
import { temporaryFolder, writeFolder } from "../support/files.ts";
import { BLUE, distance, pixel, RED, type Rgb } from "../training/data/made-up.ts";

/** Milliseconds for all of it. */
const PATIENCE = 3_600_000;

const ROOT = resolve(import.meta.dirname, "../..");
const folder = temporaryFolder("own-images");

const [WIDTH, HEIGHT] = [22, 16];
const CLASSES = { disc: RED, square: BLUE } as const;

/** A shape of random size and place on white, JPEG or PNG in turn. */
async function drawShape(name: keyof typeof CLASSES, i: number): Promise<[path: string, bytes: Buffer]> {
  const radius = 3 + ((i * 1.3819) % 2.5);
  const [x, y] = [6 + ((i * 7.3139) % 10), 5.5 + ((i * 3.7071) % 5)];
  const colour = `rgb(${CLASSES[name].join()})`;
  const shape =
    name === "disc"
      ? `<circle cx="${x}" cy="${y}" r="${radius}" fill="${colour}"/>`
      : `<rect x="${x - radius}" y="${y - radius}" width="${2 * radius}" height="${2 * radius}" fill="${colour}"/>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}"><rect width="100%" height="100%" fill="white"/>${shape}</svg>`;
  const image = sharp(Buffer.from(svg)).removeAlpha();
  return i % 2 ? [`${name}/${i}.png`, await image.png().toBuffer()] : [`${name}/${i}.jpg`, await image.jpeg({ quality: 95 }).toBuffer()];
}

/** The README's command that trains, with this test's folder. */
const [TRAIN] = readFileSync(join(ROOT, "README.md"), "utf8")
  .split("\n")
  .filter((line) => /^npx anneal train /.test(line))
  .map((line) => line.replace(/# .*/g, "").trim().replaceAll("my-images", "shapes"));

/** Runs `npx anneal verb ...words` in the test's own folder. */
function command(line: string, ...more: string[]): Promise<Finished> {
  const [, verb, rest] = /^npx anneal (\w+) (.*)$/.exec(line) ?? [];
  return finished(spawn(process.execPath, [join(ROOT, "training", "anneal.ts"), verb, ...rest.split(" "), ...more], { cwd: folder }));
}

const FLAGS = ["--size", `${WIDTH}x${HEIGHT}`, "--images", "3000", "--mirror"];

/** Where the README's command leaves it. */
const model = "models/shapes/model.onnx";

describe("a folder of two classes of shapes in colour", () => {
  let printed: Finished[];
  beforeAll(async () => {
    const names = Object.keys(CLASSES) as (keyof typeof CLASSES)[];
    const files = await Promise.all(names.flatMap((name) => Array.from({ length: 120 }, (_, i) => drawShape(name, i))));
    writeFolder(join(folder, "shapes"), { ...Object.fromEntries(files), "notes.txt": "x" });
    printed = [await command(TRAIN, ...FLAGS, "--dry-run"), await command(TRAIN, ...FLAGS)];
  }, PATIENCE);

  it("is checked and trained on by the README's command", () => {
    for (const { code, stderr } of printed) expect(code, stderr).toBe(0);
    const [check, train] = printed.map(({ stdout }) => stdout);
    expect(check).toContain("  disc: 108\n  square: 108\nimages: 22x16, RGB\n");
    expect(check).toContain('note: skipped 1 of 241 files: 1 not named like an image ("notes.txt")\n');
    expect(check).toMatch(/^network: 24x16 pixels, padded from 22x16, /m);
    for (const output of [check, train]) expect(output).toMatch(/^plan: at most 3000 images in 94 steps of 32, reports: \d+$/m);
    expect(train).toMatch(/^Memorization: .* nearest of the 216 training images .* times that of real images/m);
    expect(existsSync(join(folder, "models", "shapes-data.png"))).toBe(true);
    const { card } = readModel(readFileSync(join(folder, model)));
    const crop = { top: 0, left: 1, height: HEIGHT, width: WIDTH };
    expect(card).toMatchObject({
      name: "shapes",
      labels: ["disc", "square"],
      sampling: { steps: 7, start: { sigmaMax: 8, squares: 4 } },
      crop,
    });
    const page = readFileSync(join(folder, dirname(model), "README.md"), "utf8");
    expect(page).toContain("\nnpx anneal train --data ./shapes --size 22x16 --images 3000 --mirror\n");
    expect(page).toMatch(/^## How its images are\n\nIt.* Memorization: .* more time .*$/m);
    expect(page).toContain("It started from Anneal's base (MIT), ");
  });

  it("is measured on images that are prepared as its card says", async () => {
    const { stdout } = await succeeded(command(`npx anneal evaluate ${model}`));
    expect(stdout).toContain("\nimages: ./shapes\n");
    expect(stdout).toMatch(/^held-out loss over 24 held-out images, by which its run may have chosen its weights:$/m);
  });

  it.each(Object.entries(CLASSES))("is drawn: %s, in its colour on white and at its size", async (name) => {
    const png = join(folder, `${name}.png`);
    const line = `npx anneal sample ${model} --seed own --class ${name} --count 64 --out ${png}`;
    await succeeded(command(line));
    const { width, height, channels, data } = decode(readFileSync(png));
    expect([width % WIDTH, height % HEIGHT, (width / WIDTH) * (height / HEIGHT), channels]).toEqual([0, 0, 64, 3]);
    let good = 0;
    for (let top = 0; top < height; top += HEIGHT) {
      for (let left = 0; left < width; left += WIDTH) if (shows(name, data as Uint8Array, width, left, top)) good++;
    }
    expect(good).toBeGreaterThanOrEqual(45);
  });
});

/**
 * Whether the part of an image [H, W, 3] that begins there shows its class' colour on white, and little of the other
 * one.
 */
function shows(name: string, pixels: Uint8Array, width: number, left = 0, top = 0): boolean {
  const colours = Array.from({ length: WIDTH * HEIGHT }, (_, i) => pixel(pixels, width, left + (i % WIDTH), top + Math.floor(i / WIDTH)));
  const share = (of: Rgb): number => colours.filter((one) => distance(one, of) < 70).length / colours.length;
  const [own, other] = name === "disc" ? [RED, BLUE] : [BLUE, RED];
  return share(own) > 0.05 && share(other) < 0.02 && share([255, 255, 255]) > 0.3;
}
