/** What a model is like beside a folder's images, in a person's sentences: at the end of a run, and of any model. */
import type { GenerativeModel } from "../../wasm-model/render/generate.ts";
import type { Denoise } from "../../wasm-model/sampling/sampler.ts";
import { counted } from "../../wasm-model/schema/text.ts";
import { type Dataset, splitNameOf } from "../data/dataset.ts";
import { type HeldOutLoss, heldOutLoss, heldOutTable, meanLoss } from "../network/held-out.ts";
import type { Tf } from "../network/score-network.ts";
import { paddedSplit, type Split } from "../network/split.ts";
import { describeMemorization } from "./memorization.ts";
import { neighboursSheet } from "./sheets.ts";
import { type Findings, judgeModel } from "./verdict.ts";

/** Images above their nearest training images. */
export const NEIGHBOURS = "neighbours.png";

export interface Measured extends Pick<Findings, "fell" | "likeness"> {
  /** The int8 network, whose images are judged. */
  readonly model: GenerativeModel;
  /** Of the network whose losses are measured. */
  readonly denoise: Denoise;
  /** Images of each split, and draws of noise for each. */
  readonly extent: { readonly count: number; readonly draws?: number };
  /** Image i has the seed `${seed}/${i}`. */
  readonly seed: string;
  /** What its training chose by the held-out images; undefined where it may have learned some of them. */
  readonly chose: string | undefined;
  /** Awaited between two pieces of work; may throw. */
  readonly pause?: () => Promise<void>;
}

export interface ModelFindings {
  /** The first is the verdict. */
  readonly sentences: readonly string[];
  readonly heldOut: readonly HeldOutLoss[];
  /** Which images the losses are over. */
  readonly over: string;
  /** Images [N, H, W, C] that were drawn. */
  readonly drawn: Uint8Array;
  /** PNG: drawn images above their nearest training images. */
  readonly neighbours: Uint8Array;
}

/** Measures losses and draws images; prints the losses. */
export async function modelFindings(tf: Tf, dataset: Dataset, measured: Measured): Promise<ModelFindings> {
  const { model, denoise, extent, chose, pause, ...facts } = measured;
  const { card } = model;
  const { train, test } = dataset;
  const which = splitNameOf(dataset);
  const lossOver = (split: Split): Promise<HeldOutLoss[]> => heldOutLoss(denoise, card.spec, paddedSplit(split, card), extent, pause);
  const heldOut = await lossOver(test);
  const seen = which === "training" ? undefined : await lossOver(train);
  const found = await judgeModel(tf, model, dataset, facts, pause);
  const count = Math.min(extent.count, test.count);
  const part = { test: ", which chose nothing", "held-out": chose ? `, ${chose}` : ", of which it may have learned some", training: "" };
  const over = counted(count, `${which} image`) + part[which];
  console.log(`${which === "training" ? "" : "held-out "}loss over ${over}:\n${heldOutTable(heldOut)}`);
  const sentences = [
    found.verdict,
    ...(seen ? [describeGap(heldOut, seen, count)] : []),
    describeMemorization(found.memorization, train.count),
  ];
  const { drawn, memorization } = found;
  return { sentences, heldOut, over, drawn, neighbours: neighboursSheet(drawn, memorization.nearest, dataset) };
}

/** A loss this many times as high on held-out images shows that the network knows the training images themselves. */
const GAP = 1.25;
/** The logarithm of that ratio scatters by 0.75 / sqrt(n) over n images: twice that must be exceeded, or it may be chance. */
const SCATTER = 1.5;

/** The loss over so many held-out images beside that over as many training images. */
export function describeGap(heldOut: readonly HeldOutLoss[], seen: readonly HeldOutLoss[], images: number): string {
  const [other, own] = [meanLoss(heldOut), meanLoss(seen)];
  const losses = `mean loss ${other.toFixed(3)}, and ${own.toFixed(3)} on those`;
  if (!(other > GAP * own)) return `It denoises images that it never saw about as well as those that it learned from (${losses}).`;
  return Math.log(other / own) > SCATTER / Math.sqrt(images)
    ? `It denoises the images that it learned from better than others (${losses}): it begins to learn them by heart.`
    : `${images === 1 ? "1 held-out image is" : `${images} held-out images are`} too few to tell whether it denoises those that it learned from better (${losses}).`;
}
