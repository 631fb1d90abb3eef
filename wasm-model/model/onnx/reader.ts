/** Reads model files that `writeModel` wrote: it must give the same bytes for the card and weights that were read. */
import { finisherCounts, type Parameter, parametersOf, quantizedPathsOf } from "../../network/count.ts";
import { FINISHER_NAMES, type FinisherName } from "../../network/finishers.ts";
import { MAX_CODE, type QuantizedConv, type Quantizer, type Weights } from "../../network/quantization.ts";
import type { NetworkSpec } from "../../network/spec.ts";
import { fromBase64 } from "../../schema/bytes.ts";
import { clip, printable } from "../../schema/text.ts";
import { checkedCard, hasMatte, ModelError } from "../card.ts";
import { type Model, modelVersion } from "../model.ts";
import { TensorProtoDataType } from "./dist/onnx.ts";
import { decodeStored, type StoredModel, type TensorProto } from "./file.ts";
import { CARD_KEY, CHECKSUM_KEY, finisherKey, type ModelContents, SEAL_LENGTH, sealed, withoutChecksum, writeFinisher } from "./writer.ts";

export interface ModelFile extends ModelContents {
  readonly bytes: Uint8Array;
}

/** What a file says of itself. `checksum`: SHA-256 of all that stands before it in the file, hexadecimal. */
export interface ModelHead extends Pick<Model, "card" | "version"> {
  readonly checksum: string;
}

/**
 * Card and weights, fp32 or int8. Throws ModelError for any file that this library did not write. `toTrainFrom`: takes the base's too,
 * which is in half precision and has what only training needs; nothing runs its graph, and nothing checks that.
 */
export function readModel(bytes: Uint8Array, toTrainFrom = false): ModelFile & ModelHead {
  const model = decodeFile(bytes);
  const head = headOf(model);
  const content = sealedContent(bytes);
  const file = { ...head, ...readWeights(head.card.spec, model), bytes };
  if (isHalf(model)) {
    if (toTrainFrom) return file;
    throw new ModelError("Expected a model that draws images but received one to train from");
  }
  expectOwnFinishers(model, file);
  if (!sameBytes(content, withoutChecksum(file, metadataValue(model, CARD_KEY)))) {
    throw new ModelError("Expected the graph that this library writes for the model's card and weights but received another one");
  }
  return file;
}

/** The weights in a finisher's file. Nothing else of the file is checked. */
export function readFinisher(name: FinisherName, bytes: Uint8Array): Weights {
  const { parameters, quantized } = finisherCounts(name);
  return weightsIn(decodeFile(bytes), parameters, quantized);
}

/** The files of the model's own finishers. */
function finisherFiles(model: StoredModel): (readonly [name: FinisherName, file: Uint8Array])[] {
  return FINISHER_NAMES.flatMap((name) => {
    const text = metadataValue(model, finisherKey(name));
    return text === "" ? [] : [[name, ofFinisher(name, () => fromBase64(text))] as const];
  });
}

/** Throws ModelError for a finisher in another form than the model's network, and for a file that is not as this library writes it. */
function expectOwnFinishers(model: StoredModel, contents: ModelContents): void {
  const formOf = ({ convolutions }: Weights): string => (convolutions.size > 0 ? "int8" : "fp32");
  for (const [name, file] of finisherFiles(model)) {
    const key = finisherKey(name);
    const weights = contents[name] as Weights;
    const [expected, received] = [contents.weights, weights].map(formOf);
    if (received !== expected) throw new ModelError(`Expected an ${expected} network for \`${key}\` but received an ${received} one`);
    if (!sameBytes(file, writeFinisher(name, weights)))
      throw new ModelError(
        `Expected the file that this library writes for the weights in \`${key}\` but received a damaged or another one`,
      );
  }
}

/** The result of `read`, whose errors name the finisher. */
function ofFinisher<T>(name: FinisherName, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const reason = cause instanceof ModelError ? cause.message : "Expected base64 but received something else";
    throw new ModelError(`\`${finisherKey(name)}\`: ${reason}`, { cause });
  }
}

