/**
 * `npm run lab -- sketches`: what the model `avatars` makes of first sketches, asked as Create asks. A classifier counts those that become
 * the kind that was asked for; a sheet of twelve others is for people, who match images with sketches. `--kinds` measures the colours of
 * the kinds anew, which Create's paper and brushes have.
 */
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { chooseBackend } from "../../training/backend/index.ts";
import { newCommand, numberIn, runCommandLine } from "../../training/cli/command-line.ts";
import { writeFileAtomically } from "../../training/cli/files.ts";
import { openModel } from "../../training/cli/model-files.ts";
import { type Model, sample, vary } from "../../wasm-model/index.ts";
import { nativeShape } from "../../wasm-model/model/names.ts";
import type { ImageShape } from "../../wasm-model/network/spec.ts";
import { grid } from "../../wasm-model/render/image/pixels.ts";
import type { Pixels } from "../../wasm-model/render/image/png.ts";
import { seedState, uniformInt } from "../../wasm-model/sampling/random.ts";
import { joined } from "../../wasm-model/schema/bytes.ts";
import { inksOf, type KindColours, STRENGTH, sketchPixels } from "../../worker/pages/create/inks.ts";
import KINDS from "../../worker/pages/create/kinds.json" with { type: "json" };
import { raster } from "../../worker/pages/create/raster.ts";
import type { Stroke, StrokePoint } from "../../worker/pages/create/strokes.ts";
import { classifierPath, classify, predictions, readClassifier } from "./classifiers.ts";

type Sketch = readonly [kind: string, ...strokes: Stroke[]];

const [BLACK, RED, ORANGE, YELLOW, GREEN, BLUE, BROWN, PINK] = [0, 3, 4, 5, 6, 8, 10, 13];
/** Create's first pen, in 255 parts of the canvas. */
const WIDTH = 14;

const line = (colour: number, ...points: StrokePoint[]): Stroke => ({ colour, width: WIDTH, isFilled: false, points });
const shape = (colour: number, ...points: StrokePoint[]): Stroke => ({ ...line(colour, ...points), isFilled: true });
const circle = (x: number, y: number, radius: number): StrokePoint[] =>
  Array.from({ length: 25 }, (_, k) => (k * Math.PI) / 12).map((a) => [
    Math.round(x + radius * Math.cos(a)),
    Math.round(y + radius * Math.sin(a)),
  ]);
const box = (left: number, top: number, right: number, bottom: number): StrokePoint[] => [
  [left, top],
  [right, top],
  [right, bottom],
  [left, bottom],
  [left, top],
];
const eyes = (y: number): Stroke[] => [line(BLACK, [100, y]), line(BLACK, [156, y])];

/** Twelve first sketches. A classifier is to recognize the kind of ten. */
const FIRST: readonly Sketch[] = [
  ["face", line(BLACK, ...circle(128, 128, 90)), ...eyes(105), line(BLACK, [85, 155], [110, 180], [146, 180], [171, 155])],
  ["face", shape(YELLOW, ...circle(128, 128, 90))],
  ["face", line(BLACK, ...circle(128, 128, 80))],
  ["planet", shape(ORANGE, ...circle(128, 128, 70))],
  ["planet", line(BLACK, ...circle(110, 140, 60))],
  ["landscape", line(GREEN, [0, 170], [70, 130], [140, 165], [200, 140], [255, 170]), line(YELLOW, ...circle(190, 60, 25))],
  ["landscape", line(BLACK, [0, 200], [70, 80], [130, 180], [180, 110], [255, 200])],
  ["monster", shape(GREEN, ...circle(128, 150, 75)), ...eyes(130)],
  ["monster", line(BLACK, [70, 250], [70, 120], [90, 60], [128, 90], [166, 60], [186, 120], [186, 250]), ...eyes(130)],
  [
    "person",
    shape(BROWN, ...box(80, 60, 176, 110)),
    line(BLACK, ...box(80, 80, 176, 180)),
    line(BLACK, [60, 250], [60, 200], [196, 200], [196, 250]),
  ],
  [
    "plant",
    line(GREEN, [128, 170], [128, 90]),
    line(GREEN, [128, 110], [90, 70]),
    line(GREEN, [128, 110], [166, 70]),
    shape(BROWN, [90, 170], [166, 170], [156, 245], [100, 245]),
  ],
  ["robot", line(BLACK, ...box(70, 70, 186, 170)), ...eyes(110), line(BLACK, [128, 70], [128, 35])],
];

