/** The last of what a run learns: to cut out as the visitor's pictures are, and to enlarge in their manner. */
import type * as TF from "@tensorflow/tfjs";
import type { Backend } from "../../../training/backend/step.ts";
import {
  type Finisher,
  type FinisherRun,
  type FinisherSettings,
  learnedWeights,
  learnToFinish,
} from "../../../training/finishing/finisher.ts";
import { FEWEST_ENLARGER, firstFinishers, LEARNING } from "../../../training/finishing/plan.ts";
import type { TrainingState } from "../../../training/learning/checkpoint.ts";
import type { Parameters } from "../../../training/network/parameters.ts";
import type { ModelContents } from "../../../wasm-model/model/onnx/writer.ts";
import type { FinisherName } from "../../../wasm-model/network/finishers.ts";
import { nextTurn } from "../../../wasm-model/render/turn.ts";
import type { ChosenImages } from "./dataset.ts";
import type { KeptRun } from "./protocol.ts";

/** Seconds that both may take, those in a run that the visitor has stopped, and the matte's share of them. */
const [LONGEST, STOPPED, OF_MATTE] = [20, 4, 0.6];
/** The speed is that of so many steps after a slow start. */
const [START, TIMED] = [2, 4];

interface FinishingRun extends Pick<KeptRun, "settings" | "own"> {
  readonly backend: Backend;
  readonly dataset: Pick<ChosenImages, "large" | "cutOuts">;
}

/**
 * Learned with these weights of the run's network; from those of the model that the run began from, if it has its own. Its
 * enlarger stays as it is where none can be learned. Without one the library's enlarges.
 */
export async function ownFinishers(
  { backend, settings, own, dataset }: FinishingRun,
  weights: Parameters,
  isStopped: boolean,
  onProgress: (what: FinisherName, share: number, secondsLeft: number) => void,
): Promise<Pick<ModelContents, FinisherName>> {
  const first = await firstFinishers(settings, own);
  const began = performance.now();

  async function learnFinisher<S extends FinisherSettings, P, B extends { readonly [name in keyof B]: TF.Tensor }>(
    name: FinisherName,
    finisher: Finisher<S, P, B>,
    run: Pick<FinisherRun<S, P>, "settings" | "pictures">,
    seconds: number,
  ): Promise<TrainingState | undefined> {
    const whole = { ...settings, weights, ...run };
    const start = first[name]!;
    let each = 0;
    for await (const { step } of learnToFinish(backend, finisher, whole, start, nextTurn)) {
      if (step <= START) each = -performance.now() / TIMED / 1000;
      if (step === START + TIMED) break;
    }
    each += performance.now() / TIMED / 1000;
    const affordable = Math.min(run.settings.steps, Math.floor(seconds / each));
    if (name === "enlarger" && affordable < FEWEST_ENLARGER) return undefined;
    // A matte has as many, however long they take: without it nothing is cut out.
    const steps = Math.min(run.settings.steps, Math.max(FEWEST_ENLARGER, affordable));
    for await (const { step, state } of learnToFinish(
      backend,
      finisher,
      { ...whole, settings: { ...run.settings, steps } },
      start,
      nextTurn,
    )) {
      onProgress(name, step / steps, each * (steps - step));
      if (step === steps) return state();
    }
    return undefined;
  }

  const { matte, enlarger } = settings;
  const longest = isStopped ? STOPPED : LONGEST;
  const ofMatte = enlarger ? OF_MATTE * longest : longest;
  const cutOut = matte && (await learnFinisher("matte", LEARNING.matte, { settings: matte, pictures: dataset.cutOuts! }, ofMatte));
  const left = longest - (performance.now() - began) / 1000;
  const large = enlarger && (await learnFinisher("enlarger", LEARNING.enlarger, { settings: enlarger, pictures: dataset.large }, left));
  const kept = large ?? (own?.enlarger && first.enlarger);
  return {
    ...(cutOut && { matte: learnedWeights(LEARNING.matte, cutOut) }),
    ...(kept && { enlarger: learnedWeights(LEARNING.enlarger, kept) }),
  };
}