/** Throws ModelError, for a file that was changed since it was written, too. Nothing else is checked. */
export function headIn(bytes: Uint8Array): ModelHead {
  const head = headOf(decodeFile(bytes));
  sealedContent(bytes);
  return head;
}

/** What the checksum at the file's end is of. Throws ModelError if it is of something else. */
function sealedContent(bytes: Uint8Array): Uint8Array {
  const content = bytes.subarray(0, Math.max(0, bytes.length - SEAL_LENGTH));
  if (sameBytes(bytes, sealed(content))) return content;
  throw new ModelError(
    "Expected a file that ends with the checksum of its content but received one that was changed since it was written: take the file as it was, and put changed weights into it by `npx anneal export model.onnx --from weights.safetensors --out folder`",
  );
}

/** The most objects and lists inside each other in a card's JSON, twice as many as cards have. Of millions JSON.parse takes seconds. */
const DEEPEST = 16;

function isNestedTooDeeply(json: string): boolean {
  let depth = 0;
  let isText = false;
  for (let i = 0; i < json.length && depth <= DEEPEST; i++) {
    const character = json[i];
    if (character === "\\") i++;
    else if (character === '"') isText = !isText;
    else if (!isText && "[{".includes(character)) depth++;
    else if (!isText && "]}".includes(character)) depth--;
  }
  return depth > DEEPEST;
}

function headOf(model: StoredModel): ModelHead {
  let card: unknown;
  const json = metadataValue(model, CARD_KEY);
  if (isNestedTooDeeply(json))
    throw new ModelError(`Expected at most ${DEEPEST} objects and lists inside each other for the model's card but received more`);
  try {
    card = JSON.parse(json);
  } catch (cause) {
    throw new ModelError("Expected JSON for the model's card but received something else", { cause });
  }
  const checked = checkedCard(card);
  const has = (name: FinisherName): boolean => metadataValue(model, finisherKey(name)) !== "";
  if (has("matte") ? !checked.cutOut : hasMatte(checked))
    throw new ModelError(`Expected \`cutOut\` in the model's card if, and only if, there is \`${finisherKey("matte")}\` or \`keyed\``);
  const checksum = metadataValue(model, CHECKSUM_KEY);
  return { card: checked, version: modelVersion(checksum, has("enlarger")), checksum };
}

const metadataValue = ({ metadata_props }: StoredModel, name: string): string =>
  metadata_props.find(({ key }) => key === name)?.value ?? "";

function decodeFile(bytes: Uint8Array): Required<StoredModel> {
  let model: StoredModel;
  try {
    model = decodeStored(bytes);
  } catch (cause) {
    throw new ModelError("Expected an ONNX model but received bytes that are not one", { cause });
  }
  if (!model.graph) throw new ModelError("Expected an ONNX model but received bytes without a graph");
  return model as Required<StoredModel>;
}

const isHalf = ({ graph }: Required<StoredModel>): boolean => graph.initializer[0]?.data_type === TensorProtoDataType.FLOAT16;

function readWeights(spec: NetworkSpec, model: Required<StoredModel>): Omit<ModelContents, "card"> {
  const finishers = finisherFiles(model).map(([name, file]) => [name, ofFinisher(name, () => readFinisher(name, file))] as const);
  return { weights: weightsIn(model, parametersOf(spec), quantizedPathsOf(spec)), ...Object.fromEntries(finishers) };
}

/** `quantizedPaths`: the convolutions that an int8 file has as integers. */
function weightsIn(model: Required<StoredModel>, parameters: ReadonlyMap<string, Parameter>, quantizedPaths: readonly string[]): Weights {
  const initializers = new Initializers(model.graph.initializer);
  const isInt8 = initializers.has(`${quantizedPaths[0]}.scales`);
  const convolutions = new Map<string, QuantizedConv>();
  const floats = new Map<string, Float32Array>();
  for (const [path, { shape, trainingOnly }] of parameters) {
    if (trainingOnly && !isHalf(model)) continue;
    if (isInt8 && quantizedPaths.includes(path)) convolutions.set(path, initializers.takeConv(path, shape));
    else floats.set(path, initializers.takeFloats(path, shape));
  }
  initializers.expectEmpty();
  return { floats, convolutions };
}