/** Twelve others. People are to match nine images with their sketches: what differs within a kind is the sketch's. */
const OTHERS: readonly Sketch[] = [
  ["face", shape(RED, ...circle(128, 128, 95)), ...eyes(110)],
  ["face", shape(BLUE, ...circle(150, 150, 60)), ...eyes(140)],
  ["planet", shape(GREEN, ...circle(80, 90, 55))],
  ["planet", shape(RED, ...circle(150, 140, 95))],
  ["landscape", shape(GREEN, [0, 120], [255, 160], [255, 255], [0, 255]), shape(YELLOW, ...circle(60, 50, 30))],
  ["landscape", shape(BROWN, [0, 255], [128, 60], [255, 255]), shape(RED, ...circle(210, 60, 25))],
  ["monster", shape(PINK, [60, 255], [60, 120], [128, 70], [196, 120], [196, 255]), ...eyes(150)],
  ["monster", shape(YELLOW, [90, 255], [90, 60], [166, 60], [166, 255]), ...eyes(100)],
  ["person", shape(PINK, ...box(80, 70, 176, 180)), shape(BLUE, ...box(60, 200, 196, 255)), shape(BLACK, ...box(76, 50, 180, 90))],
  ["person", shape(BROWN, ...box(80, 70, 176, 180)), shape(RED, ...box(60, 200, 196, 255)), shape(ORANGE, ...box(76, 50, 180, 90))],
  ["plant", line(GREEN, [128, 190], [128, 60]), shape(GREEN, ...circle(128, 70, 40)), shape(RED, ...box(90, 190, 166, 250))],
  ["robot", shape(BLUE, ...box(60, 60, 196, 170)), shape(BLACK, ...box(80, 85, 176, 125)), shape(BLUE, ...box(90, 190, 166, 255))],
];

const kinds: Readonly<Record<string, KindColours>> = KINDS.kinds;
const inks = inksOf(3);
/** Times that the sheet's pixels are repeated each way. */
const LARGER = 3;

interface SketchesFlags {
  readonly strength: number;
  readonly seeds: number;
  readonly sheet?: string;
  readonly kinds?: true;
}

async function drawSketches(model: Model, sketches: readonly Sketch[], seed: string, strength: number): Promise<Pixels[]> {
  const size = nativeShape(model.card);
  const images: Pixels[] = [];
  for (const [kind, ...strokes] of sketches) {
    const image = { ...size, pixels: sketchPixels({ paper: inks.paper, strokes }, size, inks, kinds[kind]) };
    images.push(await vary(model, { seed, class: kind, ...inks.options, strength, image }));
  }
  return images;
}

/** Of images in colour, all of one kind and size. */
function coloursOfKind(images: readonly Pixels[]): KindColours {
  const [paper, body] = [
    [0, 0, 0, 0],
    [0, 0, 0, 0],
  ]; // sums, and their count
  for (const { pixels, width, height, channels } of images) {
    for (let i = 0; i < width * height; i++) {
      const [x, y] = [i % width, Math.floor(i / width)];
      const colour = [...pixels.subarray(channels * i, channels * i + 3)];
      const isBorder = x === 0 || y === 0 || x === width - 1 || y === height - 1;
      const isMiddle = Math.abs(2 * x + 1 - width) < 0.375 * width && Math.abs(2 * y + 1 - height) < 0.375 * height;
      for (const sums of isBorder ? [paper] : isMiddle ? [body] : []) for (const [k, value] of [...colour, 1].entries()) sums[k] += value;
    }
  }
  const mean = ([red, green, blue, count]: number[]) => [red, green, blue].map((sum) => Math.round(sum / count));
  return { paper: mean(paper), body: mean(body) };
}

