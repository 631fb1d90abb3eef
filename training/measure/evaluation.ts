/** Measures and prints a model's held-out loss, how near its images come to training images, and how various they are. */
import type { Denoise } from "../../wasm-model/sampling/sampler.ts";
import { withoutLists } from "../../wasm-model/sampling/settings.ts";
import { counted } from "../../wasm-model/schema/text.ts";
import { writeFileAtomically } from "../cli/files.ts";
import { progress } from "../cli/progress.ts";
import { type Dataset, whichOf } from "../data/dataset.ts";
import { heldOutLoss, heldOutTable } from "../network/held-out.ts";
import type { Tf } from "../network/score-network.ts";
import { classCountsOf, paddedSplit } from "../network/split.ts";
import { alikePairs, describeAlike } from "./alike.ts";
import { drawImages, requestedClasses } from "./images.ts";
import { describeMemorization } from "./memorization.ts";
import type { EvaluatedModel } from "./model.ts";
import { describeVerdict, drawnFindings } from "./verdict.ts";

export interface Evaluated {
  readonly tf: Tf;
  readonly model: EvaluatedModel;
  readonly dataset: Dataset;
  /** Whether the model learned from other images than these. */
  readonly isOther?: boolean;
  /** Images to draw for the variety, and of other figures. */
  readonly count: number;
  /** Image i has the seed `${seed}/${i}`. */
  readonly seed: string;
}

/** The figures, and the drawn images [N, H, W, C] with their classes. `sheet`: where images beside their nearest training images go. */
export async function evaluation({ tf, model, dataset, isOther = false, count, seed }: Evaluated, sheet: string) {
  const { card, precision } = model;
  const { train, test, name, labels } = dataset;
  const denoise: Denoise = (...input) => model.denoiser.denoise(...input);
  const which = whichOf(dataset);
  const from = isOther ? "of which it may have learned some" : "by which the run also chooses its weights and its end";
  const over = `${counted(test.count, `${which} image`)} of ${name}${which === "held-out" ? `, ${from}` : ""}`;
  console.log(`${card.name}, ${precision}, ${which === "training" ? "" : "held-out "}loss over the ${over}`);
  const bar = progress("held-out loss", test.count);
  const heldOut = await heldOutLoss(denoise, card.spec, paddedSplit(test, card), test, (done) => bar.update(done));
  bar.stop();
  console.log(heldOutTable(heldOut));

  const found = await drawnFindings(tf, model, dataset, seed);
  const { memorization } = found;
  writeFileAtomically(sheet, memorization.sheet);
  console.log(describeVerdict({ ...found, fell: undefined }));
  console.log(`${describeMemorization(memorization, train.count)} See ${sheet}.`);

  const imageSet = { seed, classCounts: classCountsOf(dataset), count };
  const drawn = progress("drawing", count);
  const images = await drawImages(model, imageSet, (done) => drawn.update(done));
  drawn.stop();
  const alike = await alikePairs(tf, images, images.length / count);
  console.log(describeAlike(count, alike));

  const { distance, real: realDistance, closest } = memorization;
  const report = {
    model: card.name,
    precision,
    data: name,
    ...imageSet,
    sampling: withoutLists(card.sampling),
    labels,
    heldOut,
    neighbours: { images: found.count, distance, realDistance, closest },
    alike,
  };
  return { report, images, classes: requestedClasses(imageSet) };
}