/** The initializers that have not been taken yet. */
class Initializers {
  readonly #tensors: Map<string, TensorProto>;

  constructor(tensors: readonly TensorProto[]) {
    this.#tensors = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  }

  has = (name: string): boolean => this.#tensors.has(name);

  takeFloats(name: string, shape: readonly number[]): Float32Array {
    const isHalf = this.#tensors.get(name)?.data_type === TensorProtoDataType.FLOAT16;
    const values = isHalf
      ? fromHalves(new Uint16Array(this.#take(name, "FLOAT16", shape, 2)))
      : new Float32Array(this.#take(name, "FLOAT", shape, 4));
    if (!values.every(Number.isFinite)) throw new ModelError(`Expected finite values for the parameter \`${name}\` but received others`);
    return values;
  }

  takeConv(path: string, shape: readonly number[]): QuantizedConv {
    const scales = this.takeFloats(`${path}.scales`, shape.slice(0, 1));
    if (!scales.every((scale) => scale > 0)) throw new ModelError(`Expected positive values for \`${path}.scales\` but received others`);
    return {
      weights: new Int8Array(this.#take(path, "INT8", shape, 1)),
      scales,
      input: this.#takeQuantizer(`${path}.input`),
    };
  }

  expectEmpty(): void {
    for (const name of this.#tensors.keys())
      throw new ModelError(`Expected no parameter \`${printable(name)}\` for the model's card but received one`);
  }

  #takeQuantizer(name: string): Quantizer {
    const [scale] = this.takeFloats(`${name}.scale`, []) as unknown as [number];
    const [zeroPoint] = new Uint8Array(this.#take(`${name}.zeroPoint`, "UINT8", [], 1)) as unknown as [number];
    if (scale <= 0) throw new ModelError(`Expected a positive number for \`${name}.scale\` but received ${scale}`);
    if (zeroPoint > MAX_CODE)
      throw new ModelError(`Expected an integer in 0..${MAX_CODE} for \`${name}.zeroPoint\` but received ${zeroPoint}`);
    return { scale, zeroPoint };
  }

  /** A copy of the raw bytes, so that they are aligned and the file can be freed. */
  #take(name: string, type: "FLOAT" | "FLOAT16" | "INT8" | "UINT8", shape: readonly number[], bytesPerValue: number): ArrayBuffer {
    const tensor = this.#tensors.get(name);
    this.#tensors.delete(name);
    const expected = `${type} [${shape}] for the parameter \`${name}\``;
    if (!tensor) throw new ModelError(`Expected ${expected} but received none`);
    const { data_type, dims, raw_data = new Uint8Array() } = tensor;
    const size = shape.reduce((product, n) => product * n, bytesPerValue);
    if (data_type !== TensorProtoDataType[type] || dims.join() !== shape.join() || raw_data.length !== size) {
      throw new ModelError(
        `Expected ${expected} but received data type ${data_type}, shape [${clip(String(dims))}], ${raw_data.length} bytes`,
      );
    }
    return new Uint8Array(raw_data).buffer;
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Where float32 and half precision (IEEE 754 binary16) differ: how many bits fewer, and the exponent's bias. Not every host has a Float16Array. */
const FEWER_BITS = 13;
const BIAS = (127 - 15) << 23;
const INFINITE = 0x7c00;
/** One over the least half above zero, 2^-24. */
const PARTS = 1 << 24;

/** The halves as float32. Infinity and NaN become infinite. */
export function fromHalves(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const values = new Float32Array(halves.length);
  const bits = new Uint32Array(values.buffer);
  for (const [i, half] of halves.entries()) {
    const size = half & 0x7fff;
    if (size >= INFINITE) values[i] = Infinity;
    else if (size < 0x0400) values[i] = size / PARTS;
    else bits[i] = (size << FEWER_BITS) + BIAS;
    bits[i] |= (half & 0x8000) << 16;
  }
  return values;
}
