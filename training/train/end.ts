/**
 * The work after the last training step: tunes the sampling settings, and shows images beside their nearest training
 * images. Work that is already done is skipped.
 */
import { existsSync } from "node:fs";
import type { Denoise } from "../../wasm-model/sampling/sampler.ts";
import type { Backend } from "../backend/index.ts";
import { writeFileAtomically } from "../cli/files.ts";
import { classCountsOf, type Dataset } from "../data/dataset.ts";
import { drawImages, requestedClasses } from "../measure/images.ts";
import { describeMemorization, imagesToTest, memorization } from "../measure/memorization.ts";
import { ownDistances } from "../measure/own-distance.ts";
import { sampleGrid } from "../network/draw.ts";
import type { Parameters } from "../network/parameters.ts";
import { drawSettings } from "../record/settings.ts";
import { readChosenSampling } from "../run/sampling.ts";
import { cardOf, type RunConfig, trainedModel } from "./config.ts";
import { NEIGHBOURS, type TrainingRun } from "./folder.ts";
import { sweep } from "./sweep.ts";

export interface TrainedRun {
  readonly run: TrainingRun;
  readonly config: RunConfig;
  readonly dataset: Dataset;
  /** The trained network: its averaged weights, and D(x, sigma) computed with them. */
  readonly average: Parameters;
  readonly denoise: Denoise;
}

export async function finishRun(backend: Backend, trained: TrainedRun): Promise<void> {
  if (trained.config.sweep !== undefined) await tuneSampling(backend, trained, trained.config.sweep);
  await showNeighbours(backend, trained);
}

/** Tunes the sampling settings by `images` images each, and draws the last grid with them. */
async function tuneSampling({ tf }: Backend, { run, config, dataset, average, denoise }: TrainedRun, images: number): Promise<void> {
  if (readChosenSampling(run.path)) return;
  const model = trainedModel(config, average);
  const distanceOf = ownDistances(tf, { dataset, model, images, seed: `${config.seed}/sweep` });
  const sampling = await sweep({ folder: run.path, card: model.card, denoise, distanceOf });
  run.writeSamples(config.steps, await sampleGrid(cardOf(config, sampling), denoise, config.seed));
}

/** Draws images with the finished network beside their nearest training images. */
async function showNeighbours({ tf }: Backend, { run, config, dataset, denoise }: TrainedRun): Promise<void> {
  const path = run.file(NEIGHBOURS);
  if (existsSync(path)) return;
  const card = cardOf(config, readChosenSampling(run.path));
  const tested = imagesToTest(classCountsOf(dataset));
  const imageSet = { settings: drawSettings(card, {}), seed: config.seed, ...tested };
  const images = await drawImages({ card, denoiser: { denoise } }, imageSet);
  const found = await memorization(tf, dataset, images, requestedClasses(tested.count, card, tested.classCounts));
  writeFileAtomically(path, found.sheet);
  console.log(`${describeMemorization(found, dataset.train.count)}: see ${path}`);
}
