/**
 * Writes models as ONNX: standard operators only, preconditioning inside, so that any ONNX runtime can run the file
 * alone.
 *
 * Inputs `x` [N, C, H, W], `sigma` [N], `class` [N, K] one-hot (zeros = unconditional); output `denoised` [N, C, H, W].
 * N is free. An unconditional network does not read `class`. Initializers are named by parameter path (network.ts);
 * everything else that is constant is a Constant node. A quantized convolution reads its map through Clip ->
 * QuantizeLinear -> DequantizeLinear, since QuantizeLinear alone would saturate at 255 instead of 127. Its filters have
 * their own DequantizeLinear.
 *
 * A file to train from has its parameters in half precision, each with a Cast to floats, and also those that only
 * training needs.
 */
import { finisherCounts, type Parameter, parametersOf } from "../../network/count.ts";
import { ENLARGED } from "../../network/enlarger.ts";
import { FINISHER_NAMES, FINISHERS, type FinisherName } from "../../network/finishers.ts";
import { scoreNetwork } from "../../network/network.ts";
import { type ConvShape, mpSumNorm, type Ops, SILU_NORM } from "../../network/ops.ts";
import { type QuantizedConv, type Quantizer, rangeOf, type Weights } from "../../network/quantization.ts";
import { type NetworkSpec, RGB } from "../../network/spec.ts";
import { sha256Hex } from "../../sampling/sha256.ts";
import { joined, toBase64 } from "../../schema/bytes.ts";
import type { ModelCard } from "../card.ts";
import { TensorProtoDataType } from "./dist/onnx.ts";
import {
  type AttributeProto,
  attributes,
  encodeMetadata,
  encodeModel,
  floatInfo,
  type GraphProto,
  type NodeProto,
  type TensorProto,
  tensor,
  type ValueInfoProto,
} from "./file.ts";
import { toHalves } from "./half.ts";
import { namedByPath } from "./names.ts";

/**
 * Networks that learned to finish the model's own images, in integers if the model is. Without an enlarger the library's enlarges
 * them. With a matte they are cut out: drawn on the ground `training.pictures.background`, and transparent where that shows.
 */
export type OwnFinishers = { readonly [Name in FinisherName]?: Weights | undefined };

export interface ModelContents extends OwnFinishers {
  readonly card: ModelCard;
  readonly weights: Weights;
}

const OPSET = 17;
/** The version of the file format that came with opset 17. */
const IR_VERSION = 8;
const HEADER = { ir_version: IR_VERSION, opset_import: [{ domain: "", version: OPSET }], producer_name: "anneal" };
/**
 * Keys of the metadata. The card is JSON; each finisher of the model's own the base64 of its file; the checksum is the hexadecimal
 * SHA-256 of all bytes before its entry.
 */
export const CARD_KEY = "anneal.card";
export const finisherKey = (name: FinisherName): string => `anneal.${name}`;
export const CHECKSUM_KEY = "anneal.checksum";

/** The bytes of a model file: the same for the same model. Throws if a parameter is missing or of the wrong size. */
export const writeModel = (model: ModelContents): Uint8Array<ArrayBuffer> => sealed(withoutChecksum(model, cardText(model)));

/** The bytes of a file to train from: an fp32 model in half precision, with the parameters that only training needs. */
export const writeHalfModel = (model: ModelContents): Uint8Array<ArrayBuffer> => sealed(withoutChecksum(model, cardText(model), "half"));

/** The card as a file has it: `cutOut` says whether there is a matte. */
const cardText = ({ card: { cutOut: _, ...card }, matte }: ModelContents): string =>
  JSON.stringify({ ...card, ...(matte && { cutOut: true }) });

/** How floats are stored. */
export type Precision = "float" | "half";

/** A model file without its checksum. `cardText`: the card as it is stored in the metadata. */
export function withoutChecksum({ card, weights, ...finishers }: ModelContents, cardText: string, precision: Precision = "float") {
  const own = FINISHER_NAMES.flatMap((name) => {
    const learned = finishers[name];
    return learned ? [{ key: finisherKey(name), value: toBase64(writeFinisher(name, learned)) }] : [];
  });
  const metadata_props = [{ key: CARD_KEY, value: cardText }, ...own];
  const graph = graphOf(card.spec, weights, precision);
  return encodeModel({ ...HEADER, graph: card.format === 1 ? graph : namedByPath(graph), metadata_props });
}

/** What finishers make of `image` [N, 3, H, W]: what is added to its smooth enlargement, and how opaque it is, as logits. */
const OUTPUTS = {
  enlarger: floatInfo("added", ["N", RGB, `${ENLARGED}H`, `${ENLARGED}W`]),
  matte: floatInfo("logits", ["N", 1, "H", "W"]),
} as const satisfies Record<FinisherName, ValueInfoProto>;

