/** A model under measurement: its card, its runtime, and a hash that identifies its images. */
import { join } from "node:path";
import { Option } from "commander";
import { type Denoiser, loadModel, ModelError, type Runtime } from "../../wasm-model/index.ts";
import type { ModelCard } from "../../wasm-model/model/card.ts";
import { readModel } from "../../wasm-model/model/onnx/reader.ts";
import { RUNTIMES, readWholeModel } from "../cli/model-files.ts";
import { progress } from "../cli/progress.ts";
import { UserError } from "../cli/user-error.ts";
import { type Dataset, paddedSplit } from "../data/dataset.ts";
import { HELD_OUT_SIGMAS, type HeldOutLoss, heldOutLoss } from "../network/held-out.ts";
import { placeWeights, type Tf, tensorDenoiser } from "../network/score-network.ts";
import { cachedFloats, digest } from "./cache.ts";
import { simdOnThreads } from "./engine-threads.ts";

const EVALUATION_RUNTIMES = ["simd", "onnxruntime", "tfjs"] as const;
export type EvaluationRuntime = (typeof EVALUATION_RUNTIMES)[number];

export const runtimeOption = (): Option =>
  new Option("--runtime <name>", "what runs the network (default: simd for int8 models, tfjs for fp32 ones)").choices(EVALUATION_RUNTIMES);

export interface EvaluatedModel {
  readonly file: string;
  readonly card: ModelCard;
  readonly denoiser: Denoiser;
  readonly precision: "int8" | "fp32";
  readonly runtime: EvaluationRuntime;
  /** Hash of the file. */
  readonly hash: string;
}

/**
 * `runtime`: by default our own engine for int8 models and TensorFlow.js for fp32 ones. Throws a UserError for an
 * unsuitable file or runtime.
 */
export async function openEvaluatedModel(tf: Tf, file: string, runtime?: EvaluationRuntime): Promise<EvaluatedModel> {
  let bytes: Uint8Array;
  try {
    bytes = readWholeModel(file);
  } catch (error) {
    throw new UserError(`Expected a model's file for \`model.onnx\` but received "${file}": ${(error as Error).message}`);
  }
  try {
    const precision = readModel(bytes).weights.convolutions.size > 0 ? "int8" : "fp32";
    const chosen = runtime ?? (precision === "int8" ? "simd" : "tfjs");
    const { card, denoiser } = await loadModel(bytes, {
      runtime: await runtimeOf(tf, chosen),
    });
    return { file, card, denoiser, precision, runtime: chosen, hash: digest(bytes) };
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    throw new UserError(`Expected a model that \`runtime\` can run for \`model.onnx\` but received "${file}": ${error.message}`);
  }
}

/** The fastest runtime for many images: the engine on all processors. */
async function runtimeOf(tf: Tf, name: EvaluationRuntime): Promise<Runtime> {
  if (name === "simd") return simdOnThreads();
  return name === "tfjs" ? tensorRuntime(tf) : RUNTIMES[name]();
}

/** TensorFlow.js as a runtime of fp32 models; its native backend is the fastest for large batches. */
function tensorRuntime(tf: Tf): Runtime {
  return {
    async load({ card, weights }) {
      if (weights.convolutions.size > 0) throw new ModelError("Expected an fp32 model for TensorFlow.js but received an int8 one");
      const placed = placeWeights(tf, card.spec, weights.floats);
      return { spec: card.spec, denoise: tensorDenoiser(tf, card.spec, placed), dispose: () => tf.dispose([...placed.values()]) };
    },
  };
}

/** The held-out loss on all test images, cached in a file. */
export async function cachedHeldOutLoss(
  { card, denoiser, hash, runtime }: EvaluatedModel,
  { test }: Dataset,
  cache: string,
): Promise<HeldOutLoss[]> {
  const path = join(cache, `held-out-${digest(hash, runtime, test.images(), test.labels)}.f32`);
  const losses = await cachedFloats(path, async () => {
    const bar = progress("held-out loss", test.count);
    const measured = await heldOutLoss(
      (x, sigma, labels) => denoiser.denoise(x, sigma, labels),
      card.spec,
      paddedSplit(test, card),
      test.count,
      (done) => bar.update(done),
    );
    bar.stop();
    return Float32Array.from(measured, ({ loss }) => loss);
  });
  return HELD_OUT_SIGMAS.map((sigma, level) => ({ sigma, loss: losses[level] }));
}
