/**
 * Records a network as a graph: `Ops` whose values are nodes with their shapes. Nothing is computed. Shapes are checked as they
 * are recorded, so a wrong architecture fails here, before any interpreter computes with it.
 */
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
  expectSame("denoised", output, x.shape);
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
  product = (u: Node, v: Node): Node => this.node({ op: "product" }, [u, v], expectSame("product", u, v.shape));
  mpSum = (a: Node, b: Node, t: number): Node => this.node({ op: "mpSum", t }, [a, b], expectSame("mpSum", a, b.shape));
  add = (a: Node, b: Node): Node => this.node({ op: "add" }, [a, b], expectSame("add", a, b.shape));

  fourier(v: Node, path: string, features: number): Node {
    expectSame(path, v, [1]);
    this.#declare(`${path}.frequencies`, "constant", [features]);
    this.#declare(`${path}.phases`, "constant", [features]);
    return this.node({ op: "fourier", path }, [v], [features]);
  }

  linear(v: Node, path: string, inputs: number, outputs: number): Node {
    expectSame(path, v, [inputs]);
    this.#declare(path, "linear", [outputs, inputs]);
    return this.node({ op: "linear", path }, [v], [outputs]);
  }

  gain(x: Node, path: string): Node {
    this.#declare(path, "gain", []);
    return this.node({ op: "gain", path }, [x]);
  }

  modulate(x: Node, v: Node): Node {
    const [channels] = mapOf("modulate", x);
    const [features] = v.shape;
    if (v.shape.length !== 1 || (features !== 1 && features !== channels)) fail("modulate", `[1] or [${channels}]`, v.shape);
    return this.node({ op: "modulate" }, [x, v]);
  }

  spaceToDepth = (x: Node): Node => this.node({ op: "spaceToDepth" }, [x], halvedShape("spaceToDepth", x, 4));

  depthToSpace(x: Node): Node {
    const [channels, height, width] = mapOf("depthToSpace", x);
    if (channels % 4 !== 0) fail("depthToSpace", "4 C channels", x.shape);
    return this.node({ op: "depthToSpace" }, [x], [channels / 4, 2 * height, 2 * width]);
  }

  appendOne(x: Node): Node {
    const [channels, ...size] = mapOf("appendOne", x);
    return this.node({ op: "appendOne" }, [x], [channels + 1, ...size]);
  }

  downsample = (x: Node): Node => this.node({ op: "downsample" }, [x], halvedShape("downsample", x, 1));

  upsample(x: Node): Node {
    const [channels, height, width] = mapOf("upsample", x);
    return this.node({ op: "upsample" }, [x], [channels, 2 * height, 2 * width]);
  }

  quantize(x: Node, path: string): Node {
    const isTwice = this.nodes.some((node) => node.op === "quantize" && node.path === path);
    if (isTwice) throw new Error(`Expected one quantization point per path but received \`${path}\` twice`);
    return this.node({ op: "quantize", path }, [x]);
  }

  conv(x: Node, path: string, { inputs, outputs, kernel }: ConvShape): Node {
    const [channels, ...size] = mapOf(path, x);
    if (channels !== inputs) fail(path, `${inputs} channels`, x.shape);
    this.#declare(path, "conv", [outputs, inputs, kernel, kernel]);
    return this.node({ op: "conv", path, kernel }, [x], [outputs, ...size]);
  }

  #declare(path: string, kind: Parameter["kind"], shape: NodeShape): void {
    const known = this.parameters.get(path);
    if (known && known.shape.join() !== shape.join()) fail(path, `[${known.shape}]`, shape);
    this.parameters.set(path, { shape, kind });
  }
}

function fail(name: string, expected: string, shape: NodeShape): never {
  throw new Error(`Expected shape ${expected} for \`${name}\` but received [${shape}]`);
}

function expectSame(name: string, { shape }: Node, expected: NodeShape): NodeShape {
  return shape.join() === expected.join() ? shape : fail(name, `[${expected}]`, shape);
}

function mapOf(name: string, { shape }: Node): readonly [channels: number, height: number, width: number] {
  return shape.length === 3 ? (shape as readonly [number, number, number]) : fail(name, "[C, H, W]", shape);
}

/** The shape of a map of half the size, with `depth` times as many channels. */
function halvedShape(name: string, x: Node, depth: number): NodeShape {
  const [channels, height, width] = mapOf(name, x);
  if (height % 2 !== 0 || width % 2 !== 0) fail(name, "of even height and width", [height, width]);
  return [depth * channels, height / 2, width / 2];
}
