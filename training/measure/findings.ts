/** What a model is like beside a folder's images, in a person's sentences: at the end of a run, and of any model. */
import type { GenerativeModel } from "../../wasm-model/render/generate.ts";
import type { Denoise } from "../../wasm-model/sampling/sampler.ts";
import { counted } from "../../wasm-model/schema/text.ts";
import { type Dataset, splitNameOf } from "../data/dataset.ts";
import { type HeldOutLoss, heldOutLoss } from "../network/held-out.ts";
import type { Tf } from "../network/score-network.ts";
import { paddedSplit } from "../network/split.ts";
import { describeMemorization } from "./memorization.ts";
import { neighboursSheet } from "./sheets.ts";
import { type Findings, judgeModel, type Verdict } from "./verdict.ts";

/** Images above their nearest training images. */
export const NEIGHBOURS = "neighbours.png";

export interface Measured extends Pick<Findings, "fell" | "likeness"> {
  /** The int8 network, whose images are judged. */
  readonly model: GenerativeModel;
  /** Of the network whose losses are measured. */
  readonly denoise: Denoise;
  /** Held-out images, and draws of noise for each. */
  readonly extent: { readonly count: number; readonly draws?: number };
  /** Image i has the seed `${seed}/${i}`. */
  readonly seed: string;
  /** What its training chose by the held-out images; undefined where it may have learned some of them. */
  readonly chose: string | undefined;
  /** Awaited between two pieces of work; may throw. */
  readonly pause?: () => Promise<void>;
}

export interface ModelFindings {
  readonly verdict: Verdict;
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
  const heldOut = await heldOutLoss(denoise, card.spec, paddedSplit(test, card), extent, pause);
  const found = await judgeModel(tf, model, dataset, facts, pause);
  const count = Math.min(extent.count, test.count);
  const part = { test: ", which chose nothing", "held-out": chose ? `, ${chose}` : ", of which it may have learned some", training: "" };
  const over = counted(count, `${which} image`) + part[which];
  const losses = heldOut.map(({ sigma, loss }) => `${loss.toFixed(4)} at sigma ${sigma}`).join(", ");
  console.log(`${which === "training" ? "" : "held-out "}loss over ${over}:\n${losses}`);
  const sentences = [found.verdict, describeMemorization(found.memorization, train.count)];
  const { kind: verdict, drawn, memorization } = found;
  return { verdict, sentences, heldOut, over, drawn, neighbours: neighboursSheet(drawn, memorization.nearest, dataset) };
}
