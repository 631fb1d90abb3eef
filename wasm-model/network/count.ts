/** A network's parameters and cost, from its recorded graph. */
import { type FinisherName, MATTE_UNIT } from "./finishers.ts";
import { type NetworkGraph, type Parameter, recordFinisher, recordNetwork } from "./recorder.ts";
import type { NetworkSpec } from "./spec.ts";

export type { Parameter } from "./recorder.ts";

/** Every parameter of the network by its path, in the order of first use. Throws if the architecture's shapes do not fit. */
export function parametersOf(spec: NetworkSpec): Map<string, Parameter> {
  const served = recordNetwork(spec).parameters;
  const all = [...recordNetwork(spec, true).parameters];
  return new Map(all.map(([path, parameter]) => [path, served.has(path) ? parameter : { ...parameter, trainingOnly: true }]));
}

const macsBySpec = new WeakMap<NetworkSpec, number>();

/** Multiply-accumulates of convolutions and linear layers in one evaluation of one image. Counted once for each spec. */
export function macsOf(spec: NetworkSpec): number {
  const macs = macsBySpec.get(spec) ?? macsIn(recordNetwork(spec));
  macsBySpec.set(spec, macs);
  return macs;
}

function macsIn({ nodes, parameters }: NetworkGraph): number {
  let macs = 0;
  for (const node of nodes) {
    if (node.op !== "conv" && node.op !== "linear") continue;
    const [, height = 1, width = 1] = node.shape;
    macs += parameters.get(node.path)!.shape.reduce((product, n) => product * n, height * width);
  }
  return macs;
}

/** Paths of the quantization points, one per quantized convolution, in the order of evaluation. */
export const quantizedPathsOf = (spec: NetworkSpec): string[] => quantizedIn(recordNetwork(spec));

const quantizedIn = ({ nodes }: NetworkGraph): string[] => nodes.flatMap((node) => (node.op === "quantize" ? [node.path] : []));

/** As `parametersOf`, `quantizedPathsOf` and `macsOf`, of a finisher for an image of this size. All but the cost is the same for any. */
export function finisherCounts(name: FinisherName, height = MATTE_UNIT, width = MATTE_UNIT) {
  const graph = recordFinisher(name, height, width);
  return { parameters: graph.parameters, quantized: quantizedIn(graph), macs: macsIn(graph) };
}
