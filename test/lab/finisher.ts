/** How the laboratory's finishers are made: as a run makes its own (training/finishing), with the base as its network, into a file of int8. */
import { dirname, resolve } from "node:path";
import type * as TF from "@tensorflow/tfjs";
import { chooseBackend } from "../../training/backend/index.ts";
import { newCommand, numberIn } from "../../training/cli/command-line.ts";
import { makeFolder, writeFileAtomically } from "../../training/cli/files.ts";
import { baseFile, readAnyModel } from "../../training/cli/model-files.ts";
import { progress } from "../../training/cli/progress.ts";
import { type Finisher, type FinisherSettings, learnedWeights, learnToFinish } from "../../training/finishing/finisher.ts";
import { quantizedFinisher } from "../../training/finishing/quantized.ts";
import { firstState } from "../../training/learning/checkpoint.ts";
import { randomParameters } from "../../training/network/parameters.ts";
import { unitRange } from "../../training/network/split.ts";
import { writeFinisher } from "../../wasm-model/model/onnx/writer.ts";
import type { FinisherName } from "../../wasm-model/network/finishers.ts";

/** Pixels of a picture of native size, each way. */
export const SIDE = 32;
/** Pictures that calibrate the int8 network, and patches of each of their maps. */
const [CALIBRATION, PATCHES] = [320, 4];

/** What it learns from, and the pictures of native size on their grounds: bytes [N, 32, 32, 3]. */
interface Material<P> {
  readonly pictures: P;
  readonly images: Uint8Array;
}

/** `npm run lab -- {name}`, by these settings unless its flag changes the steps. */
export async function trainFinisher<S extends Omit<FinisherSettings, "pictures">, P, B extends { readonly [key in keyof B]: TF.Tensor }>(
  name: FinisherName,
  finisher: Finisher<S, P, B>,
  usual: S,
  material: () => Promise<Material<P>>,
): Promise<void> {
  const { steps } = newCommand(`lab ${name}`)
    .description(`Trains the ${name} that runs start from.`)
    .option("--steps <n>", `batches of ${usual.batch} pictures`, numberIn("steps", 1, 1e6), usual.steps)
    .parse(process.argv)
    .opts<{ steps: number }>();
  const base = readAnyModel(baseFile(), "base");
  const backend = await chooseBackend("auto");
  const { pictures, images } = await material();
  const settings = { ...usual, pictures: images.length / (SIDE * SIDE * 3), steps };
  const run = { spec: base.card.spec, weights: base.weights.floats, settings, pictures, seed: "base" };
  const first = firstState(finisher.parameters, randomParameters(finisher.parameters, name));
  let learned = () => first;
  const bar = progress(`learning: ${name}`, steps);
  let error = 0;
  for await (const { step, loss, state } of learnToFinish(backend, finisher, run, first, async () => {})) {
    error += (loss - error) / Math.min(step, 100);
    bar.update(step, `error ${error.toFixed(4)}`);
    learned = state;
  }
  bar.stop();
  const seen = unitRange(images.subarray(0, CALIBRATION * SIDE * SIDE * 3));
  const weights = quantizedFinisher(backend.tf, name, learnedWeights(finisher, learned()), [seen], { height: SIDE, width: SIDE }, PATCHES);
  const file = writeFinisher(name, weights);
  const path = resolve(import.meta.dirname, `../../wasm-model/models/${name}/model.onnx`);
  makeFolder(dirname(path));
  writeFileAtomically(path, file);
  console.log(`error ${error.toFixed(4)}; wrote ${file.length} bytes to ${path}`);
}
