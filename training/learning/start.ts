/**
 * What a run starts from: the weights of a model with any classes, which are matched by name. A class that the model does
 * not have gets an embedding drawn anew. Convolutions do not know the size of an image. A network in colour becomes one
 * in grey.
 */
import type { ModelCard } from "../../wasm-model/model/card.ts";
import type { ModelContents } from "../../wasm-model/model/onnx/writer.ts";
import { parametersOf } from "../../wasm-model/network/count.ts";
import type { Weights } from "../../wasm-model/network/quantization.ts";
import { type NetworkSpec, RGB } from "../../wasm-model/network/spec.ts";
import { listed } from "../../wasm-model/schema/text.ts";
import { UserError } from "../cli/user-error.ts";
import { initialParameters, type Parameters, storedFilters } from "../network/parameters.ts";

/** The parameter whose columns belong to the classes: [width, classes]. An unconditional network has none. */
const EMBEDDINGS = "emb.class";

/** A weight of no trained network is as large. */
const ABSURD = 1e3;

/**
 * The first weights of a run with this network and these classes; parameters that the model lacks are drawn from the seed. Throws a
 * UserError for a model whose weights no training has made.
 */
export function startingWeights(spec: NetworkSpec, labels: readonly string[], model: ModelContents, seed: string): Parameters {
  const random = initialParameters(spec, seed);
  const floats = floatsOf(model.weights);
  expectTrained(floats, "model to start from");
  const given = spec.channels < model.card.spec.channels ? inGrey(spec, floats) : floats;
  const weights = new Map([...random, ...given]);
  const [drawn, own] = [random, given].map((parameters) => parameters.get(EMBEDDINGS));
  if (drawn) weights.set(EMBEDDINGS, own ? embeddingsFor(labels, drawn, model.card.labels, own) : drawn);
  return storedFilters(parametersOf(spec), weights);
}

/** Throws a UserError for weights that no training has made. `source`: whose they are. */
export function expectTrained(floats: Parameters, source: string): void {
  for (const [path, values] of floats) {
    const absurd = values.find((value) => !(Math.abs(value) < ABSURD));
    if (absurd !== undefined)
      throw new UserError(`The ${source} is of no use: \`${path}\` among its weights has the value ${absurd}, which no training gives`);
  }
}

/** All parameters as floats: the filters of an int8 model are its codes times their scales. */
export function floatsOf({ floats, convolutions }: Weights): Parameters {
  const all = new Map(floats);
  for (const [path, { weights, scales }] of convolutions) {
    const size = weights.length / scales.length;
    all.set(
      path,
      Float32Array.from(weights, (code, i) => code * scales[Math.floor(i / size)]),
    );
  }
  return all;
}

/**
 * The weights of a network in colour for one in grey: an input filter is the sum over red, green and blue, and an output
 * filter their mean. Their maps have channels 4 pixels x RGB, the first one a constant after them.
 */
function inGrey({ widths: [width] }: NetworkSpec, floats: Parameters): Parameters {
  const colour = floats.get("in") as Float32Array;
  const pixels = 4;
  const taps = colour.length / (width * (RGB * pixels + 1));
  const grey = new Float32Array(width * (pixels + 1) * taps);
  for (let o = 0; o < width; o++) {
    for (let i = 0; i <= RGB * pixels; i++) {
      const at = (o * (pixels + 1) + Math.floor(i / RGB)) * taps;
      for (let tap = 0; tap < taps; tap++) grey[at + tap] += colour[(o * (RGB * pixels + 1) + i) * taps + tap];
    }
  }
  const drawn = floats.get("out") as Float32Array;
  const size = drawn.length / (RGB * pixels);
  const mean = Float32Array.from({ length: pixels * size }, (_, at) => {
    const first = RGB * Math.floor(at / size) * size + (at % size);
    return (drawn[first] + drawn[first + size] + drawn[first + 2 * size]) / RGB;
  });
  return new Map([...floats, ["in", grey], ["out", mean], ["out.gain", gainOfMean(floats, mean, size)]]);
}

/** Filters are used at unit norm, and a mean of filters is shorter: the gain of the output makes up for it. */
function gainOfMean(floats: Parameters, mean: Float32Array, size: number): Float32Array {
  const norms = Array.from({ length: mean.length / size }, (_, o) => Math.hypot(...mean.subarray(o * size, (o + 1) * size)));
  const [gain] = floats.get("out.gain") as Float32Array;
  return Float32Array.of((gain * norms.reduce((sum, norm) => sum + norm, 0)) / norms.length);
}

/** Embeddings of these classes: the model's own where it has the name, else random ones, all at a root mean square of one. */
function embeddingsFor(labels: readonly string[], random: Float32Array, known: readonly string[], own: Float32Array): Float32Array {
  if (labels.join("\n") === known.join("\n")) return own;
  const columns = labels.map((label) => known.indexOf(label));
  return random.map((drawn, i) => {
    const column = columns[i % labels.length];
    if (column < 0) return drawn;
    const start = Math.floor(i / labels.length) * known.length;
    const row = own.subarray(start, start + known.length);
    return (row[column] * Math.sqrt(known.length)) / Math.hypot(...row);
  });
}

/** A line on the classes that are known and those that are not; undefined if the model has the same ones. */
export function describeClasses(
  labels: readonly string[],
  { name, labels: known }: Pick<ModelCard, "name" | "labels">,
): string | undefined {
  const [kept, added] = [true, false].map((isKnown) => labels.filter((label) => known.includes(label) === isKnown));
  if (added.length === 0 && labels.length === known.length) return undefined;
  return `classes that ${name}, which the run starts from, knows: ${listed(kept) || "none"}; new ones: ${listed(added) || "none"}`;
}
