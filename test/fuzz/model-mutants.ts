/**
 * Model files as an adversary would damage them: bytes, protobuf fields, structure and card are changed, and the
 * checksum is repaired or not. What must come of each: the model that it was, a ModelError, or another model that says
 * so by its version and is drawn within bounds; never another image of the same model.
 */
import fc from "fast-check";
import { simd } from "../../wasm-model/engine/simd.ts";
import { ModelError, OptionError, sample } from "../../wasm-model/index.ts";
import { decodeModel, encodeModel, type ModelProto } from "../../wasm-model/model/onnx/file.ts";
import { readModel } from "../../wasm-model/model/onnx/reader.ts";
import { CARD_KEY, type ModelContents, SEAL_LENGTH, sealed, writeModel } from "../../wasm-model/model/onnx/writer.ts";

export interface Mutant {
  readonly bytes: Uint8Array;
  /** Whether its checksum is right. */
  readonly repaired: boolean;
  /** What fast-check prints of one that breaks a promise: its seed gives the bytes again. */
  readonly [fc.toStringMethod]: () => string;
}

/** What came of a mutant. */
export type Outcome = "same" | "refused" | "another";

type Edit = (bytes: Uint8Array) => Uint8Array;

const HOSTILE_NUMBERS = [0, -1, 1, 3, 1.5, 64, 1024, 4096, 2 ** 31, 2 ** 53, 1e308, 5e-324];
const HOSTILE_FLOATS = [Number.NaN, Infinity, 0, -1, 3.4e38, 1e-45];
/** Lengths and tags: as a varint, one after the other. */
const HOSTILE_VARINTS = [0, 1, 0x7f, 0xffff, 0x7fffffff, 0xffffffff, 2 ** 40, 2 ** 63];

/** `value` as protobuf writes whole numbers. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return [...bytes, Number(rest)];
}

const spliced = (bytes: Uint8Array, at: number, removed: number, added: readonly number[]): Uint8Array =>
  new Uint8Array(Buffer.concat([bytes.subarray(0, at), Uint8Array.from(added), bytes.subarray(at + removed)]));

const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const index = (at: number, length: number): number => Math.floor(at * length);
const pick = <T>(values: readonly T[], at: number): T => values[index(at, values.length)];

/**
 * Of the bytes, wherever they are: one is another or becomes a varint, some are missing, or a further field follows, of every wire
 * type, with hostile lengths. Protobuf joins repeated messages.
 */
const byteEdit: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(place, fc.integer({ min: 1, max: 255 })).map(([at, change]) => (bytes: Uint8Array) => {
    const i = index(at, bytes.length);
    return bytes.with(i, bytes[i] ^ change);
  }),
  fc.tuple(place, fc.constantFrom(...HOSTILE_VARINTS)).map(
    ([at, value]) =>
      (bytes: Uint8Array) =>
        spliced(bytes, index(at, bytes.length), 1, varint(value)),
  ),
  fc.tuple(place, place).map(
    ([at, size]) =>
      (bytes: Uint8Array) =>
        spliced(bytes, index(at, bytes.length), index(size ** 4, bytes.length) + 1, []),
  ),
  fc
    .tuple(fc.integer({ min: 0, max: 167 }), fc.constantFrom(...HOSTILE_VARINTS), fc.integer({ min: 0, max: 20_000 }))
    .map(([tag, length, times]) => (bytes: Uint8Array) => {
      const field = [...varint(tag), ...varint(length), ...new Array<number>(times).fill(8 * 5 + 2)];
      return spliced(bytes, bytes.length, 0, field);
    }),
);

/** Paths to every value of a card or of a file's messages, the root included. */
function pathsOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return [path];
  return [path, ...Object.entries(value).flatMap(([key, item]) => pathsOf(item, [...path, key]))];
}

function changed(value: unknown, [key, ...rest]: readonly string[], change: (value: unknown) => unknown): unknown {
  if (key === undefined) return change(value);
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>;
  const item = changed(copy[key], rest, change);
  if (item === undefined) delete copy[key];
  else copy[key] = item;
  return copy;
}

/** What may stand in place of a value: another of its kind, or anything. */
function replacements(value: unknown): readonly unknown[] {
  const anything = [undefined, null, true, "", [], {}, { __proto__: 1 }, [value, value]];
  if (typeof value === "number") return [...HOSTILE_NUMBERS, value / 2, 2 * value, 32 * value, ...anything];
  if (typeof value === "string")
    return ["in", "out.gain", "Loop", "denoised", "anneal.checksum", "__proto__", "x".repeat(1e5), ...anything];
  if (Array.isArray(value))
    return [value.slice(1), [...value, ...value.slice(0, 1)], value.toReversed(), [-1], [2 ** 31, 2 ** 31], ...anything];
  if (!(value instanceof Uint8Array)) return [{ ...(value as object), more: value }, ...anything];
  const withFloat = (float: number) => Uint8Array.of(...new Uint8Array(Float32Array.of(float).buffer), ...value.subarray(4));
  const others = [new Uint8Array(), new Uint8Array(1e6), value.slice(1), value.map((byte) => byte ^ 1), value.map(() => 255)];
  return [...others, ...HOSTILE_FLOATS.map(withFloat)];
}

