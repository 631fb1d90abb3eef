/**
 * `npm run lab -- enlarger`: trains the network that enlarges images, writes its int8 file and shows its error on emoji
 * that it never saw.
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { chooseBackend } from "../../training/backend/index.ts";
import { newCommand, numberIn, runCommandLine } from "../../training/cli/command-line.ts";
import { makeFolder, writeFileAtomically } from "../../training/cli/files.ts";
import { progress } from "../../training/cli/progress.ts";
import { ENLARGER, type EnlargerBatch } from "../../training/finishing/enlarger.ts";
import { FinisherTrainer, learnedWeights } from "../../training/finishing/finisher.ts";
import { quantizedFinisher } from "../../training/finishing/quantized.ts";
import { firstState } from "../../training/learning/checkpoint.ts";
import { RECIPE, rateAt } from "../../training/learning/recipe.ts";
import { randomParameters } from "../../training/network/parameters.ts";
import type { Tf } from "../../training/network/score-network.ts";
import { writeFinisher } from "../../wasm-model/model/onnx/writer.ts";
import { Dice } from "./dice.ts";
import { byEngine, heldOut, repeatedPixels, smoothly, testPictures } from "./enlarger-measure.ts";
import { BATCH, damage, LARGE, LARGE_VALUES, largePictures, SMALL, SMALL_VALUES, smallPictures } from "./enlarger-pictures.ts";

const MODEL = resolve(import.meta.dirname, "../../wasm-model/models/enlarger/model.onnx");

const LEARNING_RATE = 0.02;
/** The learning rate falls over this share of the run. */
const DECAY = 0.7;
/** Share of the run, at its end, that rounds as int8 does. */
const ROUNDED = 0.25;
/** One in so many images is grey. */
const GREY = 10;
/** Weight of the error of differences between neighbours. */
const EDGES = 1;
/** Batches that calibrate the int8 network, and patches of each of their maps. */
const [CALIBRATION, PATCHES] = [40, 8];
const REPORT = 250;

type Pictures = Readonly<Record<"x" | "large", Float32Array>>;

/** Batches of pictures and of their means, damaged anew each time: of a step; the one of any number is the same each time. */
function damagedBatches(pictures: Uint8Array, means: Float32Array) {
  return (step: number): Pictures => {
    const dice = new Dice(`enlarger/batch/${step}`);
    const [x, large] = [new Float32Array(BATCH * SMALL_VALUES), new Float32Array(BATCH * LARGE_VALUES)];
    for (let b = 0; b < BATCH; b++) {
      const i = dice.integer(0, means.length / SMALL_VALUES - 1);
      const own = x.subarray(b * SMALL_VALUES, (b + 1) * SMALL_VALUES);
      const picture = large.subarray(b * LARGE_VALUES, (b + 1) * LARGE_VALUES);
      own.set(means.subarray(i * SMALL_VALUES, (i + 1) * SMALL_VALUES));
      for (let k = 0; k < LARGE_VALUES; k++) picture[k] = pictures[i * LARGE_VALUES + k] / 127.5 - 1;
      if (dice.integer(1, GREY) === 1) for (const values of [own, picture]) toGrey(values);
      damage(own, `enlarger/damage/${step}/${b}`);
    }
    return { x, large };
  };
}

function onDevice(tf: Tf, { x, large }: Pictures): EnlargerBatch {
  const missing = tf.tidy(() => tf.sub(tf.tensor(large, [BATCH, LARGE, LARGE, 3]), tf.tensor(smoothly(x), [BATCH, LARGE, LARGE, 3])));
  return { x: tf.tensor(x, [BATCH, SMALL, SMALL, 3]), missing };
}

function toGrey(values: Float32Array): void {
  for (let i = 0; i < values.length; i += 3) values.fill((values[i] + values[i + 1] + values[i + 2]) / 3, i, i + 3);
}

interface Flags {
  readonly out: string;
  readonly steps: number;
}

await runCommandLine(async () => {
  const { out, steps } = newCommand("lab enlarger")
    .description("Trains the enlarger: the network that makes an image four times as wide and high.")
    .option("--out <folder>", "where pictures and weights go", "runs/enlarger")
    .option("--steps <n>", `batches of ${BATCH} pictures; 0 exports the weights that are there`, numberIn("steps", 0, 1e6), 4000)
    .parse(process.argv)
    .opts<Flags>();
  const folder = resolve(out);
  makeFolder(folder);
  const weightsFile = join(folder, "weights.json");
  const backend = await chooseBackend("auto");
  console.log(backend.describe);
  const { tf } = backend;
  const large = await largePictures(folder);
  const batchOf = damagedBatches(large, await smallPictures(tf, folder, large));
  const first = firstState(ENLARGER.parameters, randomParameters(ENLARGER.parameters, "enlarger"));
  const learner = new FinisherTrainer(backend, ENLARGER, first, { batch: BATCH, denoised: 0, edges: EDGES });
  const bar = progress("training", steps);
  let error = 0;
  while (learner.step < steps) {
    const next = learner.step + 1;
    const rate = rateAt({ learningRate: LEARNING_RATE, steps, recipe: RECIPE }, next, { step: (1 - DECAY) * steps, steps: DECAY * steps });
    const loss = learner.train(onDevice(tf, batchOf(next)), rate, next > (1 - ROUNDED) * steps ? "rounded" : "exact");
    error += (loss - error) / Math.min(next, 100);
    bar.update(next);
    if (next % REPORT !== 0 && next !== steps) continue;
    console.log(`step ${next}: mean absolute error ${error.toFixed(4)}`);
    writeFileAtomically(
      weightsFile,
      JSON.stringify([...learnedWeights(ENLARGER, learner.state()).floats].map(([path, values]) => [path, [...values]])),
    );
  }
  bar.stop();
  const stored = JSON.parse(readFileSync(weightsFile, "utf8")) as [string, number[]][];
  const floats = new Map(stored.map(([path, values]) => [path, Float32Array.from(values)]));
  const calibration = Array.from({ length: CALIBRATION }, (_, call) => batchOf(-1 - call).x);
  const weights = quantizedFinisher(
    tf,
    "enlarger",
    { floats, convolutions: new Map() },
    calibration,
    { height: SMALL, width: SMALL },
    PATCHES,
  );
  const file = writeFinisher("enlarger", weights);
  makeFolder(resolve(MODEL, ".."));
  writeFileAtomically(MODEL, file);
  console.log(`wrote ${file.length} bytes to ${MODEL}`);
  const test = await testPictures();
  const ways = { "Catmull-Rom": smoothly, pixels: repeatedPixels, "enlarger, int8": await byEngine(weights) };
  for (const sigma of [0, 0.06, 0.12]) console.log(`noise ${sigma}: ${await heldOut(tf, ways, test, sigma)}`);
});
