/** The last of what a run learns: an enlarger of the visitor's own pictures. */
import type { Backend } from "../../../training/backend/step.ts";
import { ENLARGER } from "../../../training/finishing/enlarger.ts";
import { learnedWeights, learnToFinish, stateFrom } from "../../../training/finishing/finisher.ts";
import type { Parameters } from "../../../training/network/parameters.ts";
import { enlargerFile } from "../../../wasm-model/model/model.ts";
import { readFinisher } from "../../../wasm-model/model/onnx/reader.ts";
import type { Weights } from "../../../wasm-model/network/quantization.ts";
import { nextTurn } from "../../../wasm-model/render/turn.ts";
import { joined } from "../../../wasm-model/schema/bytes.ts";
import type { ChosenImages } from "./dataset.ts";
import type { KeptRun } from "./protocol.ts";

/** Steps, whatever the run has seen: they bring four fifths of the gain of 300 (training/LOG.md), in 8 s. */
export const STEPS = 60;
/** Seconds that they may take, by the speed of the first ones after the slow start. */
const [LONGEST, START, TIMED] = [20, 2, 4];

interface Finishing extends Pick<KeptRun, "settings" | "enlarger"> {
  readonly backend: Backend;
  readonly dataset: Pick<ChosenImages, "large">;
}

/**
 * Learned with these weights of the run's network; from that of the model that the run began from, if it has its own, which
 * stays as it is where nothing can be learned. Undefined for the library's.
 */
export async function ownEnlarger(
  { backend, settings, enlarger: earlier, dataset }: Finishing,
  weights: Parameters,
  onProgress: (done: number, secondsLeft: number) => void,
): Promise<Weights | undefined> {
  const { enlarger } = settings;
  const unchanged = earlier && learnedWeights(ENLARGER, stateFrom(ENLARGER, earlier));
  if (!enlarger) return unchanged;
  const first = stateFrom(ENLARGER, earlier ?? readFinisher("enlarger", await enlargerFile()));
  const run = { ...settings, settings: enlarger, weights, pictures: joined(dataset.large) };
  let began = 0;
  let learned = unchanged;
  for await (const { step, state } of learnToFinish(backend, ENLARGER, run, first, nextTurn)) {
    if (step === START) began = performance.now();
    if (step <= START) continue;
    const left = ((performance.now() - began) / 1000 / (step - START)) * (enlarger.steps - step);
    if (step === START + TIMED && left > LONGEST) break;
    onProgress(step / enlarger.steps, left);
    if (step === enlarger.steps) learned = learnedWeights(ENLARGER, state());
  }
  return learned;
}