/** A finisher's file, without a card. */
export function writeFinisher(name: FinisherName, weights: Weights): Uint8Array<ArrayBuffer> {
  const graph = new GraphWriter(weights, finisherCounts(name).parameters, "float");
  const output = OUTPUTS[name];
  graph.node("Identity", [FINISHERS[name](graph, "image")], { name: output.name });
  const input = floatInfo("image", ["N", RGB, "H", "W"]);
  return sealed(encodeModel({ ...HEADER, graph: graph.written(name, [input], output), metadata_props: [] }));
}

/** The file with its checksum as a further metadata entry: protobuf joins the lists of concatenated messages. */
export function sealed(file: Uint8Array): Uint8Array<ArrayBuffer> {
  return joined([file, encodeMetadata({ key: CHECKSUM_KEY, value: sha256Hex(file) })]);
}

/** Bytes that the checksum adds to a file. */
export const SEAL_LENGTH = sealed(new Uint8Array()).length;

function graphOf(spec: NetworkSpec, weights: Weights, precision: Precision): GraphProto {
  const { channels, height, width, classes } = spec;
  const parameters = parametersOf(spec);
  const graph = new GraphWriter(weights, parameters, precision);
  const result = scoreNetwork(graph, spec, { x: "x", sigma: graph.column("sigma"), label: "class" });
  graph.node("Identity", [result], { name: "denoised" });
  if (precision === "half") for (const [path, { trainingOnly }] of parameters) if (trainingOnly) graph.store(path);
  const image = ["N", channels, height, width];
  const inputs = [floatInfo("x", image), floatInfo("sigma", ["N"]), floatInfo("class", ["N", classes])];
  return graph.written("denoiser", inputs, floatInfo("denoised", image));
}

/** Records nodes. A value is the name of its node. */
class GraphWriter implements Ops<string> {
  readonly #nodes: NodeProto[] = [];
  readonly #initializers = new Map<string, TensorProto>();
  readonly #constants = new Map<string, string>();
  readonly #weights: Weights;
  readonly #parameters: ReadonlyMap<string, Parameter>;
  readonly #precision: Precision;

  constructor(weights: Weights, parameters: ReadonlyMap<string, Parameter>, precision: Precision) {
    this.#weights = weights;
    this.#parameters = parameters;
    this.#precision = precision;
  }

