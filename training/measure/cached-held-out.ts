/** The held-out loss of a model on all test images, kept in a file. */
import { join } from "node:path";
import { progress } from "../cli/progress.ts";
import type { Dataset } from "../data/dataset.ts";
import { paddedSplit } from "../data/dataset.ts";
import { HELD_OUT_SIGMAS, type HeldOutLoss, heldOutLoss } from "../network/held-out.ts";
import { cachedFloats, digest } from "./cache.ts";
import type { EvaluatedModel } from "./evaluated-model.ts";

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
