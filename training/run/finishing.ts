/** The phase of a run that learns to finish its images, after the score network: its states are kept in the run's folder. */
import type * as TF from "@tensorflow/tfjs";
import type { FinisherName } from "../../wasm-model/network/finishers.ts";
import type { Backend } from "../backend/step.ts";
import { progress } from "../cli/progress.ts";
import { UserError } from "../cli/user-error.ts";
import { largePictures } from "../data/load.ts";
import { ENLARGER } from "../finishing/enlarger.ts";
import { type Finisher, type FinisherSettings, learnToFinish } from "../finishing/finisher.ts";
import { cutOutsOf, MATTE } from "../finishing/matte.ts";
import type { Run } from "./folder.ts";

/**
 * Does nothing for what a run does not learn, and what is learned. `listen` may throw between steps: the state of the last
 * report stays.
 */
export async function finish(backend: Backend, { run, config, dataset }: Run, listen: () => Promise<void>): Promise<void> {
  async function learn<S extends FinisherSettings, P, B extends { readonly [name in keyof B]: TF.Tensor }>(
    name: FinisherName,
    finisher: Finisher<S, P, B>,
    settings: S | undefined,
    { doing, count, pictures }: { readonly doing: string; readonly count: number; readonly pictures: () => P | Promise<P> },
  ): Promise<void> {
    const state = settings && run.readFinisher(name);
    if (!state || state.step >= settings.steps) return;
    if (count !== settings.pictures)
      throw new UserError(`The run learns ${doing} from ${settings.pictures} pictures, and \`${dataset.folder}\` has ${count} of them`);
    const given = { ...config, settings, weights: run.readState(config.spec, "best").average, pictures: await pictures() };
    const bar = progress(`learning ${doing}`, settings.steps * settings.batch, state.step * settings.batch);
    let mean: number | undefined;
    try {
      for await (const { step, loss, isKept, state: now } of learnToFinish(backend, finisher, given, state, listen)) {
        mean = (mean ?? loss) + (loss - (mean ?? loss)) / 20;
        bar.update(step * settings.batch, `error ${mean.toFixed(4)}`);
        if (isKept) run.writeFinisher(name, now());
      }
    } finally {
      bar.stop();
    }
  }

  const { alpha, train } = dataset;
  await learn("matte", MATTE, config.matte, {
    doing: "to cut out",
    count: alpha ? train.count : 0,
    pictures: () => cutOutsOf(train, alpha!.train, dataset.pictures.background),
  });
  await learn("enlarger", ENLARGER, config.enlarger, {
    doing: "to enlarge",
    count: dataset.large.length,
    pictures: () => largePictures(dataset),
  });
}
