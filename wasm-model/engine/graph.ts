/** Records the score network and the enlarger as graphs: `Ops` whose values are nodes. Nothing is computed. */

import type { Shape } from "../network/count.ts";
import { ENLARGER_CHANNELS, enlargerNetwork } from "../network/enlarger.ts";
import { scoreNetwork } from "../network/network.ts";
import type { ConvShape, Ops } from "../network/ops.ts";
import type { NetworkSpec } from "../network/spec.ts";

/** A node's operation with its parameters, without its inputs. */
export type GraphOperation =
  | { readonly op: "image" | "sigma" | "label" }
  | { readonly op: "product" | "reciprocalSqrt" | "log" | "silu" }
  | { readonly op: "modulate" | "add" | "spaceToDepth" | "depthToSpace" | "appendOne" }
  | { readonly op: "downsample" | "upsample" }
  | { readonly op: "affine"; readonly a: number; readonly b: number }
  | { readonly op: "mpSum"; readonly t: number }
  | { readonly op: "linear" | "gain" | "quantize"; readonly path: string }
  | { readonly op: "fourier"; readonly path: string }
  | { readonly op: "conv"; readonly path: string; readonly kernel: ConvShape["kernel"] };

export type Node = GraphOperation & {
  readonly inputs: readonly Node[];
  readonly shape: Shape;
};

/** Nodes with one of the operations `Op`, which share a line of `GraphOperation`. */
export type NodeOf<Op extends Node["op"]> = Extract<Node, { op: Op }>;

export interface Graph {
  /** Each node comes after its inputs. */
  readonly nodes: readonly Node[];
  readonly output: Node;
}

export function recordNetwork(spec: NetworkSpec): Graph {
  const recorder = new GraphRecorder();
  const output = scoreNetwork(recorder, spec, {
    x: recorder.node({ op: "image" }, [], [spec.channels, spec.height, spec.width]),
    sigma: recorder.node({ op: "sigma" }, [], [1]),
    label: recorder.node({ op: "label" }, [], [spec.classes]),
  });
  return { nodes: recorder.nodes, output };
}

/** The enlarger for an image of this size. */
export function recordEnlarger(height: number, width: number): Graph {
  const recorder = new GraphRecorder();
  const output = enlargerNetwork(recorder, recorder.node({ op: "image" }, [], [ENLARGER_CHANNELS, height, width]));
  return { nodes: recorder.nodes, output };
}

class GraphRecorder implements Ops<Node> {
  readonly nodes: Node[] = [];

  node(operation: GraphOperation, inputs: readonly Node[], shape: Shape): Node {
    const node: Node = { ...operation, inputs, shape };
    this.nodes.push(node);
    return node;
  }

  affine = (v: Node, a: number, b: number): Node => this.node({ op: "affine", a, b }, [v], v.shape);
  product = (u: Node, v: Node): Node => this.node({ op: "product" }, [u, v], u.shape);
  reciprocalSqrt = (v: Node): Node => this.node({ op: "reciprocalSqrt" }, [v], v.shape);
  log = (v: Node): Node => this.node({ op: "log" }, [v], v.shape);
  fourier = (v: Node, path: string, features: number): Node => this.node({ op: "fourier", path }, [v], [features]);
  linear = (v: Node, path: string, _inputs: number, outputs: number): Node => this.node({ op: "linear", path }, [v], [outputs]);

  silu = (x: Node): Node => this.node({ op: "silu" }, [x], x.shape);
  mpSum = (a: Node, b: Node, t: number): Node => this.node({ op: "mpSum", t }, [a, b], a.shape);
  gain = (x: Node, path: string): Node => this.node({ op: "gain", path }, [x], x.shape);

  modulate = (x: Node, v: Node): Node => this.node({ op: "modulate" }, [x, v], x.shape);
  add = (a: Node, b: Node): Node => this.node({ op: "add" }, [a, b], a.shape);
  spaceToDepth = (x: Node): Node => this.node({ op: "spaceToDepth" }, [x], resized(x, 4, 1 / 2));
  depthToSpace = (x: Node): Node => this.node({ op: "depthToSpace" }, [x], resized(x, 1 / 4, 2));
  appendOne = (x: Node): Node => this.node({ op: "appendOne" }, [x], [x.shape[0] + 1, ...x.shape.slice(1)]);
  downsample = (x: Node): Node => this.node({ op: "downsample" }, [x], resized(x, 1, 1 / 2));
  upsample = (x: Node): Node => this.node({ op: "upsample" }, [x], resized(x, 1, 2));
  quantize = (x: Node, path: string): Node => this.node({ op: "quantize", path }, [x], x.shape);
  conv = (x: Node, path: string, { outputs, kernel }: ConvShape): Node =>
    this.node({ op: "conv", path, kernel }, [x], [outputs, ...x.shape.slice(1)]);
}

function resized({ shape: [channels, height, width] }: Node, depth: number, size: number): Shape {
  return [channels * depth, height * size, width * size];
}
