/**
 * The safetensors format: 8 bytes of header length, a JSON header, raw little-endian data. Holds named arrays of
 * float32, int32, int8 and bytes with text metadata; Python's `safetensors` can read it too.
 */
import * as v from "valibot";
import { describeFault, faultOf, integer, openObject } from "../../wasm-model/schema/fields.ts";
import { clip, printable } from "../../wasm-model/schema/text.ts";

export interface NamedTensor<Values = Float32Array> {
  readonly shape: readonly number[];
  readonly values: Values;
}

/** The arrays of a tensor, by the format's names of their types. */
const ARRAYS = { F32: Float32Array, I32: Int32Array, I8: Int8Array, U8: Uint8Array } as const;
type TypeName = keyof typeof ARRAYS;
type TypedValues<T extends TypeName> = { F32: Float32Array; I32: Int32Array; I8: Int8Array; U8: Uint8Array }[T];

export interface NamedTensors<Values = TypedValues<TypeName>> {
  readonly tensors: ReadonlyMap<string, NamedTensor<Values>>;
  readonly metadata: Readonly<Record<string, string>>;
}

const TYPES = Object.keys(ARRAYS) as TypeName[];

interface TensorEntry {
  dtype: TypeName;
  shape: readonly number[];
  data_offsets: [number, number];
}

export function encodeSafetensors({ tensors, metadata }: NamedTensors): Uint8Array {
  const header: Record<string, TensorEntry | Record<string, string>> = { __metadata__: { ...metadata } };
  let size = 0;
  const bySize = [...tensors].sort(([, a], [, b]) => b.values.BYTES_PER_ELEMENT - a.values.BYTES_PER_ELEMENT); // wide ones stay aligned
  for (const [name, { shape, values }] of bySize) {
    const dtype = TYPES.find((type) => values instanceof ARRAYS[type])!;
    header[name] = { dtype, shape, data_offsets: [size, size + values.byteLength] };
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

/** The most tensors of a file, and bytes of its header: no network here has a tenth of them. */
const MOST_TENSORS = 4096;
const MOST_HEADER = 1 << 20;

const whole = integer(0, Number.MAX_SAFE_INTEGER, "a whole number");
const ENTRY = openObject({
  dtype: v.string("the name of a type"),
  shape: v.array(whole, "a list of sizes"),
  data_offsets: v.strictTuple([whole, whole], "its first byte and the one after its last"),
});
const METADATA = v.optional(v.record(v.string(), v.string("a text"), "an object of texts"));

/**
 * Tensors fill the file without gaps or overlap, so decoding takes no more than its size. Throws an Error with the cause when it is
 * truncated, not of this format, or has numbers of other types.
 */
export function decodeSafetensors<T extends TypeName = "F32">(
  file: Uint8Array,
  types: readonly T[] = ["F32" as T],
): NamedTensors<TypedValues<T>> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const headerSize = file.length < 8 ? Number.POSITIVE_INFINITY : Number(view.getBigUint64(0, true));
  if (8 + headerSize > file.length)
    throw new Error("Expected a complete safetensors header but the file is truncated or of another format");
  const { entries, metadata } = parseHeader(file.subarray(8, 8 + headerSize));
  const data = file.subarray(8 + headerSize);
  const tensors = new Map<string, NamedTensor<TypedValues<T>>>();
  let free = 0;
  for (const [name, { dtype, shape, data_offsets }] of entries.sort(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0])) {
    const [start, end] = data_offsets;
    const what = `the tensor \`${printable(name)}\``;
    const type = types.find((one) => one === dtype);
    if (type === undefined) throw new Error(`Expected ${types.join(" or ")} for ${what} but received ${printable(dtype)}`);
    const width = ARRAYS[type].BYTES_PER_ELEMENT;
    const size = width * shape.reduce((product, n) => product * n, 1);
    if (end - start !== size)
      throw new Error(`Expected ${size} bytes for the shape [${clip(shape.join(", "))}] of ${what} but received ${end - start}`);
    if (start !== free || start % width !== 0)
      throw new Error(`Expected ${what} at byte ${Math.ceil(free / width) * width}, behind the one before it, but received ${start}`);
    if (end > data.length) throw new Error(`Expected ${end} bytes of tensors but received ${data.length}: the file is truncated`);
    const copy = new Uint8Array(data.subarray(start, end));
    tensors.set(name, { shape, values: new ARRAYS[type](copy.buffer) as TypedValues<T> });
    free = end;
  }
  if (free !== data.length) throw new Error(`Expected ${free} bytes of tensors but received ${data.length}`);
  return { tensors, metadata };
}

function parseHeader(bytes: Uint8Array) {
  if (bytes.length > MOST_HEADER) throw new Error(`Expected a header of at most ${MOST_HEADER} bytes but received ${bytes.length}`);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new Error("Expected a header in JSON but the file is damaged or of another format"); // the parser's message has the header's own text
  }
  const object = valid(v.record(v.string(), v.unknown(), "an object of tensors"), header, "the header");
  const { __metadata__: metadata, ...others } = object;
  const names = Object.keys(others);
  if (names.length > MOST_TENSORS) throw new Error(`Expected at most ${MOST_TENSORS} tensors but received ${names.length}`);
  return {
    entries: names.map((name) => [name, valid(ENTRY, others[name], `the tensor \`${printable(name)}\``)] as const),
    metadata: valid(METADATA, metadata, "the header's `__metadata__`") ?? {},
  };
}

function valid<T>(schema: v.GenericSchema<unknown, T>, value: unknown, owner: string): T {
  const fault = faultOf(schema, value);
  if (fault) throw new Error(describeFault(fault, owner));
  return value as T;
}
