/**
 * A network as nodes of ONNX. Initializers are named by parameter path (network.ts); everything else that is constant is a
 * Constant node. A quantized convolution reads its map through Clip -> QuantizeLinear -> DequantizeLinear, since QuantizeLinear
 * alone would saturate at 255 instead of 127. Its filters have their own DequantizeLinear.
 *
 * Nodes are named by parameter path, too, as `enc.1.0.conv0.Sigmoid`. A node without a parameter has the path of the first node
 * that reads it, since it prepares that one; sums of branches and enlarged maps have the path of the node with a parameter before
 * them. Those of finishers have `Sigmoid_57`.
 */
import type { Parameter } from "../../network/count.ts";
import { type ConvShape, mpSumNorm, type Ops, SILU_NORM } from "../../network/ops.ts";
import { type QuantizedConv, type Quantizer, rangeOf, type Weights } from "../../network/quantization.ts";
import { type AttributeProto, attributes, type GraphProto, type NodeProto, type TensorProto, tensor, type ValueInfoProto } from "./file.ts";

/** What nodes read: an input of the graph, an initializer or a node's result. */
interface OnnxValue {
  name: string;
}

/** A node, which has the name of its result. Most are named when the graph is complete: until then theirs is empty. */
interface OnnxNode extends OnnxValue {
  readonly type: string;
  readonly input: readonly OnnxValue[];
  readonly attribute: AttributeProto[];
  /** Of its parameter. */
  readonly path: string | undefined;
}

/** In place of an input that is left out. */
const NOTHING: OnnxValue = { name: "" };

/** Operators that end what the nodes before them do. */
const ENDS = new Set(["Add", "Resize"]);

/** `part`: the end of the node's name, in place of its operator. */
interface Details {
  readonly path?: string;
  readonly part?: string;
  readonly attribute?: AttributeProto[];
}

/** Records nodes. */
export class GraphWriter implements Ops<OnnxValue> {
  readonly #nodes: OnnxNode[] = [];
  readonly #initializers = new Map<string, TensorProto>();
  readonly #constants = new Map<string, OnnxValue>();
  readonly #weights: Weights;
  readonly #parameters: ReadonlyMap<string, Parameter>;

  constructor(weights: Weights, parameters: ReadonlyMap<string, Parameter>) {
    this.#weights = weights;
    this.#parameters = parameters;
  }

  /** The graph with this output, the value of `result`. `isNumbered`: without paths in the names of nodes. */
  written(name: string, input: ValueInfoProto[], output: ValueInfoProto, result: OnnxValue, isNumbered = false): GraphProto {
    this.#node("Identity", [result]).name = output.name;
    const paths = isNumbered ? [] : this.#paths();
    const counts = new Map<string, number>();
    for (const [i, node] of this.#nodes.entries()) {
      if (node.name !== "") continue;
      const place = `${paths[i]}.${node.type}`;
      const count = counts.get(place) ?? 0;
      counts.set(place, count + 1);
      node.name = isNumbered ? `${node.type}_${i}` : count === 0 ? place : `${place}_${count}`;
    }
    const node = this.#nodes.map(
      ({ type, name, input, attribute }): NodeProto => ({
        ...{ op_type: type, name, attribute },
        input: input.map((value) => value.name),
        output: [name],
      }),
    );
    return { node, name, initializer: [...this.#initializers.values()], input, output: [output] };
  }

  /** The path of each node. */
  #paths(): readonly string[] {
    const before: (string | undefined)[] = [];
    for (const [i, { path }] of this.#nodes.entries()) before.push(path ?? before[i - 1]);
    const paths: string[] = [];
    const readers = new Map<OnnxValue, string>(); // the path of the first node that reads a value, since the loop goes backwards
    for (let i = this.#nodes.length - 1; i >= 0; i--) {
      const node = this.#nodes[i];
      const [behind, ahead] = [before[i], readers.get(node)];
      paths[i] = (node.path ?? (ENDS.has(node.type) ? (behind ?? ahead) : (ahead ?? behind))) as string;
      for (const value of node.input) readers.set(value, paths[i]);
    }
    return paths;
  }

  #node(type: string, input: readonly OnnxValue[], { path, part, attribute = [] }: Details = {}): OnnxNode {
    const node: OnnxNode = { type, input, attribute, path, name: part ? `${path}.${part}` : "" };
    this.#nodes.push(node);
    return node;
  }

  /** [N] -> [N, 1]. */
  column = (v: OnnxValue): OnnxValue => this.#node("Unsqueeze", [v, this.#integers([1])]);

  affine(v: OnnxValue, a: number, b: number): OnnxValue {
    const scaled = a === 1 ? v : this.#node("Mul", [v, this.#float(a)]);
    return b === 0 ? scaled : this.#node("Add", [scaled, this.#float(b)]);
  }

  product = (u: OnnxValue, v: OnnxValue): OnnxValue => this.#node("Mul", [u, v]);
  reciprocalSqrt = (v: OnnxValue): OnnxValue => this.#node("Reciprocal", [this.#node("Sqrt", [v])]);
  log = (v: OnnxValue): OnnxValue => this.#node("Log", [v]);

