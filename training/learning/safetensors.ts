/**
 * The safetensors format: 8 bytes of header length, a JSON header, raw little-endian data. Holds named float32 and int8
 * arrays with text metadata; Python's `safetensors` can read it too.
 */

export interface NamedTensor<Values = Float32Array> {
  readonly shape: readonly number[];
  readonly values: Values;
}

export interface NamedTensors<Values = Float32Array | Int8Array> {
  readonly tensors: ReadonlyMap<string, NamedTensor<Values>>;
  readonly metadata: Readonly<Record<string, string>>;
}

interface TensorEntry {
  dtype: "F32" | "I8";
  shape: readonly number[];
  data_offsets: [number, number];
}

export function encodeSafetensors({ tensors, metadata }: NamedTensors): Uint8Array {
  const header: Record<string, TensorEntry | Record<string, string>> = { __metadata__: { ...metadata } };
  let size = 0;
  const bySize = [...tensors].sort(([, a], [, b]) => b.values.BYTES_PER_ELEMENT - a.values.BYTES_PER_ELEMENT); // wide ones stay aligned
  for (const [name, { shape, values }] of bySize) {
    header[name] = { dtype: values instanceof Int8Array ? "I8" : "F32", shape, data_offsets: [size, size + values.byteLength] };
    size += values.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  // Spaces pad the header so that the data is aligned.
  const headerSize = Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(8 + headerSize + size).fill(0x20);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerSize), true);
  file.set(json, 8);
  let at = 8 + headerSize;
  for (const [, { values }] of bySize) {
    file.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return file;
}

/** All numbers as float32. Throws an Error with the cause when the file is truncated, not of this format, or has numbers of other types. */
export function decodeSafetensors(file: Uint8Array, types: readonly string[] = ["F32", "I8"]): NamedTensors<Float32Array> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const headerSize = file.length < 8 ? Number.POSITIVE_INFINITY : Number(view.getBigUint64(0, true));
  if (8 + headerSize > file.length)
    throw new Error("Expected a complete safetensors header but the file is truncated or of another format");
  const { __metadata__: metadata = {}, ...entries } = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + headerSize))) as Record<
    string,
    TensorEntry
  > & {
    __metadata__?: Record<string, string>;
  };
  const data = file.subarray(8 + headerSize);
  const tensors = new Map<string, { shape: readonly number[]; values: Float32Array }>();
  for (const [name, { dtype, shape, data_offsets }] of Object.entries(entries as Record<string, TensorEntry>)) {
    const [start, end] = data_offsets;
    if (!types.includes(dtype)) throw new Error(`Expected ${types.join(" or ")} for the tensor \`${name}\` but received ${dtype}`);
    if (end > data.length) throw new Error(`Expected a complete tensor \`${name}\` but the file is truncated`);
    const size = (dtype === "F32" ? 4 : 1) * shape.reduce((product, n) => product * n, 1);
    if (end - start !== size)
      throw new Error(`Expected ${size} bytes for the shape [${shape.join(", ")}] of the tensor \`${name}\` but received ${end - start}`);
    const copy = new Uint8Array(data.subarray(start, end));
    tensors.set(name, { shape, values: dtype === "F32" ? new Float32Array(copy.buffer) : Float32Array.from(new Int8Array(copy.buffer)) });
  }
  return { tensors, metadata };
}
