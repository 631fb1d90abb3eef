/**
 * `npm run lab -- avatars`: the images of the model `avatars`, to train on: little pictures in seven classes, which DiceBear's
 * styles of that kind put together from parts and colours. Their designs are in the public domain (CC0 1.0). The same images
 * everywhere: each is made from a seed, and no two are alike.
 */
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import sharp from "sharp";
import { newCommand, numberIn, runCommandLine } from "../../training/cli/command-line.ts";
import { expectNewFolder, makeFolder } from "../../training/cli/files.ts";
import { progress } from "../../training/cli/progress.ts";
import { installTools, toolPath } from "../tools/install.ts";

/** Classes and their styles. */
const CLASSES = {
  face: "moods",
  landscape: "landscape",
  monster: "critters",
  person: "pixel-art",
  planet: "planets",
  plant: "sprouts",
  robot: "voxel-bot",
} as const;

/** For the style that draws no background of its own. */
const BACKGROUNDS = ["#b6e3f4", "#c0aede", "#d1d4f9", "#ffd5dc", "#ffdfbf"];

/** Images of each class that are held out, for one that is not. */
const HELD_OUT = 1 / 10;

interface DiceBear {
  readonly Style: new (definition: unknown) => object;
  readonly Avatar: new (style: object, options: { readonly seed: string; readonly backgroundColor?: readonly string[] }) => object;
}

/** `count` different SVG files of a class. */
function avatarsOf({ Avatar, Style }: DiceBear, label: keyof typeof CLASSES, count: number): ReadonlySet<string> {
  const style = new Style(JSON.parse(readFileSync(toolPath(`@dicebear/styles/dist/${CLASSES[label]}.min.json`), "utf8")));
  const avatars = new Set<string>();
  for (let i = 0; avatars.size < count; i++)
    avatars.add(String(new Avatar(style, { seed: `${label}/${i}`, ...(label === "person" ? { backgroundColor: BACKGROUNDS } : {}) })));
  return avatars;
}

/** `count` images of each class to train on, and a tenth as many that are held out: their files in the folder. */
async function avatarImages(count: number) {
  installTools();
  const diceBear = (await import(toolPath("@dicebear/core/lib/index.js"))) as DiceBear;
  const labels = Object.keys(CLASSES) as (keyof typeof CLASSES)[];
  return labels.flatMap((label) =>
    [...avatarsOf(diceBear, label, Math.floor(count * (1 + HELD_OUT)))].map((svg, i) => ({
      path: `${i < count ? "train" : "test"}/${label}/${String(i).padStart(5, "0")}.png`,
      svg,
    })),
  );
}

/** Draws each over white as a PNG file of `size` pixels each way, at its path in the folder, some at once. */
async function drawInto(out: string, images: readonly { readonly path: string; readonly svg: string }[], size: number): Promise<void> {
  for (const folder of new Set(images.map(({ path }) => dirname(path)))) makeFolder(join(out, folder));
  sharp.concurrency(1);
  const bar = progress("drawing", images.length);
  let next = 0;
  const drawOn = async (): Promise<void> => {
    while (next < images.length) {
      const { path, svg } = images[next++];
      const drawing = sharp(Buffer.from(svg)).resize(size, size).flatten({ background: "white" }).toColourspace("srgb");
      await writeFile(join(out, path), await drawing.png().toBuffer());
      bar.update(next);
    }
  };
  await Promise.all(Array.from({ length: 8 }, drawOn));
  bar.stop();
}

await runCommandLine(async () => {
  const { out, count, size } = newCommand("lab avatars")
    .description(`Draws avatars in ${Object.keys(CLASSES).length} classes (${Object.keys(CLASSES).join(", ")}), as a folder of PNG files.`)
    .requiredOption("--out <folder>", "where they go: a new or empty folder")
    .option("--count <n>", "images of each class to train on; a tenth as many are held out", numberIn("count", 10, 10_000), 3000)
    .option("--size <n>", "width and height in pixels", numberIn("size", 16, 128), 32)
    .parse(process.argv)
    .opts<{ out: string; count: number; size: number }>();
  expectNewFolder(out);
  const images = await avatarImages(count);
  await drawInto(out, images, size);
  console.log(`wrote ${images.length} images of ${size}x${size} pixels to ${out} (CC0 1.0, DiceBear)`);
});
