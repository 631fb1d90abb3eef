/**
 * `npm run lab -- own`: how near a model's images are to the pictures that it learned from, in features of a classifier of
 * photographs that took no part in its training; and what such a distance does not see: copies and contrast.
 */
import { runCommandLine } from "../../training/cli/command-line.ts";
import { writeFileAtomically } from "../../training/cli/files.ts";
import { openModel } from "../../training/cli/model-files.ts";
import { UserError } from "../../training/cli/user-error.ts";
import type { Dataset } from "../../training/data/dataset.ts";
import { drawImages } from "../../training/measure/images.ts";
import { contrastOf } from "../../training/measure/looks.ts";
import { type Neighbour, nearestImages } from "../../training/measure/neighbours.ts";
import type { Tf } from "../../training/network/score-network.ts";
import { classCountsOf, memorySplit } from "../../training/network/split.ts";
import { type Model, sample } from "../../wasm-model/index.ts";
import { grid } from "../../wasm-model/render/image/pixels.ts";
import { encodePng } from "../../wasm-model/render/image/png.ts";
import { evaluations } from "../../wasm-model/sampling/index.ts";
import { joined } from "../../wasm-model/schema/bytes.ts";
import { classifierPath, classify, featureCount, readClassifier } from "./classifiers.ts";
import { coloursOf, onDark, rgbaOf, ringOf, withoutGround } from "./dark.ts";
import { kernelDistance } from "./kernel-distance.ts";
import { type MeasuringFlags, measuringCommand, type Opened, open } from "./measuring.ts";
import { requestedClasses, textTable } from "./quality.ts";

/** Pixels each way of the photographs whose classifier gives the features, and of enlarged images. */
const [SIDE, LARGE] = [32, 128];
const [SHEET_IMAGES, SHEET_COLUMNS] = [40, 10];
const PHOTOGRAPHS = { name: "cifar10-jpeg", height: SIDE, width: SIDE, channels: 3, labels: Array<string>(10).fill("") };

/** One judge is not a judge: the second one chose the schedule of models of own folders. */
const JUDGES = ["judging", "tuning"] as const;

const classifiers = JUDGES.map((purpose) => readClassifier(PHOTOGRAPHS, classifierPath(PHOTOGRAPHS.name, purpose)));

/** Features of grey or colour images [N, 32, 32, channels], by each judge. */
function featuresOf(tf: Tf, images: Uint8Array, channels: number): Float32Array[] {
  const colour = channels === 3 ? images : Uint8Array.from({ length: 3 * images.length }, (_, i) => images[Math.floor(i / 3)]);
  return classifiers.map((classifier) => classify(tf, classifier, colour).features);
}

/** Distances of two sets of images by their features, by each judge. */
const distances = (some: readonly Float32Array[], others: readonly Float32Array[]): string[] =>
  classifiers.map((classifier, k) => kernelDistance(some[k], others[k], featureCount(classifier)).toPrecision(3));

interface OwnFlags extends MeasuringFlags {
  readonly sheet?: string;
  readonly dark?: true;
}

/**
 * Images as people get them, and the folder's pictures, both on a dark ground in the middle of 32x32: distances, the ring of their
 * outlines, colours and bytes of a file.
 */
