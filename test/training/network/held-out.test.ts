import { describe, expect, it } from "vitest";
import { chooseBackend } from "../../../training/backend/index.ts";
import { HELD_OUT_SIGMAS, heldOutLoss } from "../../../training/network/held-out.ts";
import { initialParameters } from "../../../training/network/parameters.ts";
import { placeWeights, tensorDenoiser } from "../../../training/network/score-network.ts";
import { memorySplit } from "../../../training/network/split.ts";
import { TINY } from "../../support/random-model.ts";
import { normalValues } from "../../support/random-numbers.ts";

const { tf } = await chooseBackend("wasm");

describe("the held-out loss", () => {
  /**
   * More than one batch of images, and no multiple of it, whose pixels are Gaussian with the standard deviation that
   * TINY states.
   */
  const count = 600;
  const pixels = normalValues("held-out images", count * TINY.height * TINY.width);
  const images = Uint8Array.from(pixels, (value) => Math.min(255, Math.max(0, Math.round((value * TINY.sigmaData + 1) * 127.5))));
  const split = memorySplit(images, new Uint8Array(count));

  it("is about 1 at every noise level for an untrained network on N(0, sigmaData^2), and the same each time", async () => {
    const weights = placeWeights(tf, TINY, initialParameters(TINY, "seed"));
    const seen: number[] = [];
    const losses = await heldOutLoss(tensorDenoiser(tf, TINY, weights), TINY, split, { count }, (done) => {
      seen.push(done);
    });
    expect(losses.map(({ sigma }) => sigma)).toEqual([...HELD_OUT_SIGMAS]);
    // Bytes hold values to +-1 only, two standard deviations: 4.5 % of the pixels are cut there, which costs up to a
    // tenth at the low noise levels.
    for (const { loss } of losses) expect(Math.abs(loss - 1)).toBeLessThan(0.15);
    expect(seen).toEqual([250, 500, 600]);
    expect(await heldOutLoss(tensorDenoiser(tf, TINY, weights), TINY, split, { count })).toEqual(losses);
    tf.dispose([...weights.values()]);
  });
});