/** Of a card or of a file's messages: of single values, or of the lists and messages that they are in. */
const valueEdits = fc.array(fc.tuple(place, place, place), { minLength: 1, maxLength: 3 }).map(
  (edits) =>
    <T>(root: T): T =>
      edits.reduce<unknown>((value, [at, depth, choice]) => {
        const path = pick(pathsOf(value), at);
        return changed(value, path.slice(0, 1 + index(depth, path.length)), (old) => pick(replacements(old), choice));
      }, root) as T,
);

/** The file that `write` gives; empty where there is no such file. */
function written(write: () => Uint8Array): Uint8Array {
  try {
    return write();
  } catch {
    return new Uint8Array();
  }
}

const structureEdit = valueEdits.map(
  (edit): Edit =>
    (bytes) =>
      written(() => encodeModel(edit<ModelProto>(decodeModel(bytes.slice())))),
);

const cardEdit = fc
  .oneof(
    valueEdits.map((edit) => (text: string) => JSON.stringify(edit(JSON.parse(text))) ?? ""),
    fc.constantFrom(
      (text: string) => text.slice(1),
      (text: string) => `{"format":2,${text.slice(1)}`,
      (text: string) => text.replace("{", `{"__proto__":{"format":0},`),
      (text: string) => text.replace(/"height":\d+/, (field) => `${field},"height":1024`),
      (text: string) => text.replace('"spec":{', `"spec":${"[".repeat(1e5)}${"]".repeat(1e5)},"x":{`),
      (text: string) => text.replace('"name":"', `"name":"${"é\u0000".repeat(5e4)}`),
    ),
  )
  .map(
    (edit): Edit =>
      (bytes) => {
        const model = decodeModel(bytes.slice());
        for (const entry of model.metadata_props) if (entry.key === CARD_KEY) entry.value = edit(entry.value);
        return encodeModel(model);
      },
  );

/** Damaged forms of a file with a checksum; and with another card in a file that is otherwise just what the library writes for it. */
export function mutants(file: Uint8Array): fc.Arbitrary<Mutant> {
  const model = readModel(file);
  const content = file.slice(0, file.length - SEAL_LENGTH);
  const mutant = (how: string, bytes: Uint8Array, repaired: boolean): Mutant => ({
    ...{ bytes, repaired },
    [fc.toStringMethod]: () => `${how}, ${bytes.length} bytes`,
  });
  const byteEdits = fc.array(byteEdit, { minLength: 1, maxLength: 4 }).map(
    (list): Edit =>
      (bytes) =>
        list.reduce((sum, edit) => (sum.length ? edit(sum) : sum), bytes),
  );
  return fc.oneof(
    ...Object.entries({ bytes: byteEdits, structure: structureEdit, card: cardEdit }).flatMap(([how, edit]) => [
      { weight: 4, arbitrary: edit.map((change) => mutant(`${how}, repaired`, sealed(change(content)), true)) },
      { weight: 1, arbitrary: edit.map((change) => mutant(how, change(file), false)) },
    ]),
    {
      weight: 4,
      arbitrary: valueEdits.map((edit) => {
        const bytes = written(() => writeModel({ ...model, card: edit(model.card) }));
        return mutant("consistent", bytes, bytes.length > 0);
      }),
    },
  );
}

/** Longest message of a refusal: it goes into logs and answers. */
const LONGEST_MESSAGE = 1000;

/** A judge of the mutants of `file`, which throws where one breaks the promise. */
export async function judgeOf(file: Uint8Array): Promise<(mutant: Pick<Mutant, "bytes" | "repaired">) => Promise<Outcome>> {
  const original = readModel(file);
  const draw = async (bytes: Uint8Array): Promise<string> => {
    const file = readModel(bytes);
    const image = await sample({ ...file, denoiser: await simd.load(file) }, { seed: "7", steps: "1", sampler: "langevin", size: 12 });
    return image.pixels.join();
  };
  const image = await draw(file);

  return async ({ bytes, repaired }) => {
    try {
      const model = readModel(bytes);
      if (Buffer.compare(bytes, file) === 0) return "same";
      if (!repaired) throw new Error("Expected a refusal of a file whose checksum is wrong but it was read");
      if (model.version === original.version) throw new Error("Expected another version for another file but received the same one");
      const drawn = await draw(bytes);
      const deciding = ({ card: { spec, crop, sampling, palette, training } }: ModelContents) =>
        JSON.stringify([spec, crop, sampling, palette, training.pictures]);
      if (deciding(model) === deciding(original) && equalWeights(model, original) && drawn !== image)
        throw new Error("Expected the same image of the same network but received another one");
      return "another";
    } catch (error) {
      if (!(error instanceof ModelError || error instanceof OptionError)) throw error;
      if (error.message.length > LONGEST_MESSAGE)
        throw new Error(`Expected at most ${LONGEST_MESSAGE} characters of message but received ${error.message.length}`);
      return "refused";
    }
  };
}

function equalWeights(a: ModelContents, b: ModelContents): boolean {
  const [one, other] = [a, b].map((model) => writeModel({ ...model, card: b.card }));
  return Buffer.compare(one, other) === 0;
}