  fourier(v: OnnxValue, path: string): OnnxValue {
    const [f, p] = [`${path}.frequencies`, `${path}.phases`];
    const turns = this.#node("Add", [this.#node("Mul", [v, this.#parameter(f)], { path: f }), this.#parameter(p)], { path: p });
    return this.affine(this.#node("Cos", [this.affine(turns, 2 * Math.PI, 0)]), Math.SQRT2, 0);
  }

  linear(v: OnnxValue, path: string): OnnxValue {
    return this.#node("Gemm", [v, this.#parameter(path)], { path, part: "output", attribute: [attributes.integer("transB", 1)] });
  }

  silu = (x: OnnxValue): OnnxValue => this.affine(this.#node("Mul", [x, this.#node("Sigmoid", [x])]), 1 / SILU_NORM, 0);

  mpSum(a: OnnxValue, b: OnnxValue, t: number): OnnxValue {
    const norm = mpSumNorm(t);
    return this.add(this.affine(a, (1 - t) / norm, 0), this.affine(b, t / norm, 0));
  }

  gain = (x: OnnxValue, path: string): OnnxValue => this.#node("Mul", [x, this.#parameter(path)], { path });
  modulate = (x: OnnxValue, v: OnnxValue): OnnxValue => this.#node("Mul", [x, this.#node("Unsqueeze", [v, this.#integers([2, 3])])]);
  add = (a: OnnxValue, b: OnnxValue): OnnxValue => this.#node("Add", [a, b]);
  spaceToDepth = (x: OnnxValue): OnnxValue => this.#node("SpaceToDepth", [x], { attribute: [attributes.integer("blocksize", 2)] });

  depthToSpace(x: OnnxValue): OnnxValue {
    return this.#node("DepthToSpace", [x], { attribute: [attributes.integer("blocksize", 2), attributes.string("mode", "DCR")] });
  }

  appendOne(x: OnnxValue): OnnxValue {
    const oneChannelBehind = this.#integers([0, 0, 0, 0, 0, 1, 0, 0]);
    return this.#node("Pad", [x, oneChannelBehind, this.#float(1)]);
  }

  downsample(x: OnnxValue): OnnxValue {
    const attribute = [attributes.integers("kernel_shape", [2, 2]), attributes.integers("strides", [2, 2])];
    return this.#node("AveragePool", [x], { attribute });
  }

  upsample(x: OnnxValue): OnnxValue {
    const attribute = [
      attributes.string("coordinate_transformation_mode", "asymmetric"),
      attributes.string("mode", "nearest"),
      attributes.string("nearest_mode", "floor"),
    ];
    return this.#node("Resize", [x, NOTHING, this.#floats([1, 1, 2, 2])], { attribute });
  }

  quantize(x: OnnxValue, path: string, bound?: number): OnnxValue {
    const quantizer = this.#weights.convolutions.get(path)?.input;
    const clip = ([low, high]: readonly [number, number]): OnnxValue =>
      this.#node("Clip", [x, this.#float(low), this.#float(high)], { path, part: "clipped" });
    if (quantizer) return this.#throughCodes(clip(rangeOf(quantizer)), `${path}.input`, quantizer);
    return bound === undefined ? x : clip([-bound, bound]);
  }

  conv(x: OnnxValue, path: string, { kernel }: ConvShape): OnnxValue {
    const border = (kernel - 1) / 2;
    const attribute = [
      attributes.integers("kernel_shape", [kernel, kernel]),
      attributes.integers("pads", [border, border, border, border]),
    ];
    const quantized = this.#weights.convolutions.get(path);
    const filters = quantized ? this.#filters(path, quantized) : this.#parameter(path);
    return this.#node("Conv", [x, filters], { path, part: "output", attribute });
  }

  /** QuantizeLinear -> DequantizeLinear; the real values are named `${path}.values`. */
  #throughCodes(x: OnnxValue, path: string, { scale, zeroPoint }: Quantizer): OnnxValue {
    const parameters = [
      this.#initializer(`${path}.scale`, [], Float32Array.of(scale)),
      this.#initializer(`${path}.zeroPoint`, [], Uint8Array.of(zeroPoint)),
    ];
    const codes = this.#node("QuantizeLinear", [x, ...parameters], { path, part: "codes" });
    return this.#node("DequantizeLinear", [codes, ...parameters], { path, part: "values" });
  }

  #filters(path: string, { weights, scales }: QuantizedConv): OnnxValue {
    const stored = this.#initializer(path, this.#shapeOf(path), weights);
    const scale = this.#initializer(`${path}.scales`, [scales.length], scales);
    return this.#node("DequantizeLinear", [stored, scale], { path, part: "filters", attribute: [attributes.integer("axis", 0)] });
  }

  #parameter(path: string): OnnxValue {
    const values = this.#weights.floats.get(path);
    if (!values) throw new Error(`Expected a value for the parameter \`${path}\` but received none`);
    return this.#initializer(path, this.#shapeOf(path), values);
  }

  #shapeOf(path: string): readonly number[] {
    return (this.#parameters.get(path) as Parameter).shape;
  }

  #initializer(name: string, shape: readonly number[], data: Parameters<typeof tensor>[2]): OnnxValue {
    const size = shape.reduce((product, n) => product * n, 1);
    if (data.length !== size) throw new Error(`Expected ${size} values for the parameter \`${name}\` but received ${data.length}`);
    this.#initializers.set(name, tensor(name, shape, data));
    return { name };
  }

  #float = (value: number): OnnxValue => this.#constant(attributes.float("value_float", value), value);
  #floats = (values: number[]): OnnxValue => this.#constant(attributes.floats("value_floats", values), values);
  #integers = (values: number[]): OnnxValue => this.#constant(attributes.integers("value_ints", values), values);

  /** One Constant node per distinct value. */
  #constant(attribute: AttributeProto, value: number | number[]): OnnxValue {
    const key = `${attribute.name} ${value}`;
    const constant = this.#constants.get(key) ?? this.#node("Constant", [], { attribute: [attribute] });
    this.#constants.set(key, constant);
    return constant;
  }
}