/** The colours of each kind, of 64 of its images. */
async function writeKinds(model: Model): Promise<void> {
  const measured: Record<string, KindColours> = {};
  for (const label of model.card.labels) {
    const images: Pixels[] = [];
    for (let k = 0; k < 64; k++) images.push(await sample(model, { seed: `${label}/${k}`, class: label }));
    measured[label] = coloursOfKind(images);
  }
  const file = fileURLToPath(import.meta.resolve("../../worker/pages/create/kinds.json"));
  writeFileAtomically(file, `${JSON.stringify({ version: model.version, kinds: measured })}\n`);
}

/** Sketches as they look on the pad. */
const shownOf = (sketches: readonly Sketch[], size: ImageShape): Pixels[] =>
  sketches.map(([kind, ...strokes]) => {
    const { paper } = kinds[kind];
    return { ...size, pixels: raster({ paper: inks.palette.length, strokes }, size, [...inks.palette, paper]) };
  });

/** The numbers from 0 to count - 1, shuffled. */
function shuffled(count: number): number[] {
  const order = Array.from({ length: count }, (_, k) => k);
  for (let k = count - 1; k > 0; k--) {
    const other = uniformInt(seedState("sheet"), k, k + 1);
    [order[k], order[other]] = [order[other], order[k]];
  }
  return order;
}

/** The first twelve sketches above their images; the others above theirs in another order, which it returns. */
async function writeSheet(path: string, model: Model, strength: number): Promise<number[]> {
  const size = nativeShape(model.card);
  const [first, others] = [await drawSketches(model, FIRST, "1", strength), await drawSketches(model, OTHERS, "1", strength)];
  const order = shuffled(others.length);
  const rows = [...shownOf(FIRST, size), ...first, ...shownOf(OTHERS, size), ...order.map((k) => others[k])];
  const { pixels, width, height, channels } = grid(rows, FIRST.length);
  const larger = sharp(pixels, { raw: { width, height, channels: channels as 3 } }).resize(LARGER * width, undefined, {
    kernel: "nearest",
  });
  writeFileAtomically(path, await larger.png({ palette: true }).toBuffer());
  return order;
}

async function drawAndJudge({ strength, seeds, sheet, kinds: isMeasured }: SketchesFlags): Promise<void> {
  const model = await openModel(fileURLToPath(import.meta.resolve("../../wasm-model/models/avatars")));
  if (isMeasured) return writeKinds(model);
  const { tf } = await chooseBackend("auto");
  const { labels } = model.card;
  const judge = readClassifier({ name: "avatars", ...nativeShape(model.card), labels }, classifierPath("avatars", "judging"));
  for (let seed = 1; seed <= seeds; seed++) {
    const images = await drawSketches(model, FIRST, String(seed), strength);
    const found = predictions(classify(tf, judge, joined(images.map(({ pixels }) => pixels))).probabilities, labels.length);
    const missed = FIRST.flatMap(([kind], k) => (labels[found[k]] === kind ? [] : [`${k + 1}: ${labels[found[k]]} for ${kind}`]));
    console.log(`seed ${seed}: ${FIRST.length - missed.length} of ${FIRST.length} recognized${missed.map((one) => `; ${one}`).join("")}`);
  }
  if (!sheet) return;
  const order = await writeSheet(sheet, model, strength);
  console.log(`key: ${order.map((k, i) => `${String.fromCharCode(65 + i)} ${k + 1}`).join(", ")}`);
}

await runCommandLine(async () => {
  const command = newCommand("lab sketches")
    .option("--strength <x>", "how far from the sketch", numberIn("strength", 0, 2, "any"), STRENGTH)
    .option("--seeds <n>", "number of seeds", numberIn("seeds", 1, 100), 4)
    .option("--sheet <file.png>", "the sketches above their images, and twelve others above theirs in another order")
    .option("--kinds", "measure the colours of the kinds, for Create");
  await drawAndJudge(command.parse(process.argv).opts<SketchesFlags>());
});