  written(name: string, input: ValueInfoProto[], output: ValueInfoProto): GraphProto {
    return { node: this.#nodes, name, initializer: [...this.#initializers.values()], input, output: [output] };
  }

  /** Appends a node and names its result, which is the node's name too. */
  node(type: string, input: string[], { name = `${type}_${this.#nodes.length}`, attribute = [] as AttributeProto[] } = {}): string {
    this.#nodes.push({ op_type: type, name, input, output: [name], attribute });
    return name;
  }

  /** [N] -> [N, 1]. */
  column = (v: string): string => this.node("Unsqueeze", [v, this.#integers([1])]);

  affine(v: string, a: number, b: number): string {
    const scaled = a === 1 ? v : this.node("Mul", [v, this.#float(a)]);
    return b === 0 ? scaled : this.node("Add", [scaled, this.#float(b)]);
  }

  product = (u: string, v: string): string => this.node("Mul", [u, v]);
  reciprocalSqrt = (v: string): string => this.node("Reciprocal", [this.node("Sqrt", [v])]);
  log = (v: string): string => this.node("Log", [v]);

  fourier(v: string, path: string): string {
    const turns = this.node("Add", [this.node("Mul", [v, this.#parameter(`${path}.frequencies`)]), this.#parameter(`${path}.phases`)]);
    return this.affine(this.node("Cos", [this.affine(turns, 2 * Math.PI, 0)]), Math.SQRT2, 0);
  }

  linear(v: string, path: string): string {
    return this.node("Gemm", [v, this.#parameter(path)], { name: `${path}.output`, attribute: [attributes.integer("transB", 1)] });
  }

  silu = (x: string): string => this.affine(this.node("Mul", [x, this.node("Sigmoid", [x])]), 1 / SILU_NORM, 0);

  mpSum(a: string, b: string, t: number): string {
    const norm = mpSumNorm(t);
    return this.add(this.affine(a, (1 - t) / norm, 0), this.affine(b, t / norm, 0));
  }

  gain = (x: string, path: string): string => this.node("Mul", [x, this.#parameter(path)]);
  modulate = (x: string, v: string): string => this.node("Mul", [x, this.node("Unsqueeze", [v, this.#integers([2, 3])])]);
  add = (a: string, b: string): string => this.node("Add", [a, b]);
  spaceToDepth = (x: string): string => this.node("SpaceToDepth", [x], { attribute: [attributes.integer("blocksize", 2)] });

  depthToSpace(x: string): string {
    return this.node("DepthToSpace", [x], { attribute: [attributes.integer("blocksize", 2), attributes.string("mode", "DCR")] });
  }

  appendOne(x: string): string {
    const oneChannelBehind = this.#integers([0, 0, 0, 0, 0, 1, 0, 0]);
    return this.node("Pad", [x, oneChannelBehind, this.#float(1)]);
  }

  downsample(x: string): string {
    const attribute = [attributes.integers("kernel_shape", [2, 2]), attributes.integers("strides", [2, 2])];
    return this.node("AveragePool", [x], { attribute });
  }

  upsample(x: string): string {
    const attribute = [
      attributes.string("coordinate_transformation_mode", "asymmetric"),
      attributes.string("mode", "nearest"),
      attributes.string("nearest_mode", "floor"),
    ];
    return this.node("Resize", [x, "", this.#floats([1, 1, 2, 2])], { attribute });
  }

  quantize(x: string, path: string, bound?: number): string {
    const quantizer = this.#weights.convolutions.get(path)?.input;
    const clip = ([low, high]: readonly [number, number]): string =>
      this.node("Clip", [x, this.#float(low), this.#float(high)], { name: `${path}.clipped` });
    if (quantizer) return this.#throughCodes(clip(rangeOf(quantizer)), `${path}.input`, quantizer);
    return bound === undefined ? x : clip([-bound, bound]);
  }

  conv(x: string, path: string, { kernel }: ConvShape): string {
    const border = (kernel - 1) / 2;
    const attribute = [
      attributes.integers("kernel_shape", [kernel, kernel]),
      attributes.integers("pads", [border, border, border, border]),
    ];
    const quantized = this.#weights.convolutions.get(path);
    const filters = quantized ? this.#filters(path, quantized) : this.#parameter(path);
    return this.node("Conv", [x, filters], { name: `${path}.output`, attribute });
  }

  /** QuantizeLinear -> DequantizeLinear; the real values are named `${name}.values`. */
  #throughCodes(x: string, name: string, { scale, zeroPoint }: Quantizer): string {
    const parameters = [
      this.#initializer(`${name}.scale`, [], Float32Array.of(scale)),
      this.#initializer(`${name}.zeroPoint`, [], Uint8Array.of(zeroPoint)),
    ];
    const codes = this.node("QuantizeLinear", [x, ...parameters], { name: `${name}.codes` });
    return this.node("DequantizeLinear", [codes, ...parameters], { name: `${name}.values` });
  }

  #filters(path: string, { weights, scales }: QuantizedConv): string {
    const stored = this.#initializer(path, this.#shapeOf(path), weights);
    const scale = this.#initializer(`${path}.scales`, [scales.length], scales);
    return this.node("DequantizeLinear", [stored, scale], { name: `${path}.filters`, attribute: [attributes.integer("axis", 0)] });
  }

  #parameter(path: string): string {
    const stored = this.store(path);
    if (this.#precision === "float") return stored;
    return this.node("Cast", [stored], { name: `${path}.floats`, attribute: [attributes.integer("to", TensorProtoDataType.FLOAT)] });
  }

  /** Stores a parameter and returns the name of what is stored. */
  store(path: string): string {
    const values = this.#weights.floats.get(path);
    if (!values) throw new Error(`Expected a value for the parameter \`${path}\` but received none`);
    return this.#initializer(path, this.#shapeOf(path), this.#precision === "half" ? toHalves(values) : values);
  }

  #shapeOf(path: string): readonly number[] {
    return (this.#parameters.get(path) as Parameter).shape;
  }

  #initializer(name: string, shape: readonly number[], data: Parameters<typeof tensor>[2]): string {
    const size = shape.reduce((product, n) => product * n, 1);
    if (data.length !== size) throw new Error(`Expected ${size} values for the parameter \`${name}\` but received ${data.length}`);
    this.#initializers.set(name, tensor(name, shape, data));
    return name;
  }

  #float = (value: number): string => this.#constant(attributes.float("value_float", value), value);
  #floats = (values: number[]): string => this.#constant(attributes.floats("value_floats", values), values);
  #integers = (values: number[]): string => this.#constant(attributes.integers("value_ints", values), values);

  /** One Constant node per distinct value. */
  #constant(attribute: AttributeProto, value: number | number[]): string {
    const key = `${attribute.name} ${value}`;
    const name = this.#constants.get(key) ?? this.node("Constant", [], { attribute: [attribute] });
    this.#constants.set(key, name);
    return name;
  }
}
