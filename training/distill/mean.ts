/** One model of several. */
import type { Model } from "../../wasm-model/model/onnx/writer.ts";

/**
 * The fp32 model whose weights are the mean of those of several, which must be of one network and must have begun at the same weights (Wortsman et al. 2022, "Model soups"). What students please their
 * classifiers by differs from one to the other, what makes them better does not. The card is the first one's.
 */
export function meanOf([first, ...others]: readonly Model[]): Model {
  const mean = (path: string, values: Float32Array): Float32Array => {
    const all = others.map(({ weights }) => weights.floats.get(path) as Float32Array);
    return values.map((value, i) => all.reduce((sum, one) => sum + one[i], value) / (all.length + 1));
  };
  const floats = new Map([...first.weights.floats].map(([path, values]) => [path, mean(path, values)]));
  return { card: first.card, weights: { ...first.weights, floats } };
}
