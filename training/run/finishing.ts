/** The phase of a run that learns its enlarger, after the score network: its state is kept in the run's folder. */
import type { Backend } from "../backend/step.ts";
import { progress } from "../cli/progress.ts";
import { UserError } from "../cli/user-error.ts";
import type { TrainingData } from "../data/dataset.ts";
import { largePictures } from "../data/load.ts";
import { ENLARGER } from "../finishing/enlarger.ts";
import { learnToFinish } from "../finishing/finisher.ts";
import type { RunConfig } from "../train/config.ts";
import type { RunFolder } from "./folder.ts";

interface Enlarging {
  readonly run: RunFolder;
  readonly config: RunConfig;
  readonly dataset: TrainingData;
}

/** Does nothing for a run without an enlarger of its own, and where it is learned. `listen` may throw between steps: the state of the last report stays. */
export async function learnToEnlarge(backend: Backend, { run, config, dataset }: Enlarging, listen: () => Promise<void>): Promise<void> {
  const { enlarger } = config;
  const state = enlarger && run.readEnlarger();
  if (!state || state.step >= enlarger.steps) return;
  const { length } = dataset.large;
  if (length !== enlarger.pictures)
    throw new UserError(
      `The run learns to enlarge from ${enlarger.pictures} large pictures, and \`${dataset.folder}\` has ${length} of them`,
    );
  const { large } = await largePictures(dataset);
  const given = { ...config, settings: enlarger, weights: run.readBest(config.spec).average, pictures: large };
  const bar = progress("learning to enlarge", enlarger.steps * enlarger.batch, state.step * enlarger.batch);
  let mean: number | undefined;
  try {
    for await (const { step, loss, isKept, state: now } of learnToFinish(backend, ENLARGER, given, state, listen)) {
      mean = (mean ?? loss) + (loss - (mean ?? loss)) / 20;
      bar.update(step * enlarger.batch, `error ${mean.toFixed(4)}`);
      if (isKept) run.writeEnlarger(now());
    }
  } finally {
    bar.stop();
  }
}