async function tableOnDark(tf: Tf, models: Opened["models"], files: readonly string[], dataset: Dataset, { count, seed, sheet }: OwnFlags) {
  const { width, height, train, test, pictures, labels } = dataset;
  if (Math.max(width, height) > SIDE)
    throw new UserError(`Expected models of at most ${SIDE}x${SIDE} pixels but received ${width}x${height}`);
  const area = width * height;
  const real = [train, test].flatMap((split, k) => {
    const opacity = dataset.alpha?.[k === 0 ? "train" : "test"] ?? new Uint8Array(split.count * area).fill(255);
    return Array.from({ length: split.count }, (_, i) => withoutGround(split.images(i, i + 1), opacity.subarray(i * area, (i + 1) * area), pictures.background)); // biome-ignore format: one idea
  });
  const dark = (images: readonly Uint8Array[]): Uint8Array => joined(images.map((rgba) => onDark(rgba, dataset, SIDE)));
  const learned = memorySplit(dark(real.slice(0, train.count)), train.labels, train.families);
  const size = 3 * SIDE * SIDE;
  const apart = median(await nearestImages(tf, learned.images(), learned, size, [...train.families]));
  const features = featuresOf(tf, dark(real), 3);
  const ring = (images: readonly Uint8Array[]): string => ringOf(images, dataset)?.toFixed(1) ?? "none";
  const rows = [];
  for (const [i, { card }] of models.entries()) {
    const model = { ...(await openModel(files[i])), card };
    const classes = requestedClasses(count, classCountsOf(dataset));
    const drawn = [];
    for (const [k, label] of classes.entries()) drawn.push(await sample(model, { seed: `${seed}/${k}`, class: labels[label] }));
    if (i === 0 && sheet !== undefined) writeFileAtomically(sheet, encodePng(grid(drawn.slice(0, SHEET_IMAGES), SHEET_COLUMNS)));
    const images = drawn.map(rgbaOf);
    rows.push([
      files[i],
      ...distances(featuresOf(tf, dark(images), 3), features),
      (median(await nearestImages(tf, dark(images), learned, size)) / apart).toFixed(3),
      ring(images),
      String(coloursOf(images)),
      String(images.some((rgba) => rgba.some((value, at) => at % 4 === 3 && value > 0 && value < 255))),
      String(Math.max(...drawn.map((image) => image.png().length))),
    ]);
  }
  const ofFolder = ["the folder's pictures", "0", "0", "1", ring(real), String(coloursOf(real)), "", ""];
  return [["on dark", "distance", "by tuning", "nearest", "ring", "colours", "half transparent", "most bytes"], ...rows, ofFolder];
}

/** Forty images at 128 pixels, cut-outs on the ground of the folder's pictures. */
async function writeSheet(path: string, model: Model, seed: string): Promise<void> {
  const { cutOut, training } = model.card;
  const background = cutOut ? training.pictures?.background : undefined;
  const images = [];
  for (let k = 0; k < SHEET_IMAGES; k++) images.push(await sample(model, { seed: `${seed}/${k}`, size: LARGE, background }));
  writeFileAtomically(path, encodePng(grid(images, SHEET_COLUMNS)));
}

const median = (found: readonly Neighbour[]): number => found.map(({ distance }) => distance).sort((a, b) => a - b)[found.length >> 1];

await runCommandLine(async () => {
  const command = measuringCommand("lab own", { count: 400, seed: "own" })
    .description("Compares a model's images with the pictures that it learned from.")
    .argument("<model.onnx...>", "files of models of 32x32 pixels that learned from --data")
    .option("--sheet <file.png>", "forty images of the first file at 128 pixels, with --dark cut out at native size")
    .option("--dark", "of what is cut out: how it looks on a dark ground");
  const files = command.parse(process.argv).args;
  const flags = command.opts<OwnFlags>();
  const { tf, models, dataset } = await open(files, flags, flags.dark && { transparent: true });
  const { channels, width, height, train, test } = dataset;
  if (flags.dark) return console.log(textTable(await tableOnDark(tf, models, files, dataset, flags)));
  if (width !== SIDE || height !== SIDE) throw new UserError(`Expected models of ${SIDE}x${SIDE} pixels but received ${width}x${height}`);
  const size = SIDE * SIDE * channels;
  const pictures = joined([train.images(), test.images()]);
  const features = featuresOf(tf, pictures, channels);
  const heldOut = featuresOf(tf, test.images(), channels);
  const real = median(await nearestImages(tf, train.images(), train, size, [...train.families]));
  const rows = [];
  for (const [i, drawn] of models.entries()) {
    const images = await drawImages(drawn, { seed: flags.seed, classes: requestedClasses(flags.count, classCountsOf(dataset)) });
    if (i === 0 && flags.sheet !== undefined)
      await writeSheet(flags.sheet, { ...(await openModel(files[i])), card: drawn.card }, flags.seed);
    const { sampling } = drawn.card;
    const drawnFeatures = featuresOf(tf, images, channels);
    rows.push([
      files[i],
      evaluations(sampling.sampler, sampling.steps, sampling).toString(),
      ...distances(drawnFeatures, features),
      ...distances(drawnFeatures, heldOut),
      (median(await nearestImages(tf, images, train, size)) / real).toFixed(3),
      (contrastOf(images, size) / contrastOf(pictures, size)).toFixed(3),
    ]);
  }
  const ofFolder = ["the folder's pictures", "", "0", "0", "", "", "1", "1"];
  console.log(textTable([["", "evaluations", "distance", "by tuning", "held out", "by tuning", "nearest", "contrast"], ...rows, ofFolder]));
});
