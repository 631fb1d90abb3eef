/** `anneal distinct`: estimates how many distinct images a model draws, and shows the most similar ones. */
import { join } from "node:path";
import { nativeShape } from "../wasm-model/model/card.ts";
import { grid } from "../wasm-model/render/image/pixels.ts";
import { encodePng, type Pixels } from "../wasm-model/render/image/png.ts";
import { cellSeed } from "../wasm-model/request/resolve.ts";
import { type BackendName, chooseBackend } from "./backend/index.ts";
import { backendOption, newVerb, numberIn, printJson, runCommandLine, withJson } from "./cli/command-line.ts";
import { makeFolder, writeFileAtomically } from "./cli/files.ts";
import { progress } from "./cli/progress.ts";
import { comparePairs, distinctImages, evenChance, identicalPairs, type Pair } from "./measure/distinct.ts";
import { type EvaluationRuntime, openEvaluatedModel, runtimeOption } from "./measure/evaluated-model.ts";
import { drawnImages, imageFolder, requestedClasses } from "./measure/images.ts";
import { describeSettings, drawSettings } from "./record/settings.ts";

interface DistinctFlags {
  readonly count: number;
  readonly seed: string;
  readonly runtime?: EvaluationRuntime;
  readonly backend: BackendName | "auto";
  readonly cache: string;
  readonly out?: string;
  readonly json: boolean;
}

/** Root mean square differences, in grey levels, up to which two images count as alike. */
const LEVELS = [2, 4, 8, 12, 16, 20, 24];

/** Layout of the contact sheet: each pair is two images and their difference. */
const SHOWN = 40;
const PAIRS_IN_A_ROW = 4;
const ENLARGED = 3;

const EXPLANATION = [
  "alike: the largest root mean square difference of a pair, in grey levels (0 to 255). Look at nearest.png to choose the level that counts as alike.",
  "distinct: pairs / alike pairs, the number of distinct images if all are equally likely; otherwise there are more (birthday paradox;",
  "Arora, Risteski and Zhang 2018). even chance: images to draw until two are alike with probability 1/2.",
].join("\n");

function commandLine(argv: readonly string[]): { file: string; flags: DistinctFlags } {
  const command = withJson(newVerb("distinct"))
    .description("Draws many images, finds the most similar pairs and estimates how many distinct images the model draws.")
    .argument("<model.onnx>", "the model's file, int8 or fp32")
    .option("--count <n>", "number of images", numberIn("count", 2, 1_000_000), 10_000)
    .option("--seed <text>", "image i has the seed {seed}/i, and class i modulo the number of classes", "distinct")
    .addOption(runtimeOption())
    .addOption(backendOption("TensorFlow.js backend that compares the images"))
    .option("--cache <folder>", "where images are cached; an interrupted run continues from them", "runs/evaluate")
    .option("--out <folder>", "where distinct.json and nearest.png go (default: beside the images in --cache)")
    .parse(argv);
  return { file: command.args[0], flags: command.opts<DistinctFlags>() };
}

await runCommandLine(async () => {
  const { file, flags } = commandLine(process.argv);
  const { count, seed, runtime, backend, cache, out, json } = flags;
  if (out !== undefined) makeFolder(out);
  const { tf, describe } = await chooseBackend(backend);
  console.log(describe);
  const model = await openEvaluatedModel(tf, file, runtime);
  const { card, precision } = model;
  const { width, height, channels } = nativeShape(card);
  const settings = drawSettings(card, {});
  const imageSet = { settings, count, seed };
  console.log(`${card.name}, ${precision}, run by ${model.runtime}\n${describeSettings(settings)}`);

  const own = imageFolder(cache, model, imageSet);
  const images = await drawnImages(own, model, imageSet);
  const size = width * height * channels;
  let bar: ReturnType<typeof progress> | undefined;
  const onProgress = (done: number, total: number): void => {
    bar ??= progress("comparing blocks of images", total);
    bar.update(done);
  };
  const { counts, nearest } = await comparePairs(tf, images, size, { levels: LEVELS, most: SHOWN, onProgress });
  bar?.stop();

  const classes = requestedClasses(count, card);
  const named = ({ first, second, distance }: Pair) => ({
    distance,
    seeds: [first, second].map((i) => cellSeed(seed, i)),
    classes: [first, second].map((i) => card.labels[classes[i]]),
  });
  const estimates = [identicalPairs(images, size), ...counts].map((alike, k) => ({
    level: [0, ...LEVELS][k],
    pairs: alike,
    ...distinctImages(count, alike),
  }));
  const report = { model: card.name, file, hash: model.hash, precision, count, seed, ...settings, estimates, nearest: nearest.map(named) };
  console.log(`\n${table(estimates)}\n\n${EXPLANATION}\n`);
  const folder = out ?? own;
  writeFileAtomically(join(folder, "distinct.json"), `${JSON.stringify(report, null, 2)}\n`);
  const image = (i: number): Pixels => ({ pixels: images.subarray(i * size, (i + 1) * size), width, height, channels });
  writeFileAtomically(join(folder, "nearest.png"), contactSheet(nearest.map(({ first, second }) => [image(first), image(second)])));
  console.log(`wrote ${join(folder, "distinct.json")} and nearest.png, the ${nearest.length} nearest pairs`);
  printJson({ json }, report);
});

type Row = { readonly level: number; readonly pairs: number } & ReturnType<typeof distinctImages>;

function table(rows: readonly Row[]): string {
  const text = (value: number): string => Number(value.toPrecision(3)).toLocaleString("en");
  const cells = rows.map(({ level, pairs, distinct, atLeast, atMost }) => [
    level === 0 ? "identical" : `${level} levels`,
    String(pairs),
    distinct === undefined ? `> ${text(atLeast)}` : text(distinct),
    distinct === undefined ? "" : `${text(atLeast)} to ${atMost === undefined ? "any" : text(atMost)}`,
    distinct === undefined ? `> ${text(evenChance(atLeast))}` : text(evenChance(distinct)),
  ]);
  const all = [["alike", "pairs", "distinct", "95 % interval", "even chance"], ...cells];
  const widths = all[0].map((_, column) => Math.max(...all.map((row) => row[column].length)));
  return all.map((row) => row.map((cell, column) => cell.padStart(widths[column])).join("  ")).join("\n");
}

/** Each pair as two images and their difference, which is black where they are equal. */
function contactSheet(pairs: readonly (readonly [Pixels, Pixels])[]): Uint8Array {
  const cells = pairs.flatMap(([first, second]) => [first, second, difference(first, second)].map(enlarged));
  return encodePng(grid(cells, 3 * PAIRS_IN_A_ROW));
}

function difference(first: Pixels, second: Pixels): Pixels {
  return { ...first, pixels: first.pixels.map((byte, i) => Math.abs(byte - second.pixels[i])) };
}

function enlarged({ pixels, width, height, channels }: Pixels): Pixels {
  const out = new Uint8Array(pixels.length * ENLARGED * ENLARGED);
  for (let y = 0; y < height * ENLARGED; y++) {
    for (let x = 0; x < width * ENLARGED; x++) {
      const from = (Math.floor(y / ENLARGED) * width + Math.floor(x / ENLARGED)) * channels;
      out.set(pixels.subarray(from, from + channels), (y * width * ENLARGED + x) * channels);
    }
  }
  return { pixels: out, width: width * ENLARGED, height: height * ENLARGED, channels };
}
