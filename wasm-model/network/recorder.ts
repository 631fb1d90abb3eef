/** Records a network as a graph: `Ops` whose values are nodes with their shapes. Nothing is computed. */
import { FINISHERS, type FinisherName } from "./finishers.ts";
import { CHANGES, logVariance, scoreNetwork } from "./network.ts";
import type { ConvShape, Ops } from "./ops.ts";
import { type NetworkSpec, RGB } from "./spec.ts";

/** NodeShape of one image's share: a map [C, H, W] or a vector [D]. */
export type NodeShape = readonly number[];

export interface Parameter {
  /** conv [outputs, inputs, kernel, kernel], linear [outputs, inputs], gain [], constant [features]. */
  readonly shape: readonly number[];
  /** `conv` and `linear` filters are learned at unit norm per output, a `gain` is learned freely, a `constant` is drawn once. */
  readonly kind: "conv" | "linear" | "gain" | "constant";
  /** Used in training only, so not exported. */
  readonly trainingOnly?: boolean;
}

/** A node's operation with its parameters, without its inputs. */
type NodeOperation =
  | { readonly op: "image" | "sigma" | "label" | "change" }
  | { readonly op: "product" | "reciprocalSqrt" | "log" | "silu" }
  | { readonly op: "modulate" | "add" | "spaceToDepth" | "depthToSpace" | "appendOne" }
  | { readonly op: "downsample" | "upsample" }
  | { readonly op: "affine"; readonly a: number; readonly b: number }
  | { readonly op: "mpSum"; readonly t: number }
  | { readonly op: "fourier" | "linear" | "gain" | "quantize"; readonly path: string }
  | { readonly op: "conv"; readonly path: string; readonly kernel: ConvShape["kernel"] };

export type Node = NodeOperation & {
  readonly inputs: readonly Node[];
  readonly shape: NodeShape;
};

/** Nodes with one of the operations `Op`, which share a line of `NodeOperation`. */
export type NodeOf<Op extends Node["op"]> = Extract<Node, { op: Op }>;

export interface NetworkGraph {
  /** Each node comes after its inputs. */
  readonly nodes: readonly Node[];
  readonly output: Node;
  /** By path, in the order of first use. */
  readonly parameters: ReadonlyMap<string, Parameter>;
}

/** `inTraining`: with what only training uses, the change of an image and the log-variance of the loss. */
export function recordNetwork(spec: NetworkSpec, inTraining = false): NetworkGraph {
  const recorder = new Recorder();
  const x = recorder.node({ op: "image" }, [], [spec.channels, spec.height, spec.width]);
  const sigma = recorder.node({ op: "sigma" }, [], [1]);
  const label = recorder.node({ op: "label" }, [], [spec.classes]);
  const change = inTraining ? recorder.node({ op: "change" }, [], [CHANGES]) : undefined;
  const output = scoreNetwork(recorder, spec, { x, sigma, label, change });
  if (inTraining) logVariance(recorder, spec, sigma);
  return { nodes: recorder.nodes, parameters: recorder.parameters, output };
}

/** A finisher for an image of this size. */
export function recordFinisher(name: FinisherName, height: number, width: number): NetworkGraph {
  const recorder = new Recorder();
  const output = FINISHERS[name](recorder, recorder.node({ op: "image" }, [], [RGB, height, width]));
  return { nodes: recorder.nodes, parameters: recorder.parameters, output };
}

class Recorder implements Ops<Node> {
  readonly nodes: Node[] = [];
  readonly parameters = new Map<string, Parameter>();

  /** By default of its first input's shape. */
  node(operation: NodeOperation, inputs: readonly Node[], shape: NodeShape = inputs[0].shape): Node {
    const node: Node = { ...operation, inputs, shape };
    this.nodes.push(node);
    return node;
  }

  affine = (v: Node, a: number, b: number): Node => this.node({ op: "affine", a, b }, [v]);
  reciprocalSqrt = (v: Node): Node => this.node({ op: "reciprocalSqrt" }, [v]);
  log = (v: Node): Node => this.node({ op: "log" }, [v]);
  silu = (x: Node): Node => this.node({ op: "silu" }, [x]);
  product = (u: Node, v: Node): Node => this.node({ op: "product" }, [u, v]);
  mpSum = (a: Node, b: Node, t: number): Node => this.node({ op: "mpSum", t }, [a, b]);
  add = (a: Node, b: Node): Node => this.node({ op: "add" }, [a, b]);
  modulate = (x: Node, v: Node): Node => this.node({ op: "modulate" }, [x, v]);
  quantize = (x: Node, path: string): Node => this.node({ op: "quantize", path }, [x]);

  fourier(v: Node, path: string, features: number): Node {
    this.#declare(`${path}.frequencies`, "constant", [features]);
    this.#declare(`${path}.phases`, "constant", [features]);
    return this.node({ op: "fourier", path }, [v], [features]);
  }

  linear(v: Node, path: string, inputs: number, outputs: number): Node {
    this.#declare(path, "linear", [outputs, inputs]);
    return this.node({ op: "linear", path }, [v], [outputs]);
  }

  gain(x: Node, path: string): Node {
    this.#declare(path, "gain", []);
    return this.node({ op: "gain", path }, [x]);
  }

  spaceToDepth = (x: Node): Node => this.#resized("spaceToDepth", x, 4, 1 / 2);
  depthToSpace = (x: Node): Node => this.#resized("depthToSpace", x, 1 / 4, 2);
  downsample = (x: Node): Node => this.#resized("downsample", x, 1, 1 / 2);
  upsample = (x: Node): Node => this.#resized("upsample", x, 1, 2);

  /** A map of so many times the channels, and the width and height. */
  #resized(op: "spaceToDepth" | "depthToSpace" | "downsample" | "upsample", x: Node, depth: number, size: number): Node {
    const [channels, height, width] = x.shape;
    return this.node({ op }, [x], [depth * channels, size * height, size * width]);
  }

  appendOne(x: Node): Node {
    const [channels, ...size] = x.shape;
    return this.node({ op: "appendOne" }, [x], [channels + 1, ...size]);
  }

  conv(x: Node, path: string, { inputs, outputs, kernel }: ConvShape): Node {
    const [, ...size] = x.shape;
    this.#declare(path, "conv", [outputs, inputs, kernel, kernel]);
    return this.node({ op: "conv", path, kernel }, [x], [outputs, ...size]);
  }

  #declare(path: string, kind: Parameter["kind"], shape: NodeShape): void {
    this.parameters.set(path, { shape, kind });
  }
}
