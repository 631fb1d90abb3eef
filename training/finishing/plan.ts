/** What a run learns to finish its images with, for how long, and what it costs. */
import { nativeShape } from "../../wasm-model/model/card.ts";
import { enlargerFile } from "../../wasm-model/model/model.ts";
import { readFinisher } from "../../wasm-model/model/onnx/reader.ts";
import { finisherCounts, macsOf } from "../../wasm-model/network/count.ts";
import { FINISHER_NAMES, type FinisherName } from "../../wasm-model/network/finishers.ts";
import type { Weights } from "../../wasm-model/network/quantization.ts";
import type { TrainingState } from "../learning/checkpoint.ts";
import { TRAINING_EVALUATIONS } from "../learning/reports.ts";
import type { TrainingSettings } from "../learning/settings.ts";
import { ENLARGER, type EnlargerSettings } from "./enlarger.ts";
import { type FinisherSettings, stateFrom } from "./finisher.ts";
import { MATTE, type MatteSettings } from "./matte.ts";

/** How each learns. */
export const LEARNING = { enlarger: ENLARGER, matte: MATTE } as const satisfies Record<FinisherName, unknown>;
export type FinisherStates = { readonly [N in FinisherName]?: TrainingState | undefined };

/** What decides a run's weights, and how it learns to finish its images. */
export interface FinishingSettings extends TrainingSettings, FinishingPlan {}

interface FinishingPlan {
  /** Absent if its images are not cut out. */
  readonly matte?: MatteSettings | undefined;
  /** Absent if the library's enlarger, or that of its source, enlarges its images. */
  readonly enlarger?: EnlargerSettings | undefined;
}

const MATTE_DEFAULTS = { batch: 32, denoised: 12, learningRate: 0.02, decayShare: 0.4 };
const ENLARGER_DEFAULTS = { batch: 16, denoised: 6, learningRate: 0.02, decayShare: 0.7, edges: 0.5 };

/** Both take at most this share of the run's multiply-accumulates (training/LOG.md). */
const SHARE = 0.2;
/** Most steps of a matte, and the fewest, whatever they cost: without it nothing is cut out. The hard edges of pixel art are soon learned. */
const [MOST_MATTE, FEWEST_MATTE] = [700, 200];
/** Most steps of an enlarger, and those below which there is no gain. */
const MOST_ENLARGER = 300;
export const FEWEST_ENLARGER = 40;
/** A style is not in fewer pictures than this. */
const FEWEST_PICTURES = 30;
/** Images of this width or height, whose pictures would have 256 pixels, are enlarged by the library. */
const TOO_LARGE = 64;

/** Of a run that has no time for more, on the page and after Ctrl-C. 60 steps of an enlarger bring four fifths of the gain of 300 (training/LOG.md). */
const SHORT = { matte: { steps: 120, batch: 16, denoised: 4 }, enlarger: { steps: 60 } };

/** What a run starts from: the source's, or the library's enlarger; the source has a matte if one is learned. An enlarger of the source's stays where none is learned. */
export async function firstFinishers(
  plan: FinishingPlan,
  source: { readonly [N in FinisherName]?: Weights | undefined } = {},
): Promise<FinisherStates> {
  const enlarger = source.enlarger ?? (plan.enlarger && readFinisher("enlarger", await enlargerFile()));
  return { ...(enlarger && { enlarger: stateFrom(ENLARGER, enlarger) }), ...(plan.matte && { matte: stateFrom(MATTE, source.matte!) }) };
}

type Run = Pick<TrainingSettings, "spec" | "crop">;

/** The pictures of a run: those with their opacity, and those of four times native. */
export type FinishingPictures = Readonly<Record<"cutOuts" | "large", number>>;

/** What a run learns with so many pictures: as many steps as it can afford, or few in any case. */
export function planFinishing(
  run: Run & Pick<TrainingSettings, "images" | "palette">,
  { cutOuts, large }: FinishingPictures,
  length: "affordable" | "short" = "affordable",
): FinishingPlan {
  const given: Partial<typeof SHORT> = length === "short" ? SHORT : {};
  const { height, width } = nativeShape(run);
  const budget = SHARE * TRAINING_EVALUATIONS * macsOf(run.spec) * run.images;
  const affordable = (name: FinisherName, settings: Pick<FinisherSettings, "batch" | "denoised">, spent = 0): number =>
    Math.floor((budget - spent) / stepMacs(run, name, settings));
  const ofMatte = run.palette ? FEWEST_MATTE : Math.min(MOST_MATTE, Math.max(FEWEST_MATTE, affordable("matte", MATTE_DEFAULTS)));
  const matte = cutOuts > 0 ? { pictures: cutOuts, steps: ofMatte, ...MATTE_DEFAULTS, ...given.matte } : undefined;
  const ofEnlarger = Math.min(MOST_ENLARGER, affordable("enlarger", ENLARGER_DEFAULTS, finishingCost({ ...run, matte })));
  const enlarger = { pictures: large, steps: ofEnlarger, ...ENLARGER_DEFAULTS, ...given.enlarger };
  const isWorthIt = large >= FEWEST_PICTURES && Math.max(height, width) < TOO_LARGE && enlarger.steps >= FEWEST_ENLARGER;
  return { ...(matte && { matte }), ...(isWorthIt && { enlarger }) };
}

/** Multiply-accumulates of a step, with those of the run's network. */
function stepMacs(run: Run, name: FinisherName, { batch, denoised }: Pick<FinisherSettings, "batch" | "denoised">): number {
  const { height, width } = name === "matte" ? run.spec : nativeShape(run);
  const { macs } = finisherCounts(name, height, width);
  return TRAINING_EVALUATIONS * batch * macs + denoised * macsOf(run.spec);
}

/** Multiply-accumulates of all steps. */
export function finishingCost(run: Run & FinishingPlan): number {
  const costs = FINISHER_NAMES.map((name) => (run[name] ? run[name].steps * stepMacs(run, name, run[name]) : 0));
  return costs.reduce((sum, cost) => sum + cost, 0);
}
