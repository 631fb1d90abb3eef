/** Which layer is to blame where a network has diverged. */
import { expect, it } from "vitest";
import { divergedLayer } from "../../../training/learning/divergence.ts";
import { placeWeights } from "../../../training/network/score-network.ts";
import { randomModel, TINY, withTraining } from "../../support/random-model.ts";
import { wasmBackend } from "../../support/wasm-backend.ts";

const tf = await wasmBackend();

/** What is blamed when these parameters have such a first value. */
function blamed(values: Readonly<Record<string, number>>): string {
  const floats = new Map(withTraining(randomModel(TINY, 1, "fp32")).weights.floats);
  for (const [path, value] of Object.entries(values)) floats.set(path, floats.get(path)!.with(0, value));
  const weights = placeWeights(tf, TINY, floats);
  const x = tf.randomNormal([2, TINY.height, TINY.width, 1], 0, 1, "float32", 1);
  const layer = divergedLayer(tf, TINY, weights, { x, sigma: tf.fill([2, 1], 0.7), label: tf.zeros([2, TINY.classes]) });
  tf.dispose([...weights.values(), x]);
  return layer;
}

it.each(["in", "emb.noise", "enc.0.0.conv1", "down", "dec.1.0.emb", "dec.0.1.gain", "out", "out.gain", "logVariance", "logVariance.gain"])(
  "of weights that are no longer finite at `%s`, it is that",
  (path) => expect(blamed({ [path]: Number.NaN })).toBe(path),
);

it("of several such layers it is the last one, where the gradient arrived first", () => {
  expect(blamed({ in: Number.NaN, "enc.1.0.conv0": Number.NaN, "emb.noise": Number.POSITIVE_INFINITY })).toBe("enc.1.0.conv0");
});

it.each([
  ["finite weights that are too large", 1e6],
  ["finite weights whose square is not", 1e30],
])("for %s it is the layer that has them", (_, gain) => {
  expect(blamed({ "enc.0.0.gain": gain })).toBe("enc.0.0.gain");
});
