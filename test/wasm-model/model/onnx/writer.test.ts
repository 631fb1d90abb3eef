/** The form that files have, in their own terms: what another ONNX runtime meets. */
import { describe, expect, it } from "vitest";
import { TensorProtoDataType } from "../../../../wasm-model/model/onnx/dist/onnx.ts";
import {
  decodeModel,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type ValueInfoProto,
} from "../../../../wasm-model/model/onnx/file.ts";
import { parametersOf, quantizedPathsOf } from "../../../../wasm-model/network/count.ts";
import { type Form, randomModelFile, SMALL } from "../../../support/random-model.ts";

const PATHS = quantizedPathsOf(SMALL);
const CONVOLUTIONS = [...parametersOf(SMALL)].filter(([, { kind }]) => kind === "conv").map(([path]) => path);

const modelOf = (form: Form): ModelProto => decodeModel(randomModelFile(SMALL, 2, form));
const graphOf = (form: Form): GraphProto => modelOf(form).graph!;
const count = ({ node }: GraphProto, type: string): number => node.filter(({ op_type }) => op_type === type).length;
/** The node that makes a value. */
const maker = ({ node }: GraphProto, value: string): NodeProto | undefined => node.find(({ output }) => output.includes(value));
const readers = ({ node }: GraphProto, value: string): NodeProto[] => node.filter(({ input }) => input.includes(value));
const convolution = (graph: GraphProto, path: string): NodeProto => maker(graph, `${path}.output`)!;
const valuesOf = (graph: GraphProto, name: string): ArrayLike<number> => {
  const { raw_data, data_type } = graph.initializer.find((tensor) => tensor.name === name)!;
  return data_type === TensorProtoDataType.FLOAT ? new Float32Array(raw_data!.slice().buffer) : raw_data!;
};
const constant = (graph: GraphProto, name: string): number | undefined => maker(graph, name)?.attribute[0].f;

/** Name, element type and dimensions of a graph's input or output. */
function signature({ name, type }: ValueInfoProto): unknown[] {
  const { elem_type, shape } = type!.tensor_type;
  return [name, elem_type, shape.dim.map(({ dim_param, dim_value }) => dim_param || dim_value)];
}

/** The operators of the last `length` nodes before `value`, the nearest first, along first inputs. */
function chainTo(graph: GraphProto, value: string, length: number): (string | undefined)[] {
  const types: (string | undefined)[] = [];
  for (let node = maker(graph, value); types.length < length; node = node && maker(graph, node.input[0])) types.push(node?.op_type);
  return types;
}

describe.each(["fp32", "int8"] as const)("writeModel, %s", (form) => {
  const model = modelOf(form);

  it("takes x, sigma and one-hot class of N images and gives denoised", () => {
    expect(model.graph!.input.map(signature)).toEqual([
      ["x", TensorProtoDataType.FLOAT, ["N", 1, 28, 28]],
      ["sigma", TensorProtoDataType.FLOAT, ["N"]],
      ["class", TensorProtoDataType.FLOAT, ["N", 10]],
    ]);
    expect(model.graph!.output.map(signature)).toEqual([["denoised", TensorProtoDataType.FLOAT, ["N", 1, 28, 28]]]);
  });

  it("has one Conv per convolution of the network, `in` in floats", () => {
    expect(count(model.graph!, "Conv")).toBe(CONVOLUTIONS.length);
    expect(CONVOLUTIONS).toEqual(["in", ...PATHS]);
    const [x, filters] = convolution(model.graph!, "in").input;
    expect(maker(model.graph!, x)?.op_type).toBe("Pad");
    expect(filters).toBe("in");
    expect(valuesOf(model.graph!, "in")).toBeInstanceOf(Float32Array);
    expect(readers(model.graph!, "in.output").map(({ op_type }) => op_type)).not.toContain("QuantizeLinear");
  });
});

describe("writeModel, fp32", () => {
  it("quantizes nothing", () => {
    const graph = graphOf("fp32");
    for (const type of ["Clip", "QuantizeLinear", "DequantizeLinear"]) expect(count(graph, type)).toBe(0);
  });
});

describe("writeModel, int8", () => {
  const graph = graphOf("int8");

  it.each(PATHS)("reads at `%s` through Clip -> QuantizeLinear -> DequantizeLinear, codes 0..127 of type uint8", (path) => {
    const conv = convolution(graph, path);
    expect(chainTo(graph, conv.input[0], 3)).toEqual(["DequantizeLinear", "QuantizeLinear", "Clip"]);
    const dequantize = maker(graph, conv.input[0])!;
    const quantize = maker(graph, dequantize.input[0])!;
    const clip = maker(graph, quantize.input[0])!;
    for (const { output } of [clip, quantize, dequantize]) expect(readers(graph, output[0])).toHaveLength(1);

    expect(quantize.input.slice(1)).toEqual([`${path}.input.scale`, `${path}.input.zeroPoint`]);
    expect(dequantize.input.slice(1)).toEqual(quantize.input.slice(1));
    const zeroPoint = graph.initializer.find(({ name }) => name === `${path}.input.zeroPoint`)!;
    expect(zeroPoint).toMatchObject({ data_type: TensorProtoDataType.UINT8, dims: [] });
    const [[scale], [zero]] = [valuesOf(graph, quantize.input[1]), valuesOf(graph, quantize.input[2])] as [number[], number[]];
    expect(constant(graph, clip.input[1])).toBe(Math.fround((0 - zero) * scale));
    expect(constant(graph, clip.input[2])).toBe(Math.fround((127 - zero) * scale));
  });

  it.each(PATHS)("has the filters of `%s` in int8, one scale per output channel", (path) => {
    const { shape } = parametersOf(SMALL).get(path)!;
    const filters = maker(graph, convolution(graph, path).input[1])!;
    expect(filters).toMatchObject({ op_type: "DequantizeLinear", input: [path, `${path}.scales`] });
    expect(filters.attribute).toEqual([expect.objectContaining({ name: "axis", i: 0 })]);
    expect(graph.initializer.filter(({ name }) => filters.input.includes(name))).toEqual([
      expect.objectContaining({ name: path, data_type: TensorProtoDataType.INT8, dims: shape }),
      expect.objectContaining({ name: `${path}.scales`, data_type: TensorProtoDataType.FLOAT, dims: [shape[0]] }),
    ]);
  });
});
