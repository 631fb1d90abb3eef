/** ONNX files as protobuf messages, by dist/onnx.ts, which wasm-model/build/build.ts makes from onnx.proto. */
import { PbfReader, PbfWriter } from "pbf";
import { AttributeProtoAttributeType, readModelProto, readStoredModel, TensorProtoDataType, writeModelProto } from "./dist/onnx.ts";

export interface ModelProto {
  ir_version: number;
  opset_import: { domain: string; version: number }[];
  producer_name: string;
  graph?: GraphProto;
  metadata_props: { key: string; value: string }[];
}

export interface GraphProto {
  node: NodeProto[];
  name: string;
  initializer: TensorProto[];
  input: ValueInfoProto[];
  output: ValueInfoProto[];
}

/** What the reader needs of a model: its nodes follow from the card. */
export interface StoredModel extends Pick<ModelProto, "metadata_props"> {
  graph?: Pick<GraphProto, "initializer">;
}

export interface NodeProto {
  op_type: string;
  name: string;
  input: string[];
  output: string[];
  attribute: AttributeProto[];
}

export interface AttributeProto {
  name: string;
  type: number;
  f?: number;
  i?: number;
  s?: Uint8Array;
  floats?: number[];
  ints?: number[];
}

export interface TensorProto {
  name: string;
  data_type: number;
  dims: number[];
  raw_data?: Uint8Array;
}

export interface ValueInfoProto {
  name: string;
  type?: { tensor_type: { elem_type: number; shape: { dim: { dim_value?: number; dim_param?: string }[] } } };
}

export const decodeModel = (bytes: Uint8Array): ModelProto => readModelProto(new PbfReader(bytes), undefined) as unknown as ModelProto;

/** The most fields of a file, those of its messages included. The largest network has some 200 000. */
const MOST_FIELDS = 1e6;

class BoundedReader extends PbfReader {
  #fields = 0;

  override nextField(end?: number): number {
    if (++this.#fields > MOST_FIELDS) throw new RangeError(`Expected at most ${MOST_FIELDS} fields but received more`);
    return super.nextField(end);
  }
}

/** Throws for bytes that are not such a file. */
export const decodeStored = (bytes: Uint8Array): StoredModel =>
  readStoredModel(new BoundedReader(bytes), undefined) as unknown as StoredModel;

/** pbf 5.1 writes another character in place of one of an even plane, such as U+20000. */
class WholeWriter extends PbfWriter {
  override writeString(text: string): void {
    if (/[\ud800-\udfff]/.test(text)) this.writeBytes(new TextEncoder().encode(text));
    else super.writeString(text);
  }
}

export function encodeModel(model: ModelProto): Uint8Array<ArrayBuffer> {
  const writer = new WholeWriter();
  writeModelProto(model, writer);
  return new Uint8Array(writer.finish());
}

/** One metadata entry. Appended to a model file it adds the entry, since protobuf joins repeated fields. */
export function encodeMetadata(entry: { key: string; value: string }): Uint8Array {
  const writer = new WholeWriter();
  writeModelProto({ metadata_props: [entry] }, writer);
  return writer.finish();
}

/** Constructors of attributes, by type. */
export const attributes = {
  string: (name: string, s: string): AttributeProto => ({ name, type: AttributeProtoAttributeType.STRING, s: new TextEncoder().encode(s) }),
  integer: (name: string, i: number): AttributeProto => ({ name, type: AttributeProtoAttributeType.INT, i }),
  integers: (name: string, ints: number[]): AttributeProto => ({ name, type: AttributeProtoAttributeType.INTS, ints }),
  float: (name: string, f: number): AttributeProto => ({ name, type: AttributeProtoAttributeType.FLOAT, f }),
  floats: (name: string, floats: number[]): AttributeProto => ({ name, type: AttributeProtoAttributeType.FLOATS, floats }),
};

type TensorData = Float32Array | Int8Array | Uint8Array;

/** raw_data is little-endian, and so is every host that runs WebAssembly. */
export function tensor(name: string, dims: readonly number[], data: TensorData): TensorProto {
  return { name, data_type: dataTypeOf(data), dims: [...dims], raw_data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

function dataTypeOf(data: TensorData): number {
  if (data instanceof Float32Array) return TensorProtoDataType.FLOAT;
  return data instanceof Int8Array ? TensorProtoDataType.INT8 : TensorProtoDataType.UINT8;
}

export const floatInfo = (name: string, dims: readonly (number | string)[]): ValueInfoProto => ({
  name,
  type: {
    tensor_type: {
      elem_type: TensorProtoDataType.FLOAT,
      shape: { dim: dims.map((dim) => (typeof dim === "string" ? { dim_param: dim } : { dim_value: dim })) },
    },
  },
});
